package dev.sgid.dataset.internal.keep;

import dev.sgid.Sgid;
import dev.sgid.SgidException;
import dev.sgid.Stage;
import dev.sgid.dataset.JobListener;
import dev.sgid.dataset.JobProgress;
import dev.sgid.dataset.JobProgress.Phase;
import dev.sgid.dataset.Keep;
import dev.sgid.dataset.Source;
import dev.sgid.dataset.internal.keep.KeepBounds.Bound;
import dev.sgid.internal.Embeddings;
import dev.sgid.internal.Quantiles;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bounds for copies, as quantiles of how real images of their class score: up to 512 of them,
 * spread evenly over the data set.
 */
public final class BoundsOfImages {
  private static final Logger LOG = LoggerFactory.getLogger(BoundsOfImages.class);
  private static final int MOST_IMAGES = 512;
  private static final int LEAST_OF_CLASS = 5; // images, for quantiles of their own
  private static final double DIGITS = 1e4; // so that a last digit rarely decides

  private final Keep keep;
  private final ClassProbabilities classes;

  /** By which policy, among which classes. */
  public BoundsOfImages(Keep keep, ClassProbabilities classes) {
    this.keep = keep;
    this.classes = classes;
  }

  /** Reads an image of the data set. */
  public interface Images {
    BufferedImage read(Source source) throws IOException;
  }

  /**
   * The bounds; those that the policy gives are the same for all classes, and nothing is read where
   * it gives all.
   *
   * @param listener hears how far it is
   * @throws SgidException if the scorer fails, or the thread is interrupted
   */
  public KeepBounds bounds(Iterable<Source> in, Images images, Sgid sgid, JobListener listener) {
    if (!keep.isConsistent()) {
      return KeepBounds.NONE;
    }
    return keep.needsCalibration() ? bounds(embed(in, images, sgid, listener)) : bounds(Map.of());
  }

  private static Map<String, List<float[]>> embed(
      Iterable<Source> in, Images images, Sgid sgid, JobListener listener) {
    List<Source> all = new ArrayList<>();
    in.forEach(all::add);
    List<Source> some = EvenSample.of(all, MOST_IMAGES);
    JobProgress progress = JobProgress.of(Phase.CALIBRATING, some.size());
    Map<String, List<float[]>> byLabel = new LinkedHashMap<>();
    int done = 0;
    for (Source source : some) {
      if (Thread.currentThread().isInterrupted()) {
        throw SgidException.cancelled(Stage.SIMILARITY);
      }
      listener.progressed(progress.withDone(done++).withCurrent(source.source(), source.label()));
      try {
        BufferedImage image = images.read(source);
        byLabel
            .computeIfAbsent(source.label(), label -> new ArrayList<>())
            .add(sgid.embedImages(List.of(image)).get(0));
      } catch (IOException e) {
        LOG.debug("Not used for calibration, it will be among the failures: {}", source, e);
      }
    }
    return byLabel;
  }

  private KeepBounds bounds(Map<String, List<float[]>> byLabel) {
    Map<String, Bound> bounds = new TreeMap<>();
    List<Double> cosines = new ArrayList<>();
    List<Double> probabilities = new ArrayList<>();
    byLabel.forEach(
        (label, images) -> {
          List<Double> ofPairs = cosines(images);
          List<Double> ofLabel =
              images.stream().map(image -> classes.of(image).probability(label)).toList();
          cosines.addAll(ofPairs);
          probabilities.addAll(ofLabel);
          if (images.size() >= LEAST_OF_CLASS) {
            bounds.put(label, bound(ofPairs, ofLabel));
          }
        });
    boolean enough = probabilities.size() >= LEAST_OF_CLASS;
    bounds.put(
        KeepBounds.OTHERS, bound(enough ? cosines : List.of(), enough ? probabilities : List.of()));
    return new KeepBounds(bounds);
  }

  private Bound bound(List<Double> cosines, List<Double> probabilities) {
    return new Bound(
        keep.consistency().orElseGet(() -> quantile(cosines, -1)),
        keep.labelProbability().orElseGet(() -> quantile(probabilities, 0)));
  }

  private double quantile(List<Double> values, double ofNone) {
    if (values.isEmpty()) {
      return ofNone;
    }
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    return Math.floor(Quantiles.of(sorted, keep.quantile()) * DIGITS) / DIGITS;
  }

  private static List<Double> cosines(List<float[]> images) {
    List<Double> cosines = new ArrayList<>();
    for (int i = 0; i < images.size(); i++) {
      for (int j = 0; j < i; j++) {
        cosines.add(Embeddings.cosine(images.get(i), images.get(j)));
      }
    }
    return cosines;
  }
}

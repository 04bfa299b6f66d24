package dev.sgid.dataset;

import dev.sgid.Sgid;
import dev.sgid.dataset.JobProgress.Phase;
import dev.sgid.dataset.KeepBounds.Bound;
import dev.sgid.internal.Embeddings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds how real images score, on up to 512 of them, spread evenly over the data set: the bounds
 * for copies of each class are quantiles of that.
 */
final class KeepCalibration {
  private static final Logger LOG = LoggerFactory.getLogger(KeepCalibration.class);
  private static final int MOST_IMAGES = 512;
  private static final int LEAST_OF_CLASS = 5; // images, for quantiles of their own
  private static final double DIGITS = 1e4; // so that a last digit rarely decides

  private final AugmentJob job;
  private final Sgid sgid;
  private final ClassProbabilities classes;

  KeepCalibration(AugmentJob job, Sgid sgid, ClassProbabilities classes) {
    this.job = job;
    this.sgid = sgid;
    this.classes = classes;
  }

  /** The bounds; those that the job gives are the same for all classes. */
  KeepBounds bounds() {
    Keep keep = job.keep();
    if (!keep.isConsistent()) {
      return KeepBounds.NONE;
    }
    Map<String, List<float[]>> byLabel = keep.needsCalibration() ? embed() : Map.of();
    Map<String, Bound> bounds = new TreeMap<>();
    List<Double> cosines = new ArrayList<>();
    List<Double> probabilities = new ArrayList<>();
    byLabel.forEach(
        (label, images) -> {
          List<Double> ofPairs = cosines(images);
          List<Double> ofLabel =
              images.stream().map(image -> classes.probability(image, label)).toList();
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
    Keep keep = job.keep();
    return new Bound(
        keep.consistency().orElseGet(() -> quantile(cosines, -1)),
        keep.labelProbability().orElseGet(() -> quantile(probabilities, 0)));
  }

  /** Linear between the two nearest, as numpy's. */
  private double quantile(List<Double> values, double ofNone) {
    if (values.isEmpty()) {
      return ofNone;
    }
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
    Arrays.sort(sorted);
    double place = job.keep().quantile() * (sorted.length - 1);
    int below = (int) Math.floor(place);
    int above = Math.min(below + 1, sorted.length - 1);
    double value = sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    return Math.floor(value * DIGITS) / DIGITS;
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

  private Map<String, List<float[]>> embed() {
    Map<String, List<float[]>> byLabel = new LinkedHashMap<>();
    List<Source> all = new ArrayList<>();
    job.in().forEach(all::add);
    int total = Math.min(MOST_IMAGES, all.size());
    JobProgress progress = JobProgress.of(Phase.CALIBRATING, total);
    int done = 0;
    for (Source source : EvenSample.of(all, MOST_IMAGES)) {
      JobRun.stopIfInterrupted();
      job.listener()
          .progressed(progress.withDone(done++).withCurrent(source.source(), source.label()));
      try {
        LoadedImage image = LoadedImage.read(source, job.decoder());
        byLabel
            .computeIfAbsent(source.label(), label -> new ArrayList<>())
            .add(sgid.embedImages(List.of(image.image())).get(0));
      } catch (IOException e) {
        LOG.debug("Not used for calibration, it will be among the failures: {}", source, e);
      }
    }
    return byLabel;
  }
}

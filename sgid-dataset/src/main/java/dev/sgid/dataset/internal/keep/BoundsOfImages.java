package dev.sgid.dataset.internal.keep;

import dev.sgid.dataset.Keep;
import dev.sgid.dataset.internal.keep.KeepBounds.Bound;
import dev.sgid.internal.Embeddings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Bounds for copies, as quantiles of how real images of their class score. */
public final class BoundsOfImages {
  /** How many images of a data set are looked at, at most. */
  public static final int MOST_IMAGES = 512;

  private static final int LEAST_OF_CLASS = 5; // images, for quantiles of their own
  private static final double DIGITS = 1e4; // so that a last digit rarely decides

  private final Keep keep;
  private final ClassProbabilities classes;

  /** By which policy, among which classes. */
  public BoundsOfImages(Keep keep, ClassProbabilities classes) {
    this.keep = keep;
    this.classes = classes;
  }

  /**
   * The bounds; those that the policy gives are the same for all classes.
   *
   * @param byLabel embeddings of real images, by class; empty where all bounds are given
   */
  public KeepBounds bounds(Map<String, List<float[]>> byLabel) {
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
    double place = keep.quantile() * (sorted.length - 1);
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
}

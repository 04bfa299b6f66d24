package dev.sgid.dataset.evaluate;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What is measured of a class, as its images come. */
final class Tally {
  final Mean consistency = new Mean();
  final Mean originalsRight = new Mean();
  final Mean copiesRight = new Mean();
  final Mean originalsLabel = new Mean();
  final Mean copiesLabel = new Mean();
  final Mean amongCopies = new Mean();
  final Mean fromOriginalPixels = new Mean();
  final Mean amongCopiesPixels = new Mean();

  /** By index of another class, how many originals are taken for it. */
  final Map<Integer, Integer> takenFor = new TreeMap<>();

  int originals;
  int copies;
  private double @Nullable [] sum; // of the originals' embeddings, which are of length 1

  /** Adds an original's embedding: what is needed to say how alike a class's originals are. */
  void add(float[] embedding) {
    double[] sums = sum;
    if (sums == null) {
      sums = new double[embedding.length];
      sum = sums;
    }
    for (int i = 0; i < embedding.length; i++) {
      sums[i] += embedding[i];
    }
    originals++;
  }

  /** Pairs of originals. */
  long pairs() {
    return (long) originals * (originals - 1) / 2;
  }

  /**
   * Mean cosine of two originals: the square of n vectors' sum is n and twice the sum over pairs.
   */
  @Nullable Double amongOriginals() {
    double[] sums = sum;
    if (sums == null || originals < 2) {
      return null;
    }
    double square = 0;
    for (double component : sums) {
      square += component * component;
    }
    return Math.max(-1, Math.min(1, (square - originals) / (2.0 * pairs())));
  }

  Scores scores(@Nullable Double amongOriginals) {
    Double mean = consistency.value();
    return new Scores(
        originals,
        copies,
        mean,
        consistency.least(),
        amongOriginals,
        originalsRight.value(),
        copiesRight.value(),
        originalsLabel.value(),
        copiesLabel.value(),
        mean == null ? null : 1 - mean,
        amongCopies.value(),
        fromOriginalPixels.value(),
        amongCopiesPixels.value());
  }
}

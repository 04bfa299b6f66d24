package dev.sgid.dataset.evaluate;

import org.jspecify.annotations.Nullable;

/**
 * Where the value of all images lies with a probability of 90 %, if a sample was measured.
 *
 * @param low the lower end
 * @param high the upper end, not below {@code low}
 */
public record Interval(double low, double high) {
  private static final double Z = 1.6448536269514722; // of the normal distribution, 5 % above

  public Interval {
    if (!(low <= high)) {
      throw new IllegalArgumentException(
          "low must be at most high, they are " + low + " and " + high);
    }
  }

  /** Wilson's interval: of a share that was seen in so many independent cases. */
  static Interval ofShare(double share, int cases) {
    double z2 = Z * Z;
    double center = (share + z2 / (2 * cases)) / (1 + z2 / cases);
    double half =
        Z / (1 + z2 / cases) * Math.sqrt(share * (1 - share) / cases + z2 / (4.0 * cases * cases));
    return new Interval(Math.max(0, center - half), Math.min(1, center + half));
  }

  /** Of a mean, by its standard error; null of fewer than two values. */
  static @Nullable Interval ofMean(double[] values) {
    if (values.length < 2) {
      return null;
    }
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    double mean = sum / values.length;
    double squares = 0;
    for (double value : values) {
      squares += (value - mean) * (value - mean);
    }
    double half = Z * Math.sqrt(squares / (values.length - 1) / values.length);
    return new Interval(mean - half, mean + half);
  }

  /** Whether a value lies in it. */
  boolean holds(double value) {
    return low <= value && value <= high;
  }
}

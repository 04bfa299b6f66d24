package dev.sgid.internal;

/** Quantiles of samples. */
public final class Quantiles {
  private Quantiles() {}

  /**
   * By linear interpolation between order statistics, as NumPy's default.
   *
   * @param sorted ascending, at least one number
   * @param q which quantile, in [0, 1]
   */
  public static double of(double[] sorted, double q) {
    double position = q * (sorted.length - 1);
    int below = (int) Math.floor(position);
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
  }
}

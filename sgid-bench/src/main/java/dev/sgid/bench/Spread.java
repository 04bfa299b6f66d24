package dev.sgid.bench;

import java.util.Arrays;
import java.util.Locale;

/** The middle and the ends of some measurements; printed as {@code 1.42 (1.38 to 1.47)}. */
public record Spread(double median, double least, double most) {
  /**
   * Of some values.
   *
   * @param values at least one, in any order
   */
  public static Spread of(double... values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    double median =
        sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    return new Spread(median, sorted[0], sorted[sorted.length - 1]);
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%.2f (%.2f to %.2f)", median, least, most);
  }
}

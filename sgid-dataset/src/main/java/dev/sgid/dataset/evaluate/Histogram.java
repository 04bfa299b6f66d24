package dev.sgid.dataset.evaluate;

import dev.sgid.internal.Require;
import java.util.List;

/**
 * How often values lie where, in bins of one width, the first and the last of which are not empty.
 *
 * @param from where the first bin begins, a multiple of the width
 * @param width of a bin, above 0
 * @param counts values in each bin; a value between two bins is in the upper one
 */
public record Histogram(double from, double width, List<Integer> counts) {
  public Histogram {
    if (!(width > 0)) {
      throw new IllegalArgumentException("width must be above 0, is " + width);
    }
    counts = List.copyOf(counts);
    Require.atLeast(1, counts.size(), "counts");
  }

  /** The middle of a bin, counted from 0. */
  public double middle(int bin) {
    return from + (bin + 0.5) * width;
  }
}

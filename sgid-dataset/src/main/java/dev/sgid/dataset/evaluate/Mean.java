package dev.sgid.dataset.evaluate;

import org.jspecify.annotations.Nullable;

/** The mean of numbers as they come. */
final class Mean {
  private double sum;
  private double least = Double.POSITIVE_INFINITY;
  private long count;

  void add(double value) {
    sum += value;
    least = Math.min(least, value);
    count++;
  }

  /** Adds a mean of so many numbers. */
  void add(double mean, long numbers) {
    sum += mean * numbers;
    count += numbers;
  }

  /** The mean; null of nothing. */
  @Nullable Double value() {
    return count == 0 ? null : sum / count;
  }

  /** The least of them; null of nothing. */
  @Nullable Double least() {
    return least == Double.POSITIVE_INFINITY ? null : least;
  }
}

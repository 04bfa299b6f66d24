package dev.sgid.dataset.plan;

import java.util.Arrays;

/**
 * How fast pictures are made, by a few that were.
 *
 * @param pictures how many were made, those that warmed up not counted
 * @param secondsPerPicture the mean
 * @param low the lower bound of the mean, in seconds
 * @param high the upper bound of the mean, in seconds: between both it lies in 9 of 10 cases
 */
public record Pace(int pictures, double secondsPerPicture, double low, double high) {
  /** Student's t, 95 % one-sided, by degrees of freedom from 1. */
  private static final double[] T = {
    6.314, 2.920, 2.353, 2.132, 2.015, 1.943, 1.895, 1.860, 1.833, 1.812
  };

  /**
   * By batches of equally many pictures, of whose means it takes the mean and its 90 % interval
   * after Student. One batch says nothing of the spread, which then counts as half of the mean up
   * and down.
   *
   * @param pictures how many were made
   * @param secondsPerPicture of each batch, one at least and 11 at most
   * @throws IllegalArgumentException if there are none or too many
   */
  public static Pace of(int pictures, double[] secondsPerPicture) {
    int batches = secondsPerPicture.length;
    if (batches < 1 || batches > T.length + 1) {
      throw new IllegalArgumentException(
          "There must be 1 to " + (T.length + 1) + " batches, are " + batches);
    }
    double mean = Arrays.stream(secondsPerPicture).sum() / batches;
    double half = mean / 2;
    if (batches > 1) {
      double squares = Arrays.stream(secondsPerPicture).map(s -> (s - mean) * (s - mean)).sum();
      half = T[batches - 2] * Math.sqrt(squares / (batches - 1) / batches);
    }
    return new Pace(pictures, mean, Math.max(0, mean - half), mean + half);
  }
}

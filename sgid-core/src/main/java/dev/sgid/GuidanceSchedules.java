package dev.sgid;

import static java.util.Objects.requireNonNull;

import dev.sgid.internal.Require;
import java.util.Arrays;

/** The ready-made schedules; their texts are what the command line takes. */
final class GuidanceSchedules {
  static final double MOST_COSINE = 1.0001; // one computed in float32 may pass 1

  private GuidanceSchedules() {}

  record Constant(double scale) implements GuidanceSchedule {
    Constant {
      Require.atLeast(0.0, scale, "scale");
    }

    @Override
    public double scaleFor(double similarity) {
      return scale;
    }

    @Override
    public String toString() {
      return "constant:" + scale;
    }
  }

  record Linear(double similarity0, double similarity1, double scale0, double scale1)
      implements GuidanceSchedule {
    Linear {
      requireOrdered(similarity0, similarity1, scale0, scale1);
    }

    @Override
    public double scaleFor(double similarity) {
      return scale0 + (scale1 - scale0) * position(similarity0, similarity1, similarity);
    }

    @Override
    public String toString() {
      return "linear:" + similarity0 + "," + similarity1 + "," + scale0 + "," + scale1;
    }
  }

  record Inverse(double similarity0, double similarity1, double scale0, double scale1)
      implements GuidanceSchedule {
    Inverse {
      requireOrdered(similarity0, similarity1, scale0, scale1);
    }

    @Override
    public double scaleFor(double similarity) {
      return scale1 - (scale1 - scale0) * position(similarity0, similarity1, similarity);
    }

    @Override
    public String toString() {
      return "inverse:" + similarity0 + "," + similarity1 + "," + scale0 + "," + scale1;
    }
  }

  static GuidanceSchedule calibrated(
      double[] similarities, double quantile0, double quantile1, double scale0, double scale1) {
    Require.within(0, 1, quantile0, "quantile0");
    Require.within(0, 1, quantile1, "quantile1");
    if (quantile0 >= quantile1) {
      throw new IllegalArgumentException(
          "quantile0 must be less than quantile1, are " + quantile0 + " and " + quantile1);
    }
    double[] sorted = requireNonNull(similarities, "similarities").clone();
    for (double similarity : sorted) {
      Require.within(-1, 1, similarity, "similarity");
    }
    Arrays.sort(sorted);
    if (sorted.length < 2 || sorted[0] == sorted[sorted.length - 1]) {
      throw new IllegalArgumentException(
          "A calibrated schedule needs at least two different similarities, got "
              + (sorted.length == 0 ? "none" : sorted.length + " of " + sorted[0]));
    }
    double low = quantile(sorted, quantile0);
    double high = quantile(sorted, quantile1);
    if (low == high) {
      throw new IllegalArgumentException(
          "The similarities at the quantiles "
              + quantile0
              + " and "
              + quantile1
              + " are both "
              + low
              + ": choose quantiles further apart");
    }
    return new Linear(low, high, scale0, scale1);
  }

  /** The quantile by linear interpolation between order statistics, as NumPy's default. */
  private static double quantile(double[] sorted, double q) {
    double position = q * (sorted.length - 1);
    int below = (int) Math.floor(position);
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
  }

  /** Where the similarity lies between the bounds, clamped to [0, 1]. */
  private static double position(double similarity0, double similarity1, double similarity) {
    Require.within(-MOST_COSINE, MOST_COSINE, similarity, "similarity");
    return Math.max(0, Math.min(1, (similarity - similarity0) / (similarity1 - similarity0)));
  }

  private static void requireOrdered(
      double similarity0, double similarity1, double scale0, double scale1) {
    Require.within(-1, 1, similarity0, "similarity0");
    Require.within(-1, 1, similarity1, "similarity1");
    Require.atLeast(0.0, scale0, "scale0");
    Require.atLeast(0.0, scale1, "scale1");
    if (similarity0 >= similarity1) {
      throw new IllegalArgumentException(
          "similarity0 must be less than similarity1, are " + similarity0 + " and " + similarity1);
    }
    if (scale0 > scale1) {
      throw new IllegalArgumentException(
          "scale0 must be at most scale1, are " + scale0 + " and " + scale1);
    }
  }
}

package dev.sgid;

import static java.util.Objects.requireNonNull;

import dev.sgid.internal.Quantiles;
import dev.sgid.internal.Require;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/** The ready-made schedules; their texts are what the command line takes. */
final class GuidanceSchedules {
  static final double MOST_COSINE = 1.0001; // one computed in float32 may pass 1

  private static final Pattern COMMA = Pattern.compile(",");

  private GuidanceSchedules() {}

  static GuidanceSchedule parse(String text) {
    String stripped = requireNonNull(text, "text").strip();
    String kind = stripped.substring(0, Math.max(0, stripped.indexOf(':')));
    switch (kind) {
      case "constant" -> {
        return new Constant(numbers(stripped, "constant:G", 1)[0]);
      }
      case "linear" -> {
        double[] n = numbers(stripped, "linear:SIM0,SIM1,G0,G1", 4);
        return new Linear(n[0], n[1], n[2], n[3]);
      }
      case "inverse" -> {
        double[] n = numbers(stripped, "inverse:SIM0,SIM1,G0,G1", 4);
        return new Inverse(n[0], n[1], n[2], n[3]);
      }
      default ->
          throw new IllegalArgumentException(
              "A guidance schedule is constant:G, linear:SIM0,SIM1,G0,G1 or"
                  + " inverse:SIM0,SIM1,G0,G1, is \""
                  + text
                  + "\"");
    }
  }

  /** The numbers behind the colon, of which there must be as many as {@code form} has. */
  static double[] numbers(String text, String form, int count) {
    List<String> parts =
        COMMA.splitAsStream(text.substring(text.indexOf(':') + 1)).map(String::strip).toList();
    if (parts.size() != count) {
      String wanted = count == 1 ? "one number" : count + " numbers";
      throw new IllegalArgumentException(
          form + " takes " + wanted + ", got " + parts.size() + " in " + text);
    }
    return parts.stream().mapToDouble(part -> number(part, text)).toArray();
  }

  private static double number(String part, String text) {
    try {
      return Double.parseDouble(part);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("\"" + part + "\" is no number, in " + text, e);
    }
  }

  record Constant(double scale) implements GuidanceSchedule, Serializable {
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
      implements GuidanceSchedule, Serializable {
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
      implements GuidanceSchedule, Serializable {
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
    double low = Quantiles.of(sorted, quantile0);
    double high = Quantiles.of(sorted, quantile1);
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

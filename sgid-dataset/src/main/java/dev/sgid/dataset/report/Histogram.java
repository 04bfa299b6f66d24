package dev.sgid.dataset.report;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** How numbers are spread: bars of one round width, and their mean and median. Static only. */
final class Histogram {
  private static final int MOST_BARS = 30;
  private static final double[] ROUND = {0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100};

  private Histogram() {}

  /** Of those pictures that have the number; without bars where none has. */
  static JsonObject of(List<Picture> pictures, ToDoubleFunction<Picture> number) {
    double[] sorted =
        pictures.stream().mapToDouble(number).filter(Double::isFinite).sorted().toArray();
    JsonObject json = new JsonObject();
    json.addProperty("count", sorted.length);
    if (sorted.length == 0) {
      return json;
    }
    double low = sorted[0];
    double high = sorted[sorted.length - 1];
    double width = width(low, high);
    long first = bar(low, width);
    int[] bars = new int[(int) (bar(high, width) - first) + 1];
    for (double value : sorted) {
      bars[(int) (bar(value, width) - first)]++;
    }
    json.addProperty("mean", Arrays.stream(sorted).average().orElseThrow());
    json.addProperty("median", sorted[sorted.length / 2]);
    json.addProperty("low", low);
    json.addProperty("high", high);
    json.addProperty("from", first * width);
    json.addProperty("width", width);
    JsonArray counts = new JsonArray();
    for (int bar : bars) {
      counts.add(bar);
    }
    json.add("bars", counts);
    return json;
  }

  private static long bar(double value, double width) {
    return (long) Math.floor(value / width + 1e-9); // 0.3 / 0.1 is 2.9999…
  }

  private static double width(double low, double high) {
    for (double width : ROUND) {
      if (bar(high, width) - bar(low, width) < MOST_BARS) {
        return width;
      }
    }
    return (high - low) / (MOST_BARS - 1);
  }
}

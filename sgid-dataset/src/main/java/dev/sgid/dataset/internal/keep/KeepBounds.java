package dev.sgid.dataset.internal.keep;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * The bounds that copies are held against. Immutable.
 *
 * @param byLabel by class; under {@value #OTHERS} those of classes that are too small for their own
 */
public record KeepBounds(Map<String, Bound> byLabel) {
  public static final String OTHERS = "*";

  /** No copy lies below. */
  public static final KeepBounds NONE = new KeepBounds(Map.of());

  private static final Bound LOWEST = new Bound(-1, 0);

  public KeepBounds {
    byLabel = Collections.unmodifiableMap(new TreeMap<>(byLabel));
  }

  /**
   * What a class's copies must reach.
   *
   * @param consistency cosine to the original
   * @param labelProbability of its label
   */
  public record Bound(double consistency, double labelProbability) {}

  public Bound of(String label) {
    Bound own = byLabel.get(label);
    return own == null ? byLabel.getOrDefault(OTHERS, LOWEST) : own;
  }

  /** As the job file has them. */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    byLabel.forEach(
        (label, bound) -> {
          Map<String, Object> values = new LinkedHashMap<>();
          values.put("consistency", bound.consistency());
          values.put("label_probability", bound.labelProbability());
          map.put(label, values);
        });
    return map;
  }

  /** As a job file has them. */
  public static KeepBounds of(JsonObject json) {
    Map<String, Bound> bounds = new TreeMap<>();
    for (Map.Entry<String, JsonElement> entry : json.entrySet()) {
      JsonObject values = entry.getValue().getAsJsonObject();
      bounds.put(
          entry.getKey(),
          new Bound(
              values.get("consistency").getAsDouble(),
              values.get("label_probability").getAsDouble()));
    }
    return new KeepBounds(bounds);
  }
}

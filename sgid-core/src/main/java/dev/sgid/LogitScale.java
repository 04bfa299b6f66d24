package dev.sgid;

import static java.util.Objects.requireNonNull;

/**
 * What a scorer's cosines are multiplied by before a softmax over labels.
 *
 * @param value above 0
 * @param origin where it is from: {@code graph}, {@code sgid.json}, or {@code usual} where nothing
 *     says what the model was trained with
 */
public record LogitScale(double value, String origin) {
  /** What most CLIP models were trained to. */
  public static final LogitScale USUAL = new LogitScale(100, "usual");

  public LogitScale {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException("value must be above 0, is " + value);
    }
    requireNonNull(origin, "origin");
  }
}

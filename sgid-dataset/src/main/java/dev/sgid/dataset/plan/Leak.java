package dev.sgid.dataset.plan;

import static java.util.Objects.requireNonNull;

/**
 * An image of the data set that is, or nearly is, in the set that is kept for validation.
 *
 * @param source its name in the data set
 * @param validation the other's name in the validation set
 * @param exact whether both have the same pixels
 * @param likeness how alike they are, up to 1; 1 for the same pixels
 */
public record Leak(String source, String validation, boolean exact, double likeness) {
  public Leak {
    requireNonNull(source, "source");
    requireNonNull(validation, "validation");
  }

  /** {@code source = validation} or {@code source ~ validation (likeness 0.994)}. */
  @Override
  public String toString() {
    return exact
        ? source + " = " + validation
        : source + " ~ " + validation + " (likeness " + Math.floor(likeness * 1000) / 1000 + ")";
  }
}

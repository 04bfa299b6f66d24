package dev.sgid.dataset.evaluate;

import static java.util.Objects.requireNonNull;

/**
 * An original that zero-shot classification takes for something other than its label says.
 *
 * @param source the original, relative to the data set
 * @param label what its label says
 * @param probability of that label, in [0, 1]
 * @param takenFor the most likely label
 * @param takenForProbability of that one, in [0, 1]
 */
public record Doubt(
    String source, String label, double probability, String takenFor, double takenForProbability) {
  public Doubt {
    requireNonNull(source, "source");
    requireNonNull(label, "label");
    requireNonNull(takenFor, "takenFor");
  }
}

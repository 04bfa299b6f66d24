package dev.sgid.dataset.evaluate;

import static java.util.Objects.requireNonNull;

/**
 * A class most of whose originals are taken for one other class: its label may be wrong, or the
 * model does not know it.
 *
 * @param label the class
 * @param takenFor the other class
 * @param originals how many of its originals are taken for that one
 * @param of how many originals it has
 * @param swapped whether most of the other class's are taken for this one
 */
public record Mistaken(String label, String takenFor, int originals, int of, boolean swapped) {
  public Mistaken {
    requireNonNull(label, "label");
    requireNonNull(takenFor, "takenFor");
  }
}

package dev.sgid.dataset.training;

import static java.util.Objects.requireNonNull;

/**
 * A training set in two parts, by groups: an original, its copies, and all that has the same pixels
 * are on one side.
 *
 * @param train what is trained on, originals and copies
 * @param heldOut the rest, originals and copies
 */
public record Split(TrainingSet train, TrainingSet heldOut) {
  public Split {
    requireNonNull(train, "train");
    requireNonNull(heldOut, "heldOut");
  }

  /** What accuracy is measured on: the originals that are held out, and none of their copies. */
  public TrainingSet validation() {
    return heldOut.originals();
  }
}

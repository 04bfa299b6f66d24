package dev.sgid.dataset;

import static java.util.Objects.requireNonNull;

/**
 * How far a job is.
 *
 * @param phase what it is doing
 * @param total how many pictures (while checking or calibrating: images) there are to do
 * @param done how many of them are made, by former runs too
 * @param failed how many of them could not be made
 * @param alreadyThere how many of those done former runs had made
 * @param current the image it came to last, relative to the data set; empty before the first
 */
public record JobProgress(
    Phase phase, int total, int done, int failed, int alreadyThere, String current) {
  /** What a job does, in this order. */
  public enum Phase {
    /** Looks whether images are the same as when a former run made copies of them. */
    CHECKING,
    /** Captions a sample of the images, to find the bounds of a calibrated guidance schedule. */
    CALIBRATING,
    /** Makes the pictures. */
    AUGMENTING,
    /** Measures pictures beside their originals, see {@code dev.sgid.dataset.evaluate}. */
    EVALUATING
  }

  public JobProgress {
    requireNonNull(phase, "phase");
    requireNonNull(current, "current");
  }
}

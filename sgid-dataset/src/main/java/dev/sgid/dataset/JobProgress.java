package dev.sgid.dataset;

import static java.util.Objects.requireNonNull;

/**
 * How far a job is.
 *
 * @param phase what it is doing
 * @param total how many pictures (while checking, looking or calibrating: images; while measuring:
 *     seconds) there are to do
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
    /** Decodes every image, to find out what there is and what is there twice. */
    LOOKING,
    /** Captions a sample of the images, to find the bounds of a calibrated guidance schedule. */
    CALIBRATING,
    /** Makes a few pictures, to find out how long one takes. */
    MEASURING,
    /** Makes the pictures. */
    AUGMENTING
  }

  public JobProgress {
    requireNonNull(phase, "phase");
    requireNonNull(current, "current");
  }
}

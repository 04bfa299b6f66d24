package dev.sgid.dataset;

import static java.util.Objects.requireNonNull;

import dev.sgid.internal.Require;

/**
 * How far a job is. Begins with {@link #of}; the {@code with…} methods give changed copies.
 *
 * @param phase what it is doing
 * @param total how many pictures (while checking, looking or calibrating: images; while measuring:
 *     seconds) there are to do
 * @param done how many of them are made and kept, by former runs too
 * @param failed how many of them could not be made
 * @param dropped how many of them were made and not kept
 * @param alreadyThere how many of those done former runs had made
 * @param current the image it came to last, relative to the data set; empty before the first
 * @param label that image's class, as the data set has it; empty before the first
 */
public record JobProgress(
    Phase phase,
    int total,
    int done,
    int failed,
    int dropped,
    int alreadyThere,
    String current,
    String label) {
  /** What a job does, in this order. */
  public enum Phase {
    /** Looks whether images are the same as when a former run made copies of them. */
    CHECKING,
    /** Looks whether the pictures of former runs are there, just as they were written. */
    VERIFYING,
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
    Require.atLeast(0, total, "total");
    Require.atLeast(0, done, "done");
    Require.atLeast(0, failed, "failed");
    Require.atLeast(0, dropped, "dropped");
    Require.atLeast(0, alreadyThere, "alreadyThere");
    requireNonNull(current, "current");
    requireNonNull(label, "label");
  }

  /** A phase at its beginning. */
  public static JobProgress of(Phase phase, int total) {
    return new JobProgress(phase, total, 0, 0, 0, 0, "", "");
  }

  /** How many are out of the way: made, failed or dropped. */
  public int settled() {
    return done + failed + dropped;
  }

  /** This with so many made. */
  public JobProgress withDone(int value) {
    return new JobProgress(phase, total, value, failed, dropped, alreadyThere, current, label);
  }

  /** This with so many failed. */
  public JobProgress withFailed(int value) {
    return new JobProgress(phase, total, done, value, dropped, alreadyThere, current, label);
  }

  /** This with so many dropped. */
  public JobProgress withDropped(int value) {
    return new JobProgress(phase, total, done, failed, value, alreadyThere, current, label);
  }

  /** This with so many that former runs had made. */
  public JobProgress withAlreadyThere(int value) {
    return new JobProgress(phase, total, done, failed, dropped, value, current, label);
  }

  /** This at an image and its class. */
  public JobProgress withCurrent(String source, String ofClass) {
    return new JobProgress(phase, total, done, failed, dropped, alreadyThere, source, ofClass);
  }
}

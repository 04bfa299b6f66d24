package dev.sgid.dataset;

/**
 * Hears how a job goes on. Called on the thread that runs it: be quick, and don't throw. All but
 * {@link #progressed} say nothing where they are not overridden.
 */
@FunctionalInterface
public interface JobListener {
  /** Hears nothing. */
  JobListener NONE = progress -> {};

  /** The job has come further. */
  void progressed(JobProgress progress);

  /**
   * It is known what there is to do, and the first picture is about to be made. Checking and
   * calibrating come before.
   */
  default void started(JobStart start) {}

  /** A picture, or an original that stands beside its copies, was written as its line says. */
  default void made(ManifestLine picture) {}

  /** A try of a copy was made and not kept, as {@code dropped.jsonl} will have it. */
  default void dropped(ManifestLine picture) {}

  /** An image or a folder of the data set can't be used, or a copy can't be made. */
  default void failed(Failure failure) {}

  /** The run has ended, and those who load the pictures should know something: a sentence. */
  default void warned(String warning) {}
}

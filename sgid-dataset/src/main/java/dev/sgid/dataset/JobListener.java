package dev.sgid.dataset;

/** Hears how far a job is. Called on the thread that runs it: be quick, and don't throw. */
@FunctionalInterface
public interface JobListener {
  /** Hears nothing. */
  JobListener NONE = progress -> {};

  /** The job has come further. */
  void progressed(JobProgress progress);
}

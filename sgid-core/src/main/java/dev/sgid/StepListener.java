package dev.sgid;

/**
 * Hears of every denoising step. Called on the threads that generate: be quick, and don't throw.
 * Lanes and calls that run at the same time share the listener, which must be thread-safe.
 */
@FunctionalInterface
public interface StepListener {
  /** Hears nothing. */
  StepListener NONE = (picture, step, steps, timestep) -> {};

  /**
   * A step of one picture is done.
   *
   * @param picture index of the picture, from 0: of its request in a call of the generator, of its
   *     outcome in what {@link Sgid#augmentAll} returns or {@link Sgid#stream} hands out
   * @param step how many of the picture's steps are done, from 1
   * @param steps how many it takes
   * @param timestep the scheduler's timestep that was denoised, rounded to a whole one
   */
  void stepDone(long picture, int step, int steps, int timestep);
}

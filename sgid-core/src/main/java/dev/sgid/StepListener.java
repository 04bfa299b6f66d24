package dev.sgid;

/**
 * Hears of every denoising step. Called on the thread that generates: be quick, and don't throw.
 * Calls that run at the same time share the listener, which must be thread-safe then.
 */
@FunctionalInterface
public interface StepListener {
  /** Hears nothing. */
  StepListener NONE = (request, step, steps, timestep) -> {};

  /**
   * A step of one picture is done.
   *
   * @param request index of the picture's request in the call of the generator, from 0; that is,
   *     through {@link Sgid#augmentAll}, of the picture in the list that it returns
   * @param step how many of the picture's steps are done, from 1
   * @param steps how many it takes
   * @param timestep the scheduler's timestep that was denoised
   */
  void stepDone(int request, int step, int steps, int timestep);
}

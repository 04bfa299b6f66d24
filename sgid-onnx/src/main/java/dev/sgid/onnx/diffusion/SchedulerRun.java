package dev.sgid.onnx.diffusion;

import dev.sgid.TimestepSpacing;

/**
 * One picture's run of a scheduler: the timesteps of its noise rate, the arithmetic of their steps,
 * and what a multistep method remembers of the steps before.
 *
 * <p>Not thread-safe, and never shared between pictures. Steps are taken in order, each once.
 */
interface SchedulerRun {
  /** Which of the timesteps that the model was trained on are taken. */
  TimestepSpacing spacing();

  /** How many steps there are, at least 1. */
  int steps();

  /**
   * The timestep of a step, counted from 0; each within the model's training, but it may lie
   * between two that the model was trained on.
   */
  float timestep(int step);

  /** What the sample is multiplied by to become a step's input of the model. */
  default float inputScale(int step) {
    return 1;
  }

  /** Whether {@link #step} wants noise for this step: nothing is drawn for one that doesn't. */
  default boolean drawsNoise(int step) {
    return false;
  }

  /**
   * Noises clean latents, in place, to the first step's timestep; {@code z} as in {@link #step}.
   */
  void addNoise(float[] latents, float[] z);

  /**
   * Takes a step, in place.
   *
   * @param step counted from 0
   * @param x the sample, of any length
   * @param m the model's output for it, guidance applied; not kept
   * @param z standard normal noise; not looked at where {@link #drawsNoise} is false
   */
  void step(int step, float[] x, float[] m, float[] z);
}

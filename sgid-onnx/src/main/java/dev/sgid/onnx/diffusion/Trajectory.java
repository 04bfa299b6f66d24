package dev.sgid.onnx.diffusion;

import dev.sgid.onnx.internal.TorchRandom;
import org.jspecify.annotations.Nullable;

/**
 * One picture's way from noise to image: its latents, its own schedule, guidance and random
 * numbers, and how far it has come.
 *
 * <p>Not thread-safe.
 */
final class Trajectory {
  final float[] latents; // (4, h, w), changed by every step

  private final SchedulerRun scheduler;
  private final Conditioning text;
  private final @Nullable Conditioning unconditionalText; // null without guidance
  private final float guidanceScale;
  private final TorchRandom random;
  private int done;

  /** Memory for a step, of which one after the other makes use. */
  static final class Scratch {
    private final float[] conditional; // (4, h, w)
    private final float[] unconditional; // (4, h, w)
    private final float[] noise; // (4, h, w)

    /** For latents of so many numbers. */
    Scratch(int length) {
      conditional = new float[length];
      unconditional = new float[length];
      noise = new float[length];
    }
  }

  /**
   * @param unconditionalText the negative prompt; null for no guidance, which halves the work
   */
  Trajectory(
      float[] latents,
      SchedulerRun scheduler,
      Conditioning text,
      @Nullable Conditioning unconditionalText,
      double guidanceScale,
      TorchRandom random) {
    this.latents = latents;
    this.scheduler = scheduler;
    this.text = text;
    this.unconditionalText = unconditionalText;
    this.guidanceScale = (float) guidanceScale;
    this.random = random;
  }

  /** How many rows of a batch it takes: two with guidance, else one. */
  int rows() {
    return unconditionalText == null ? 1 : 2;
  }

  boolean isDone() {
    return done == scheduler.steps();
  }

  int stepsDone() {
    return done;
  }

  int steps() {
    return scheduler.steps();
  }

  /** The timestep to denoise next. */
  float timestep() {
    return scheduler.timestep(done);
  }

  /** Puts its texts into its rows, from {@code first} on: the unconditional one first. */
  void putTexts(NoisePredictor.Rows rows, int first) {
    if (unconditionalText != null) {
      rows.putConditioning(first, unconditionalText);
    }
    rows.putConditioning(first + rows() - 1, text);
  }

  /** Puts its latents into its rows, from {@code first} on. */
  void putLatents(NoisePredictor.Rows rows, int first) {
    for (int row = first; row < first + rows(); row++) {
      rows.putLatents(row, latents, scheduler.inputScale(done), timestep());
    }
  }

  /** Takes a step with what was predicted in its rows, from {@code first} on. */
  void step(NoisePredictor.Rows rows, int first, Scratch scratch) {
    rows.get(first + rows() - 1, scratch.conditional);
    if (unconditionalText != null) {
      rows.get(first, scratch.unconditional);
      guide(scratch.conditional, scratch.unconditional, guidanceScale);
    }
    if (scheduler.drawsNoise(done)) {
      random.normal(scratch.noise);
    }
    scheduler.step(done++, latents, scratch.conditional, scratch.noise);
  }

  /** Classifier-free guidance: {@code eps = eps_uncond + w (eps_text - eps_uncond)}, in place. */
  private static void guide(float[] conditional, float[] unconditional, float w) {
    for (int i = 0; i < conditional.length; i++) {
      conditional[i] = unconditional[i] + w * (conditional[i] - unconditional[i]);
    }
  }
}

package dev.sgid.onnx.diffusion;

import dev.sgid.Scheduler;
import dev.sgid.TimestepSpacing;

/**
 * Multistep sampling of latent consistency models [1], whose model takes any noised sample straight
 * to a clean image: each step goes there, then noises the image again to the next timestep.
 *
 * <pre>
 *   x' = sqrt(b) (c_out x0 + c_skip x) + sqrt(1 - b) z          [1], algorithm 3
 *   c_skip = 1 / 4 / (s^2 + 1 / 4),  c_out = s / sqrt(s^2 + 1 / 4),  s = 10 timestep
 * </pre>
 *
 * where b is the alphaBar of the next timestep, and in the last step 1. The timesteps are picked
 * from those of the distillation, of which the noise rate leaves the lower part: all steps are run.
 * Numbers are those of diffusers' LCMScheduler in LatentConsistencyModelImg2ImgPipeline, which
 * unlike that of Stable Diffusion leaves {@code clip_sample} as the model's file has it. Immutable.
 *
 * <p>[1] Luo, Tan, Huang, Li, Zhao, "Latent Consistency Models: Synthesizing High-Resolution Images
 * with Few-Step Inference", arXiv:2310.04378.
 */
final class LcmScheduler implements SchedulerRun {
  private static final int ORIGINAL_STEPS = 50;
  private static final double TIMESTEP_SCALING = 10;
  private static final float DATA_VARIANCE = 0.25f; // sigma_data is 0.5

  private final TimestepSpacing spacing; // of no effect: the distillation decides
  private final NoiseSchedule noise;
  private final int[] timesteps; // (steps), first to last
  private final Factors[] factors; // (steps)
  private final float range; // of x0, infinite where it is not clipped

  /** What a step multiplies, each rounded to float. */
  private record Factors(
      float ofSample, float ofOutput, float skip, float out, float image, float grain) {}

  /**
   * The schedule of a noise rate.
   *
   * @throws IllegalArgumentException if the distillation had less timesteps than steps are wanted
   */
  LcmScheduler(Scheduler.Lcm spec, Sampling sampling) {
    spacing = sampling.spacing(TimestepSpacing.LEADING);
    SchedulerConfig config = sampling.config();
    noise = config.consistencyNoise();
    int[] whole =
        timesteps(sampling, config.file().count("original_inference_steps", ORIGINAL_STEPS));
    timesteps =
        sampling.cut(whole, sampling.begin(spec.stepsRun(sampling.noiseRate(), sampling.steps())));
    config.requireImageAt(timesteps[0]);
    float scaling = (float) config.file().number("timestep_scaling", TIMESTEP_SCALING);
    boolean clips = config.file().flag("clip_sample", false);
    range = clips ? (float) config.file().number("clip_sample_range", 1) : Float.POSITIVE_INFINITY;
    factors = new Factors[timesteps.length];
    for (int i = 0; i < factors.length; i++) {
      boolean last = i == factors.length - 1;
      double a = noise.alphaBar(timesteps[i]);
      float b = last ? 1 : (float) noise.alphaBar(timesteps[i + 1]);
      float scaled = timesteps[i] * scaling;
      float spread = scaled * scaled + DATA_VARIANCE;
      factors[i] =
          new Factors(
              (float) config.prediction().imageOfSample(Math.sqrt(a)),
              (float) config.prediction().imageOfOutput(Math.sqrt(a), Math.sqrt(1 - a)),
              DATA_VARIANCE / spread,
              scaled / (float) Math.sqrt(spread),
              (float) Math.sqrt(b),
              (float) Math.sqrt(1 - b));
    }
  }

  /** Evenly picked by index from the distillation's timesteps, its noisiest first. */
  private static int[] timesteps(Sampling sampling, int originalSteps) {
    SchedulerConfig config = sampling.config();
    int trained = config.trainTimesteps();
    if (originalSteps > trained) {
      throw config.file().unexpected("original_inference_steps", "at most " + trained);
    }
    int left = (int) (originalSteps * sampling.noiseRate());
    int steps = sampling.steps();
    if (steps > left) {
      throw new IllegalArgumentException(
          "steps must be at most "
              + left
              + " for LCMScheduler at noiseRate "
              + sampling.noiseRate()
              + ", which leaves so many of the "
              + originalSteps
              + " timesteps of the model's distillation, is "
              + steps
              + ": lower steps or raise noiseRate");
    }
    int ratio = trained / originalSteps;
    int[] timesteps = new int[steps];
    double spacing = (double) left / steps;
    for (int i = 0; i < steps; i++) {
      timesteps[i] = (left - (int) (i * spacing)) * ratio - 1;
    }
    return timesteps;
  }

  @Override
  public TimestepSpacing spacing() {
    return spacing;
  }

  @Override
  public int steps() {
    return timesteps.length;
  }

  @Override
  public float timestep(int step) {
    return timesteps[step];
  }

  @Override
  public boolean drawsNoise(int step) {
    return step < timesteps.length - 1;
  }

  @Override
  public void addNoise(float[] latents, float[] z) {
    noise.add(timesteps[0], latents, z);
  }

  @Override
  public void step(int step, float[] x, float[] m, float[] z) {
    Factors f = factors[step];
    boolean noised = drawsNoise(step);
    for (int i = 0; i < x.length; i++) {
      float x0 = f.ofSample * x[i] + f.ofOutput * m[i];
      float clean = f.out * Math.max(-range, Math.min(range, x0)) + f.skip * x[i];
      x[i] = noised ? f.image * clean + f.grain * z[i] : clean;
    }
  }
}

package dev.sgid.onnx.diffusion;

import dev.sgid.Scheduler;
import dev.sgid.TimestepSpacing;

/**
 * Denoising diffusion implicit models [1], for image-to-image: the schedule of one noise rate and
 * the arithmetic of its steps.
 *
 * <p>With a and b the alphaBar of a step's timestep and of the one it goes to, x the sample, m the
 * model's output and z standard normal noise, a step is
 *
 * <pre>
 *   sigma = eta sqrt((1 - b) / (1 - a)) sqrt(1 - a / b)                 [1], (16)
 *   x'    = sqrt(b) x0 + sqrt(1 - b - sigma^2) eps + sigma z            [1], (12)
 * </pre>
 *
 * where the model predicts eps, x0 or the velocity [2]. Each of them makes x' linear in x, m and z.
 * a, b, sigma and the root before eps are rounded to float as the reference rounds them; from these
 * the three factors are worked out once, in double, and a step is one multiply-add per term.
 *
 * <p>Timesteps, and the use of alphaBar below timestep 0, are those of diffusers' DDIMScheduler; so
 * is the step's aim, {@code timestep - trainTimesteps / steps} with the step count before the cut.
 * Immutable and thread-safe.
 *
 * <p>[1] Song, Meng, Ermon, "Denoising Diffusion Implicit Models", ICLR 2021, arXiv:2010.02502. [2]
 * Salimans, Ho, "Progressive Distillation for Fast Sampling of Diffusion Models", ICLR 2022,
 * arXiv:2202.00512.
 */
final class DdimScheduler implements SchedulerRun {
  private final NoiseSchedule noise;
  private final int[] timesteps; // (stepsRun), first to last
  private final float[] ofSample; // (stepsRun), the factor of x
  private final float[] ofOutput; // (stepsRun), the factor of m
  private final float[] ofNoise; // (stepsRun), the factor of z: sigma
  private final boolean stochastic;
  private final TimestepSpacing spacing;

  /**
   * The schedule of a noise rate.
   *
   * @throws IllegalArgumentException if no step is left or one lies outside training
   */
  DdimScheduler(Scheduler.Ddim spec, Sampling sampling) {
    this(spec, sampling, SchedulerConfig.STEPS_OFFSET);
  }

  /** The same with another offset: a seam for diffusers' own tests, whose is 0. */
  DdimScheduler(Scheduler.Ddim spec, Sampling sampling, int offset) {
    SchedulerConfig config = sampling.config();
    noise = config.noise();
    int trainTimesteps = noise.trainTimesteps();
    int steps = sampling.steps();
    double eta = spec.eta();
    spacing = sampling.spacing(TimestepSpacing.LEADING);
    timesteps =
        sampling.cut(
            Timesteps.of(spacing, steps, trainTimesteps, offset),
            sampling.begin(spec.stepsRun(sampling.noiseRate(), steps)));
    config.requireImageAt(timesteps[0]);
    stochastic = eta > 0;
    ofSample = new float[timesteps.length];
    ofOutput = new float[timesteps.length];
    ofNoise = new float[timesteps.length];
    for (int i = 0; i < timesteps.length; i++) {
      int aim = timesteps[i] - trainTimesteps / steps;
      float a = (float) noise.alphaBar(timesteps[i]);
      float b = (float) (aim >= 0 ? noise.alphaBar(aim) : config.finalAlphaBar());
      // In float, as the reference: where 1 - b - sigma^2 is all but 0, its rounding is seen.
      float sigma = (float) eta * (float) Math.sqrt((1 - b) / (1 - a) * (1 - a / b));
      float toEps = (float) Math.sqrt(Math.max(0, 1 - b - sigma * sigma));
      ofNoise[i] = sigma;
      weigh(i, config.prediction(), a, Math.sqrt(b), toEps);
    }
  }

  /** Writes x0 and eps as sums of x and m, and puts them into (12). */
  private void weigh(
      int i, SchedulerConfig.Prediction prediction, double a, double toX0, double toEps) {
    double image = Math.sqrt(a);
    double grain = Math.sqrt(1 - a);
    switch (prediction) {
      case EPSILON -> { // x0 = (x - grain m) / image, eps = m
        ofSample[i] = (float) (toX0 / image);
        ofOutput[i] = (float) (toEps - toX0 * grain / image);
      }
      case SAMPLE -> { // x0 = m, eps = (x - image m) / grain
        ofSample[i] = (float) (toEps / grain);
        ofOutput[i] = (float) (toX0 - toEps * image / grain);
      }
      case V_PREDICTION -> { // x0 = image x - grain m, eps = image m + grain x
        ofSample[i] = (float) (toX0 * image + toEps * grain);
        ofOutput[i] = (float) (toEps * image - toX0 * grain);
      }
    }
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
    return stochastic;
  }

  @Override
  public void addNoise(float[] latents, float[] z) {
    noise.add(timesteps[0], latents, z);
  }

  @Override
  public void step(int step, float[] x, float[] m, float[] z) {
    float sample = ofSample[step];
    float output = ofOutput[step];
    if (!stochastic) {
      for (int i = 0; i < x.length; i++) {
        x[i] = sample * x[i] + output * m[i];
      }
      return;
    }
    float sigma = ofNoise[step];
    for (int i = 0; i < x.length; i++) {
      x[i] = sample * x[i] + output * m[i] + sigma * z[i];
    }
  }
}

package dev.sgid.onnx.diffusion;

import dev.sgid.Scheduler;
import dev.sgid.TimestepSpacing;
import dev.sgid.onnx.internal.JsonFile;
import java.util.List;

/**
 * Euler's method for the equation that noise levels follow [1]. The sample is the image plus sigma
 * times noise; the model is given it divided by {@code sqrt(sigma^2 + 1)}. A step from the level s
 * to t is
 *
 * <pre>
 *   x' = x + (t - s) (x - x0) / s                              [1], algorithm 1
 * </pre>
 *
 * Numbers are those of diffusers' EulerDiscreteScheduler in its img2img pipeline, which draws no
 * noise during the steps. Levels are rounded to float as the reference rounds them; from these the
 * two factors of a step are worked out once, in double. Immutable and thread-safe.
 *
 * <p>[1] Karras, Aittala, Aila, Laine, "Elucidating the Design Space of Diffusion-Based Generative
 * Models", NeurIPS 2022, arXiv:2206.00364.
 */
final class EulerScheduler implements SchedulerRun {
  private static final List<String> OTHER_SIGMAS =
      List.of("use_exponential_sigmas", "use_beta_sigmas");

  private final TimestepSpacing spacing;
  private final EulerSchedule schedule;
  private final float[] ofSample; // (stepsRun), the factor of x
  private final float[] ofOutput; // (stepsRun), the factor of the model's output

  /**
   * The schedule of a noise rate.
   *
   * @throws IllegalArgumentException if no step is left or one lies outside training
   * @throws dev.sgid.SgidException if the model's file asks for what this is not
   */
  EulerScheduler(Scheduler.Euler spec, Sampling sampling) {
    spacing = sampling.spacing(TimestepSpacing.LINSPACE);
    SchedulerConfig config = sampling.config();
    refuseOthers(config, spec.name());
    LevelsConfig levels = LevelsConfig.of(config, spec.name(), OTHER_SIGMAS);
    int stepsRun = spec.stepsRun(sampling.noiseRate(), sampling.steps());
    schedule =
        EulerSchedule.of(spec.useKarrasSigmas(), spec.finalSigmas(), levels, sampling, stepsRun);
    int steps = schedule.timesteps.length;
    ofSample = new float[steps];
    ofOutput = new float[steps];
    for (int i = 0; i < steps; i++) {
      Derivative slope = Derivative.at(schedule.sigmas[i], config.prediction());
      double dt = (double) schedule.sigmas[i + 1] - schedule.sigmas[i];
      ofSample[i] = (float) (1 + dt * slope.ofSample);
      ofOutput[i] = (float) (dt * slope.ofOutput);
    }
  }

  /** Models whose timestep is a logarithm of the level, and schedules made for other pipelines. */
  private static void refuseOthers(SchedulerConfig config, String scheduler) {
    JsonFile file = config.file();
    if (!file.string("interpolation_type", "linear").equals("linear")) {
      throw file.unexpected("interpolation_type", "linear for " + scheduler);
    }
    if (file.string("timestep_type", "discrete").equals("continuous")
        && config.prediction() == SchedulerConfig.Prediction.V_PREDICTION) {
      throw file.unexpected("timestep_type", "discrete for " + scheduler);
    }
  }

  /** {@code (x - x0) / s}, by its factors of x and of the model's output. */
  record Derivative(double ofSample, double ofOutput) {
    static Derivative at(double sigma, SchedulerConfig.Prediction prediction) {
      double image = 1 / Math.sqrt(sigma * sigma + 1);
      return new Derivative(
          (1 - prediction.imageOfSample(image) * image) / sigma,
          -prediction.imageOfOutput(image, sigma * image) / sigma);
    }
  }

  @Override
  public TimestepSpacing spacing() {
    return spacing;
  }

  @Override
  public int steps() {
    return schedule.timesteps.length;
  }

  @Override
  public float timestep(int step) {
    return schedule.timesteps[step];
  }

  @Override
  public float inputScale(int step) {
    return schedule.inputScale(step);
  }

  @Override
  public void addNoise(float[] latents, float[] z) {
    schedule.addNoise(latents, z);
  }

  @Override
  public void step(int step, float[] x, float[] m, float[] z) {
    float sample = ofSample[step];
    float output = ofOutput[step];
    for (int i = 0; i < x.length; i++) {
      x[i] = sample * x[i] + output * m[i];
    }
  }
}

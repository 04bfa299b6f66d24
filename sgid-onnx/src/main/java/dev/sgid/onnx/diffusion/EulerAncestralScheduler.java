package dev.sgid.onnx.diffusion;

import dev.sgid.Scheduler;
import dev.sgid.TimestepSpacing;

/**
 * Euler's method as in {@link EulerScheduler}, which goes below the level t of a step's aim and
 * draws noise up to it, as ancestral sampling [1] does:
 *
 * <pre>
 *   up   = t / s sqrt(s^2 - t^2),   down = sqrt(t^2 - up^2) = t^2 / s
 *   x'   = x + (down - s) (x - x0) / s + up z
 * </pre>
 *
 * Numbers are those of diffusers' EulerAncestralDiscreteScheduler in its img2img pipeline, after
 * Crowson's k-diffusion. The last step, which ends without noise, draws none. Immutable and
 * thread-safe.
 *
 * <p>[1] Ho, Jain, Abbeel, "Denoising Diffusion Probabilistic Models", NeurIPS 2020,
 * arXiv:2006.11239.
 */
final class EulerAncestralScheduler implements SchedulerRun {
  private final TimestepSpacing spacing;
  private final EulerSchedule schedule;
  private final float[] ofSample; // (stepsRun), the factor of x
  private final float[] ofOutput; // (stepsRun), the factor of the model's output
  private final float[] ofNoise; // (stepsRun), the factor of z

  /**
   * The schedule of a noise rate.
   *
   * @throws IllegalArgumentException if no step is left or one lies outside training
   * @throws dev.sgid.SgidException if the model predicts the image, which diffusers' class can't
   */
  EulerAncestralScheduler(Scheduler.EulerAncestral spec, Sampling sampling) {
    spacing = sampling.spacing(TimestepSpacing.LINSPACE);
    SchedulerConfig config = sampling.config();
    if (config.prediction() == SchedulerConfig.Prediction.SAMPLE) {
      throw config
          .file()
          .unexpected("prediction_type", "epsilon or v_prediction for " + spec.name());
    }
    LevelsConfig levels = LevelsConfig.ofNoise(config);
    int stepsRun = spec.stepsRun(sampling.noiseRate(), sampling.steps());
    schedule = EulerSchedule.of(false, Scheduler.FinalSigmas.ZERO, levels, sampling, stepsRun);
    int steps = schedule.timesteps.length;
    ofSample = new float[steps];
    ofOutput = new float[steps];
    ofNoise = new float[steps];
    for (int i = 0; i < steps; i++) {
      double s = schedule.sigmas[i];
      double t = schedule.sigmas[i + 1];
      double up = t / s * Math.sqrt(s * s - t * t);
      double dt = t * t / s - s;
      EulerScheduler.Derivative slope = EulerScheduler.Derivative.at(s, config.prediction());
      ofSample[i] = (float) (1 + dt * slope.ofSample());
      ofOutput[i] = (float) (dt * slope.ofOutput());
      ofNoise[i] = (float) up;
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
  public boolean drawsNoise(int step) {
    return step < steps() - 1;
  }

  @Override
  public void addNoise(float[] latents, float[] z) {
    schedule.addNoise(latents, z);
  }

  @Override
  public void step(int step, float[] x, float[] m, float[] z) {
    float sample = ofSample[step];
    float output = ofOutput[step];
    float noise = ofNoise[step];
    boolean noised = drawsNoise(step);
    for (int i = 0; i < x.length; i++) {
      float next = sample * x[i] + output * m[i];
      x[i] = noised ? next + noise * z[i] : next;
    }
  }
}

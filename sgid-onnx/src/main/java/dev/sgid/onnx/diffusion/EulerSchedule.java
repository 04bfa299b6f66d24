package dev.sgid.onnx.diffusion;

import dev.sgid.Scheduler.FinalSigmas;
import dev.sgid.TimestepSpacing;
import java.util.Arrays;

/**
 * The timesteps and noise levels of Euler's methods: with linear spacing they lie between those of
 * training.
 */
final class EulerSchedule {
  final float[] timesteps; // (stepsRun), first to last
  final float[] sigmas; // (stepsRun + 1): of each its level, then where the last step ends

  private EulerSchedule(float[] timesteps, float[] sigmas) {
    this.timesteps = timesteps;
    this.sigmas = sigmas;
  }

  /** The part of a schedule that the last {@code stepsRun} steps are. */
  static EulerSchedule of(
      boolean karras, FinalSigmas end, LevelsConfig levels, Sampling sampling, int stepsRun) {
    Sigmas trained = Sigmas.of(levels.noise());
    float[] timesteps = spaced(sampling);
    double[] exact = new double[timesteps.length];
    for (int i = 0; i < exact.length; i++) {
      exact[i] = trained.between(timesteps[i]);
    }
    if (karras) {
      exact = levels.karras(exact[0], exact[exact.length - 1], sampling.steps());
      timesteps = floats(trained.timesteps(exact));
    }
    float[] sigmas = Arrays.copyOf(floats(exact), exact.length + 1);
    sigmas[exact.length] = end == FinalSigmas.ZERO ? 0 : trained.lowest();
    int begin = sampling.begin(stepsRun);
    return new EulerSchedule(
        sampling.cut(timesteps, begin), Arrays.copyOfRange(sigmas, begin, sigmas.length));
  }

  /** What a step's sample is multiplied by to be of about the variance that the model knows. */
  float inputScale(int step) {
    return 1 / (float) Math.sqrt(sigmas[step] * sigmas[step] + 1);
  }

  /** Noises clean latents, in place, to the first level. */
  void addNoise(float[] latents, float[] z) {
    for (int i = 0; i < latents.length; i++) {
      latents[i] += sigmas[0] * z[i];
    }
  }

  private static float[] spaced(Sampling sampling) {
    TimestepSpacing spacing = sampling.spacing(TimestepSpacing.LINSPACE);
    int trainTimesteps = sampling.config().trainTimesteps();
    int steps = sampling.steps();
    if (spacing == TimestepSpacing.LINSPACE) {
      return Timesteps.linspaceNotRounded(steps, trainTimesteps - 1);
    }
    int[] whole = Timesteps.of(spacing, steps, trainTimesteps, SchedulerConfig.STEPS_OFFSET);
    float[] timesteps = new float[whole.length];
    for (int i = 0; i < whole.length; i++) {
      timesteps[i] = whole[i];
    }
    return timesteps;
  }

  private static float[] floats(double[] values) {
    float[] rounded = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      rounded[i] = (float) values[i];
    }
    return rounded;
  }
}

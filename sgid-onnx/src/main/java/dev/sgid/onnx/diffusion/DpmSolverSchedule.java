package dev.sgid.onnx.diffusion;

import dev.sgid.Scheduler;
import dev.sgid.Scheduler.FinalSigmas;
import dev.sgid.TimestepSpacing;
import java.util.Arrays;

/** The whole schedule of DPM-Solver++, before a noise rate cuts it. */
final class DpmSolverSchedule {
  final int[] timesteps; // (steps), first to last
  final float[] sigmas; // (steps + 1): the noise level of each, then the one the last step ends at

  private DpmSolverSchedule(int[] timesteps, float[] sigmas) {
    this.timesteps = timesteps;
    this.sigmas = sigmas;
  }

  static DpmSolverSchedule of(Scheduler.DpmSolver spec, DpmSolverConfig config, Sampling sampling) {
    Sigmas trained = Sigmas.of(config.levels().noise());
    float last = spec.finalSigmas() == FinalSigmas.ZERO ? 0 : trained.lowest();
    if (spec.useKarrasSigmas()) {
      return karras(config, sampling, trained, last);
    }
    int[] timesteps = spaced(sampling, end(config, sampling.config()));
    float[] sigmas = new float[timesteps.length + 1];
    for (int i = 0; i < timesteps.length; i++) {
      sigmas[i] = trained.at(timesteps[i]);
    }
    sigmas[timesteps.length] = last;
    return new DpmSolverSchedule(timesteps, sigmas);
  }

  private static DpmSolverSchedule karras(
      DpmSolverConfig config, Sampling sampling, Sigmas trained, float last) {
    double[] levels = config.levels().karras(trained.highest(), trained.lowest(), sampling.steps());
    double[] exact = trained.timesteps(levels);
    // diffusers rounds them but for this schedule, whose it cuts
    boolean rounds =
        !sampling.config().file().string("beta_schedule", "").equals("squaredcos_cap_v2");
    int[] timesteps = new int[levels.length];
    float[] sigmas = new float[levels.length + 1];
    for (int i = 0; i < levels.length; i++) {
      timesteps[i] = (int) (rounds ? Math.rint(exact[i]) : exact[i]);
      sigmas[i] = (float) levels[i];
    }
    sigmas[levels.length] = last;
    return new DpmSolverSchedule(timesteps, sigmas);
  }

  /**
   * The timesteps below {@code end}. Leading and linear spacing are those of a step more, whose
   * last, at 0, is left out.
   */
  static int[] spaced(Sampling sampling, int end) {
    int steps = sampling.steps();
    TimestepSpacing spacing = sampling.spacing(TimestepSpacing.LINSPACE);
    int[] timesteps =
        switch (spacing) {
          case LEADING ->
              Timesteps.leading(steps + 1, end / (steps + 1), SchedulerConfig.STEPS_OFFSET);
          case LINSPACE -> Timesteps.linspace(steps + 1, end - 1);
          case TRAILING ->
              Timesteps.trailing(end, (double) sampling.config().trainTimesteps() / steps);
        };
    return spacing == TimestepSpacing.TRAILING ? timesteps : Arrays.copyOf(timesteps, steps);
  }

  /** How many timesteps there are, from 0 on, whose lambda is not clipped. */
  private static int end(DpmSolverConfig config, SchedulerConfig of) {
    float least = (float) config.lambdaMinClipped();
    int end = of.trainTimesteps();
    while (end > 0 && lambda((float) config.levels().noise().alphaBar(end - 1)) < least) {
      end--;
    }
    if (end == 0) {
      throw of.file().unexpected("lambda_min_clipped", "so low that some timestep is left");
    }
    return end;
  }

  /** Half the logarithm of the signal-to-noise ratio. */
  private static float lambda(float alphaBar) {
    return (float) Math.log((float) Math.sqrt(alphaBar))
        - (float) Math.log((float) Math.sqrt(1 - alphaBar));
  }
}

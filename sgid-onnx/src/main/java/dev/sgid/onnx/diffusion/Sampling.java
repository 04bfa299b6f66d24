package dev.sgid.onnx.diffusion;

import dev.sgid.TimestepSpacing;
import dev.sgid.internal.Require;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * How much of which schedule is run: what every scheduler is told beside its own options.
 *
 * @param config what the model's files say
 * @param chosenSpacing which timesteps are taken; null for what the files or the scheduler's own
 *     default say
 * @param steps length of the whole schedule, in [1, trainTimesteps]
 * @param noiseRate fraction of it that is run, in (0, 1]
 */
record Sampling(
    SchedulerConfig config, @Nullable TimestepSpacing chosenSpacing, int steps, double noiseRate) {
  /**
   * @throws IllegalArgumentException if there are more steps than timesteps
   */
  Sampling {
    if (steps > config.trainTimesteps()) {
      throw new IllegalArgumentException(
          "steps must be at most "
              + config.trainTimesteps()
              + ", on which the model was trained, is "
              + steps);
    }
  }

  /** The caller's spacing, else the file's, else the scheduler's own. */
  TimestepSpacing spacing(TimestepSpacing otherwise) {
    if (chosenSpacing != null) {
      return chosenSpacing;
    }
    return config.spacing() == null ? otherwise : config.spacing();
  }

  /** The index of the first step that is run, of a schedule of {@link #steps}. */
  int begin(int stepsRun) {
    return Math.max(0, steps - stepsRun);
  }

  /**
   * What is run of a schedule: its timesteps from {@code begin} on.
   *
   * @throws IllegalArgumentException if none is left, or one lies outside training
   */
  int[] cut(int[] schedule, int begin) {
    int[] timesteps =
        Arrays.copyOfRange(schedule, Math.min(begin, schedule.length), schedule.length);
    requireSome(timesteps.length);
    requireWithinTraining(timesteps[0], timesteps[timesteps.length - 1]);
    return timesteps;
  }

  /** The same of timesteps that may lie between two of training. */
  float[] cut(float[] schedule, int begin) {
    float[] timesteps =
        Arrays.copyOfRange(schedule, Math.min(begin, schedule.length), schedule.length);
    requireSome(timesteps.length);
    requireWithinTraining(timesteps[0], timesteps[timesteps.length - 1]);
    return timesteps;
  }

  private void requireSome(int left) {
    Require.atLeast(1, left, "the number of steps that noiseRate " + noiseRate + " leaves");
  }

  private void requireWithinTraining(float first, float last) {
    if (first > config.trainTimesteps() - 1) {
      throw outside("first timestep is " + (int) first, "lower noiseRate or steps");
    }
    if (last
        < 0) { // NumPy's arange, which diffusers uses for trailing spacing, goes a step too far
      throw outside("last timestep is " + (int) last, "take another number of steps");
    }
  }

  private IllegalArgumentException outside(String what, String remedy) {
    return new IllegalArgumentException(
        "With steps "
            + steps
            + " and noiseRate "
            + noiseRate
            + " the "
            + what
            + ", the model was trained "
            + (what.startsWith("first") ? "up to " + (config.trainTimesteps() - 1) : "from 0 on")
            + ": "
            + remedy);
  }
}

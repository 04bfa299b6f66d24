package dev.sgid.onnx.diffusion;

import dev.sgid.Settings;
import java.util.Arrays;

/** Which of the timesteps that a model was trained on are denoised, and in which order. */
enum Timesteps {
  /** Multiples of a whole-numbered ratio, moved by {@code steps_offset}. */
  LEADING {
    @Override
    int[] schedule(int steps, int trainTimesteps, int offset) {
      int ratio = trainTimesteps / steps;
      int[] timesteps = new int[steps];
      for (int i = 0; i < steps; i++) {
        timesteps[i] = (steps - 1 - i) * ratio + offset;
      }
      return timesteps;
    }
  },

  /** Evenly from the last timestep to the first, both included; halves round to even. */
  LINSPACE {
    @Override
    int[] schedule(int steps, int trainTimesteps, int offset) {
      double last = trainTimesteps - 1.0;
      double spacing = last / (steps - 1);
      int[] timesteps = new int[steps];
      for (int i = 0; i < steps; i++) {
        int fromBelow = steps - 1 - i;
        timesteps[i] = steps == 1 ? 0 : (int) Math.rint(i == 0 ? last : fromBelow * spacing);
      }
      return timesteps;
    }
  },

  /** Evenly downwards from the last timestep, the first excluded; halves round to even. */
  TRAILING {
    @Override
    int[] schedule(int steps, int trainTimesteps, int offset) {
      double ratio = (double) trainTimesteps / steps;
      int[] timesteps = new int[(int) Math.ceil(trainTimesteps / ratio)];
      double spacing = trainTimesteps - ratio - trainTimesteps; // as NumPy's arange finds it
      for (int i = 0; i < timesteps.length; i++) {
        timesteps[i] = (int) Math.rint(trainTimesteps + i * spacing) - 1;
      }
      return timesteps;
    }
  };

  /**
   * The timesteps of a whole schedule, first to last.
   *
   * @param steps in [1, trainTimesteps]
   */
  abstract int[] schedule(int steps, int trainTimesteps, int offset);

  /** The last {@code (int) (steps * noiseRate)} of a schedule: those that are run on an image. */
  static int[] cut(int[] schedule, int steps, double noiseRate) {
    int start = Math.max(0, steps - Settings.stepsRun(noiseRate, steps));
    return Arrays.copyOfRange(schedule, start, schedule.length);
  }
}

package dev.sgid.onnx.diffusion;

import dev.sgid.TimestepSpacing;

/** NumPy's arithmetic of timesteps, as diffusers' schedulers use it: from high to low. */
final class Timesteps {
  private Timesteps() {}

  /**
   * The timesteps of a whole schedule as diffusers' first schedulers take them.
   *
   * @param steps in [1, trainTimesteps]
   * @param offset added to those of leading spacing
   */
  static int[] of(TimestepSpacing spacing, int steps, int trainTimesteps, int offset) {
    return switch (spacing) {
      case LEADING -> leading(steps, trainTimesteps / steps, offset);
      case LINSPACE -> linspace(steps, trainTimesteps - 1);
      case TRAILING -> trailing(trainTimesteps, (double) trainTimesteps / steps);
    };
  }

  /** The first {@code count} multiples of {@code ratio}, from 0 on, moved by {@code offset}. */
  static int[] leading(int count, int ratio, int offset) {
    int[] timesteps = new int[count];
    for (int i = 0; i < count; i++) {
      timesteps[i] = (count - 1 - i) * ratio + offset;
    }
    return timesteps;
  }

  /** Evenly from {@code last} to 0, both included; halves round to even. */
  static int[] linspace(int count, int last) {
    double spacing = (double) last / (count - 1);
    int[] timesteps = new int[count];
    for (int i = 0; i < count; i++) {
      int fromBelow = count - 1 - i;
      timesteps[i] = count == 1 ? 0 : (int) Math.rint(i == 0 ? last : fromBelow * spacing);
    }
    return timesteps;
  }

  /** Evenly from {@code last} to 0, both included, each rounded to float alone. */
  static float[] linspaceNotRounded(int count, int last) {
    double spacing = (double) last / (count - 1);
    float[] timesteps = new float[count];
    for (int i = 0; i < count; i++) {
      int fromBelow = count - 1 - i;
      timesteps[i] = count == 1 ? 0 : (float) (i == 0 ? last : fromBelow * spacing);
    }
    return timesteps;
  }

  /** From {@code end} downwards by {@code ratio} as long as 0 is not met; halves round to even. */
  static int[] trailing(int end, double ratio) {
    int[] timesteps = new int[(int) Math.ceil(end / ratio)];
    double spacing = end - ratio - end; // as NumPy's arange finds it
    for (int i = 0; i < timesteps.length; i++) {
      timesteps[i] = (int) Math.rint(end + i * spacing) - 1;
    }
    return timesteps;
  }
}

package dev.sgid.onnx.diffusion;

import java.util.Arrays;

/**
 * Noise levels, as the samplers of differential equations count them: sigma is how much noise there
 * is per image, {@code sqrt((1 - alphaBar) / alphaBar)} at a timestep [1].
 *
 * <p>Single and double precision are mixed as diffusers mixes torch's and NumPy's, so that the
 * timesteps that sigmas are turned back into round the same way. Immutable.
 *
 * <p>[1] Karras, Aittala, Aila, Laine, "Elucidating the Design Space of Diffusion-Based Generative
 * Models", NeurIPS 2022, arXiv:2206.00364.
 */
final class Sigmas {
  private static final double RHO = 7; // [1], of (5)
  private static final double LEAST = 1e-10; // has a logarithm

  private final float[] trained; // (trainTimesteps), ascending

  private Sigmas(float[] trained) {
    this.trained = trained;
  }

  static Sigmas of(NoiseSchedule noise) {
    float[] trained = new float[noise.trainTimesteps()];
    for (int t = 0; t < trained.length; t++) {
      float alphaBar = (float) noise.alphaBar(t);
      trained[t] = (float) Math.sqrt((1 - alphaBar) / alphaBar);
    }
    return new Sigmas(trained);
  }

  /** The level of a timestep; of the nearest that the model was trained on. */
  float at(int timestep) {
    return trained[Math.max(0, Math.min(trained.length - 1, timestep))];
  }

  /** The level of a timestep that may lie between two of training, as NumPy's interp has it. */
  double between(float timestep) {
    int below = (int) timestep;
    if (timestep <= 0 || below >= trained.length - 1) {
      return at(below);
    }
    double slope = (double) trained[below + 1] - trained[below];
    return slope * (timestep - below) + trained[below];
  }

  /**
   * Refuses levels of which two in turn are equal, but for the last: the step after them would
   * divide by nothing.
   *
   * @param levels of the steps that are run, and the one the last ends at
   * @param steps of the whole schedule
   */
  static void requireDistinct(float[] levels, int steps, String scheduler) {
    for (int i = 1; i < levels.length - 1; i++) {
      if (levels[i] == levels[i - 1]) {
        throw new IllegalArgumentException(
            "With steps "
                + steps
                + " two steps of "
                + scheduler
                + " have the same noise level: lower steps");
      }
    }
  }

  /** The lowest level. */
  float lowest() {
    return trained[0];
  }

  /** The highest level. */
  float highest() {
    return trained[trained.length - 1];
  }

  /**
   * Levels from {@code highest} down to {@code lowest} that lie the closer the lower they are: [1],
   * (5).
   */
  static double[] karras(double highest, double lowest, int count) {
    double first = Math.pow(highest, 1 / RHO);
    double last = Math.pow(lowest, 1 / RHO);
    double spacing = 1.0 / (count - 1);
    double[] sigmas = new double[count];
    for (int i = 0; i < count; i++) {
      double ramp = i == 0 ? 0 : i == count - 1 ? 1 : i * spacing;
      sigmas[i] = Math.pow(first + ramp * (last - first), RHO);
    }
    return sigmas;
  }

  /**
   * The timesteps, not rounded, that have these levels: between two, as far as the logarithm is.
   */
  double[] timesteps(double[] sigmas) {
    float[] logarithms = new float[trained.length];
    for (int t = 0; t < trained.length; t++) {
      logarithms[t] = (float) Math.log(trained[t]);
    }
    return Arrays.stream(sigmas).map(sigma -> timestep(sigma, logarithms)).toArray();
  }

  private static double timestep(double sigma, float[] logarithms) {
    double logarithm = Math.log(Math.max(sigma, LEAST));
    int low = logarithms.length - 1;
    while (low > 0 && logarithms[low] > logarithm) {
      low--;
    }
    low = Math.max(0, Math.min(low, logarithms.length - 2));
    int high = Math.min(low + 1, logarithms.length - 1);
    float gap = logarithms[low] - logarithms[high];
    double weight = Math.max(0, Math.min(1, (logarithms[low] - logarithm) / gap));
    return (1 - weight) * low + weight * high;
  }
}

package dev.sgid.onnx.diffusion;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import dev.sgid.onnx.internal.JsonFile;

/**
 * How much of the image is left at each timestep a model was trained on, read from {@code
 * scheduler_config.json}.
 *
 * <pre>
 *   alphaBar[t] = (1 - beta[0]) (1 - beta[1]) ... (1 - beta[t])
 *   x_t = sqrt(alphaBar[t]) x_0 + sqrt(1 - alphaBar[t]) noise
 * </pre>
 *
 * Products are taken in double and rounded to float, as torch's {@code cumprod} does. Immutable.
 */
final class NoiseSchedule {
  /** What diffusers' classes take for the betas that a file doesn't describe. */
  enum Betas {
    /** Of most classes. */
    USUAL(0.0001, 0.02, "linear"),
    /** Of LCM's. */
    CONSISTENCY(0.00085, 0.012, "scaled_linear");

    private final double start;
    private final double end;
    private final String schedule;

    Betas(double start, double end, String schedule) {
      this.start = start;
      this.end = end;
      this.schedule = schedule;
    }
  }

  private final float[] alphaBar; // (trainTimesteps)

  private NoiseSchedule(float[] alphaBar) {
    this.alphaBar = alphaBar;
  }

  /** Reads the betas that {@code config} gives or describes. */
  static NoiseSchedule of(JsonFile config, Betas otherwise) {
    float[] betas = betas(config, otherwise);
    if (config.flag("rescale_betas_zero_snr", false)) {
      rescaleToZeroTerminalSnr(betas);
    }
    return new NoiseSchedule(cumulativeProduct(betas));
  }

  /** The same for a class that does not rescale them, with its usual betas. */
  static NoiseSchedule notRescaled(JsonFile config) {
    return new NoiseSchedule(cumulativeProduct(betas(config, Betas.USUAL)));
  }

  private static float[] betas(JsonFile config, Betas otherwise) {
    int trainTimesteps = config.count("num_train_timesteps", 1000);
    float[] betas =
        config.has("trained_betas")
            ? trained(config, trainTimesteps)
            : described(config, trainTimesteps, otherwise);
    for (float beta : betas) {
      if (!(beta > 0 && beta < 1)) {
        throw JsonFile.broken(
            config.path(), "Betas must lie between 0 and 1, one comes out as " + beta, null);
      }
    }
    return betas;
  }

  private static float[] trained(JsonFile config, int n) {
    if (!(config.get("trained_betas") instanceof JsonArray trained) || trained.size() != n) {
      throw config.unexpected("trained_betas", "a list of " + n + " numbers");
    }
    float[] betas = new float[n];
    for (int i = 0; i < n; i++) {
      JsonElement beta = trained.get(i);
      if (!JsonFile.isNumber(beta)) {
        throw config.unexpected("trained_betas", "a list of numbers");
      }
      betas[i] = beta.getAsFloat();
    }
    return betas;
  }

  private static float[] described(JsonFile config, int n, Betas otherwise) {
    double start = config.number("beta_start", otherwise.start);
    double end = config.number("beta_end", otherwise.end);
    return switch (config.string("beta_schedule", otherwise.schedule)) {
      case "linear" -> linear(start, end, n);
      case "scaled_linear" -> scaledLinear(start, end, n);
      case "squaredcos_cap_v2" -> squaredCosine(n);
      default ->
          throw config.unexpected("beta_schedule", "linear, scaled_linear or squaredcos_cap_v2");
    };
  }

  /** Evenly spaced, rounded as torch's {@code linspace}: from both ends to the middle. */
  private static float[] linear(double start, double end, int n) {
    float first = (float) start;
    float last = (float) end;
    float step = n == 1 ? 0 : (last - first) / (n - 1);
    float[] betas = new float[n];
    for (int i = 0; i < n; i++) {
      betas[i] = i < n / 2 ? Math.fma(step, i, first) : Math.fma(-step, n - 1 - i, last);
    }
    return betas;
  }

  private static float[] scaledLinear(double start, double end, int n) {
    float[] betas = linear(Math.sqrt(start), Math.sqrt(end), n);
    for (int i = 0; i < n; i++) {
      betas[i] *= betas[i];
    }
    return betas;
  }

  private static float[] squaredCosine(int n) {
    float[] betas = new float[n];
    for (int i = 0; i < n; i++) {
      betas[i] = (float) Math.min(1 - cosine((i + 1.0) / n) / cosine((double) i / n), 0.999);
    }
    return betas;
  }

  private static double cosine(double t) {
    double cosine = Math.cos((t + 0.008) / 1.008 * Math.PI / 2);
    return cosine * cosine;
  }

  /** Shifts and scales sqrt(alphaBar) so that nothing of the image is left at the last timestep. */
  private static void rescaleToZeroTerminalSnr(float[] betas) {
    float[] alphaBar = cumulativeProduct(betas);
    int last = betas.length - 1;
    float[] root = new float[betas.length];
    for (int t = 0; t <= last; t++) {
      root[t] = (float) Math.sqrt(alphaBar[t]);
    }
    float rootFirst = root[0];
    float rootLast = root[last];
    float scale = rootFirst / (rootFirst - rootLast);
    float before = 1;
    for (int t = 0; t <= last; t++) {
      float shifted = (root[t] - rootLast) * scale;
      float rescaled = shifted * shifted;
      betas[t] = 1 - rescaled / before;
      before = rescaled;
    }
  }

  private static float[] cumulativeProduct(float[] betas) {
    float[] alphaBar = new float[betas.length];
    double product = 1;
    for (int t = 0; t < betas.length; t++) {
      product *= 1 - betas[t];
      alphaBar[t] = (float) product;
    }
    return alphaBar;
  }

  /** This schedule with another alphaBar at its last timestep. */
  NoiseSchedule withLast(float last) {
    float[] changed = alphaBar.clone();
    changed[changed.length - 1] = last;
    return new NoiseSchedule(changed);
  }

  /** How many timesteps the model was trained on; they are 0 to this, exclusive. */
  int trainTimesteps() {
    return alphaBar.length;
  }

  /** The fraction of the image's variance that is left at {@code timestep}. */
  double alphaBar(int timestep) {
    return alphaBar[timestep];
  }

  /** Noises clean latents, in place, to {@code timestep}; {@code z} is standard normal noise. */
  void add(int timestep, float[] latents, float[] z) {
    float image = (float) Math.sqrt(alphaBar(timestep));
    float grain = (float) Math.sqrt(1 - alphaBar(timestep));
    for (int i = 0; i < latents.length; i++) {
      latents[i] = image * latents[i] + grain * z[i];
    }
  }
}

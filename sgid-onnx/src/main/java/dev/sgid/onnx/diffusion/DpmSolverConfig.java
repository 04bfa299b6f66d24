package dev.sgid.onnx.diffusion;

import com.google.gson.JsonElement;
import dev.sgid.onnx.internal.JsonFile;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code scheduler_config.json} says to DPM-Solver++ alone. What asks for another solver is
 * refused by its key.
 *
 * @param noise the noising schedule, with something of the image left at its last timestep
 * @param lambdaMinClipped timesteps whose lambda is less are left out; minus infinity for none
 * @param eulerAtFinal whether the last step is of first order in any case
 * @param sigmaMin the lowest of Karras' noise levels; null for the model's own
 * @param sigmaMax the highest of them; null for the model's own
 */
record DpmSolverConfig(
    NoiseSchedule noise,
    double lambdaMinClipped,
    boolean eulerAtFinal,
    @Nullable Double sigmaMin,
    @Nullable Double sigmaMax) {
  /** What stays of the image at the last timestep of a rescaled schedule, where nothing should. */
  private static final float ALL_BUT_NOTHING = 0x1p-24f;

  private static final List<String> OTHER_SIGMAS =
      List.of("use_exponential_sigmas", "use_beta_sigmas", "use_flow_sigmas", "use_lu_lambdas");

  static DpmSolverConfig of(SchedulerConfig config) {
    JsonFile file = config.file();
    if (file.number("solver_order", 2) != 2) {
      throw file.unexpected("solver_order", "2 for DPMSolverMultistepScheduler");
    }
    requireOneOf(file, "algorithm_type", List.of("dpmsolver++"));
    // diffusers takes the rules of DEIS and UniPC, whose file it may be, for the midpoint's
    requireOneOf(file, "solver_type", List.of("midpoint", "logrho", "bh1", "bh2"));
    for (String key : OTHER_SIGMAS) {
      if (file.flag(key, false)) {
        throw file.unexpected(key, "false for DPMSolverMultistepScheduler");
      }
    }
    if (file.has("variance_type")) {
      throw file.unexpected("variance_type", "null: models that predict a variance are not read");
    }
    NoiseSchedule noise = config.noise();
    if (file.flag("rescale_betas_zero_snr", false)) {
      if (config.prediction() == SchedulerConfig.Prediction.EPSILON) {
        throw file.unexpected(
            "prediction_type", "v_prediction or sample where rescale_betas_zero_snr is true");
      }
      noise = noise.withLast(ALL_BUT_NOTHING);
    }
    return new DpmSolverConfig(
        noise,
        lambdaMinClipped(file),
        file.flag("euler_at_final", false),
        positive(file, "sigma_min"),
        positive(file, "sigma_max"));
  }

  private static void requireOneOf(JsonFile file, String key, List<String> known) {
    if (!known.contains(file.string(key, known.get(0)))) {
      throw file.unexpected(key, String.join(" or ", known) + " for DPMSolverMultistepScheduler");
    }
  }

  /** Python writes minus infinity, its default, as a bare word, which is no JSON number. */
  private static double lambdaMinClipped(JsonFile file) {
    JsonElement value = file.get("lambda_min_clipped");
    boolean infinite = value != null && value.toString().replace("\"", "").equals("-Infinity");
    return infinite
        ? Double.NEGATIVE_INFINITY
        : file.number("lambda_min_clipped", Double.NEGATIVE_INFINITY);
  }

  private static @Nullable Double positive(JsonFile file, String key) {
    if (!file.has(key)) {
      return null;
    }
    double value = file.number(key, 1);
    if (!(value > 0)) {
      throw file.unexpected(key, "more than 0");
    }
    return value;
  }
}

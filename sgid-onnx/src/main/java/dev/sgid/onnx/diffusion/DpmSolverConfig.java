package dev.sgid.onnx.diffusion;

import com.google.gson.JsonElement;
import dev.sgid.onnx.internal.JsonFile;
import java.util.List;

/**
 * What {@code scheduler_config.json} says to DPM-Solver++ alone. What asks for another solver is
 * refused by its key.
 *
 * @param levels the noise levels
 * @param lambdaMinClipped timesteps whose lambda is less are left out; minus infinity for none
 * @param eulerAtFinal whether the last step is of first order in any case
 */
record DpmSolverConfig(LevelsConfig levels, double lambdaMinClipped, boolean eulerAtFinal) {
  private static final List<String> OTHER_SIGMAS =
      List.of("use_exponential_sigmas", "use_beta_sigmas", "use_flow_sigmas", "use_lu_lambdas");

  static DpmSolverConfig of(SchedulerConfig config, String scheduler) {
    JsonFile file = config.file();
    if (file.number("solver_order", 2) != 2) {
      throw file.unexpected("solver_order", "2 for " + scheduler);
    }
    requireOneOf(file, scheduler, "algorithm_type", List.of("dpmsolver++"));
    // diffusers takes the rules of DEIS and UniPC, whose file it may be, for the midpoint's
    requireOneOf(file, scheduler, "solver_type", List.of("midpoint", "logrho", "bh1", "bh2"));
    LevelsConfig levels = LevelsConfig.of(config, scheduler, OTHER_SIGMAS);
    if (file.has("variance_type")) {
      throw file.unexpected("variance_type", "null: models that predict a variance are not read");
    }
    return new DpmSolverConfig(levels, lambdaMinClipped(file), file.flag("euler_at_final", false));
  }

  private static void requireOneOf(
      JsonFile file, String scheduler, String key, List<String> known) {
    if (!known.contains(file.string(key, known.get(0)))) {
      throw file.unexpected(key, String.join(" or ", known) + " for " + scheduler);
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
}

package dev.sgid.onnx.diffusion;

import com.google.gson.JsonElement;
import dev.sgid.Scheduler;
import dev.sgid.onnx.internal.JsonFile;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The scheduler that a model's {@code scheduler_config.json} was written for. */
final class ModelScheduler {
  private static final Logger LOG = LoggerFactory.getLogger(ModelScheduler.class);

  private static final String CLASS = "_class_name";
  private static final String FLOW = "FlowMatch"; // Euler's and Heun's, both begin so

  private ModelScheduler() {}

  /**
   * Refuses models that no scheduler here is for, and warns of those whose own is not here.
   *
   * @throws dev.sgid.SgidException naming the class
   */
  static void check(JsonFile file) {
    String name = name(file);
    if (name.startsWith(FLOW)) {
      throw JsonFile.broken(
          file.path(),
          "The scheduler is "
              + name
              + ": the model matches flows, as Stable Diffusion 3 and FLUX do, which is not run"
              + " here; take one of Stable Diffusion 1, 2 or XL",
          null);
    }
    if (!name.isEmpty() && kind(name).isEmpty()) {
      LOG.warn(
          "The model's own scheduler is {}, which is not run here: pictures are made with the one"
              + " that settings name, ddim where they don't",
          name);
    }
  }

  private static String name(JsonFile file) {
    return file.string(CLASS, "");
  }

  /** The scheduler of that name with its usual options. */
  private static Optional<Scheduler> kind(String name) {
    try {
      return name.endsWith("Scheduler")
          ? Optional.of(Scheduler.of(name, Map.of()))
          : Optional.empty();
    } catch (IllegalArgumentException e) { // there is none
      return Optional.empty();
    }
  }

  /**
   * The scheduler that the file names, with the options it has there.
   *
   * @throws IllegalArgumentException if it names none that is run here, or options that are not
   */
  static Scheduler of(JsonFile file) {
    String name = name(file);
    Scheduler usual =
        kind(name)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "scheduler must name one, is \"model\": the model's own is "
                            + (name.isEmpty() ? "not said" : name + ", which is not run here")
                            + ", see "
                            + file.path()));
    Map<String, Object> options = new LinkedHashMap<>();
    for (String key : usual.options().keySet()) {
      JsonElement value = file.get(key);
      if (value != null && value.isJsonPrimitive()) {
        options.put(key, value.getAsString());
      }
    }
    if (usual instanceof Scheduler.Pndm) {
      options.putIfAbsent("skip_prk_steps", false); // as diffusers' class has it
    }
    if (usual instanceof Scheduler.UniPc && !"bh1".equals(options.get("solver_type"))) {
      options.remove("solver_type"); // diffusers takes other solvers' rules for bh2
    }
    try {
      return Scheduler.of(name, options);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "The model's own scheduler can't be run: " + e.getMessage() + ", see " + file.path(), e);
    }
  }
}

package dev.sgid.onnx.diffusion;

import static java.util.Objects.requireNonNull;

import dev.sgid.SgidException;
import dev.sgid.onnx.internal.JsonFile;
import dev.sgid.onnx.internal.runtime.OnnxModel;
import dev.sgid.onnx.internal.runtime.Port;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Which of a UNet's inputs is what. They are told by the names that diffusers gives them; one whose
 * name is free, by its rank.
 *
 * @param sample (B, channels, h, w)
 * @param timestep (), (1) or (B)
 * @param conditions (B, ...) each, by their names in a {@link Conditioning}
 */
record UNetInputs(Port sample, Port timestep, Map<String, Port> conditions) {
  private static final String GUIDANCE_WIDTH = "time_cond_proj_dim";
  private static final Set<String> OF_XL = Set.of(Conditioning.TEXT_EMBEDS, Conditioning.TIME_IDS);

  /**
   * Looks through the graph's inputs.
   *
   * @param config the UNet's; with {@code time_cond_proj_dim} it takes the guidance scale
   * @param family for messages
   * @param given the shape of what it is given beside latents, timestep and guidance scale, without
   *     a batch, by name
   * @throws SgidException naming the file, what was expected and what was found
   */
  static UNetInputs of(
      OnnxModel model, JsonFile config, ModelFamily family, Map<String, long[]> given) {
    List<Port> left = new ArrayList<>(model.inputs());
    if (!family.isXl()) {
      refuseXl(model);
    }
    Map<String, Predicate<Port>> wanted = new LinkedHashMap<>(); // by name, whose rank must be so
    wanted.put("sample", port -> port.rank() == 4);
    wanted.put("timestep", port -> port.rank() <= 1);
    new TreeMap<>(given)
        .forEach((name, shape) -> wanted.put(name, port -> port.rank() == shape.length + 1));
    if (config.has(GUIDANCE_WIDTH) || model.input(Conditioning.GUIDANCE).isPresent()) {
      wanted.put(Conditioning.GUIDANCE, port -> port.rank() == 2);
    }
    Map<String, Port> found = new LinkedHashMap<>();
    wanted.forEach( // all that are called so, before any is told by its rank
        (name, rank) ->
            model.input(name).filter(rank).filter(left::remove).ifPresent(p -> found.put(name, p)));
    wanted.forEach(
        (name, rank) -> {
          if (!found.containsKey(name)) {
            Predicate<Port> freeName = port -> !wanted.containsKey(port.name());
            Optional<Port> port = only(left, freeName.and(rank));
            found.put(name, port.orElseThrow(() -> unlike(model, family, wanted.keySet())));
          }
        });
    if (!left.isEmpty()) {
      throw unlike(model, family, wanted.keySet());
    }
    Port sample = model.requireFloats(requireNonNull(found.remove("sample")));
    Port timestep = model.requireNumbers(requireNonNull(found.remove("timestep")));
    found.values().forEach(model::requireFloats);
    return new UNetInputs(sample, timestep, Map.copyOf(found));
  }

  /** The only one that may be it, taken out of {@code left}. */
  private static Optional<Port> only(List<Port> left, Predicate<Port> it) {
    List<Port> found = left.stream().filter(it).toList();
    return found.size() == 1 && left.remove(found.get(0))
        ? Optional.of(found.get(0))
        : Optional.empty();
  }

  private static void refuseXl(OnnxModel model) {
    List<String> unknown =
        model.inputs().stream().map(Port::name).filter(OF_XL::contains).sorted().toList();
    if (!unknown.isEmpty()) {
      throw model.mismatch(
          "a UNet of Stable Diffusion 1 or 2, as model_index.json and the configs have it",
          String.join(" and ", unknown) + ", which Stable Diffusion XL is given");
    }
  }

  private static SgidException unlike(OnnxModel model, ModelFamily family, Set<String> wanted) {
    return model.mismatch(
        "the inputs " + String.join(", ", wanted) + " of " + family.text(),
        model.inputs().stream().map(Port::toString).collect(Collectors.joining(", ")));
  }

  /**
   * How many numbers the guidance scale becomes; 0 where the UNet doesn't take it.
   *
   * @throws SgidException if neither graph nor config says it, or it is too few
   */
  int guidanceWidth(OnnxModel model, JsonFile config) {
    Port guidance = conditions.get(Conditioning.GUIDANCE);
    if (guidance == null) {
      return 0;
    }
    long width = guidance.dimension(1);
    if (width == -1) {
      width = config.count(GUIDANCE_WIDTH, 1);
    } else if (config.has(GUIDANCE_WIDTH)) {
      model.requireSize(guidance, 1, config.count(GUIDANCE_WIDTH, 1), "time_cond_proj_dim");
    }
    if (width < GuidanceEmbedding.LEAST_DIMENSIONS) {
      throw config.unexpected(
          GUIDANCE_WIDTH, "a whole number of at least " + GuidanceEmbedding.LEAST_DIMENSIONS);
    }
    return Math.toIntExact(width);
  }
}

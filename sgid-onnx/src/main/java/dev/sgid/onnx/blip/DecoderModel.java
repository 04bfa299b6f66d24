package dev.sgid.onnx.blip;

import dev.sgid.SgidException;
import dev.sgid.onnx.internal.runtime.OnnxModel;
import dev.sgid.onnx.internal.runtime.Port;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * BLIP's text decoder, open: which of its inputs and outputs is what. Names are looked for first,
 * then shapes.
 *
 * @param model the graph
 * @param ids token ids, (rows, s) or, without a cache, (rows, length)
 * @param mask 1 for each token and each cached one, (rows, length); null where there is none
 * @param seen what is given of the image, by input, and the vision model's output that it is: the
 *     states (rows, n, width), or keys and values made of them (rows, heads, n, size)
 * @param statesMask 1 for each state, (rows, n); null where there is none
 * @param past cached keys and values, (rows, heads, tokens, size) each; empty without a cache
 * @param logits (rows, s, vocabulary)
 * @param present the cache with this call's tokens, in the order of {@code past}
 * @param vocabulary how many tokens there are
 * @param heads of attention
 * @param headSize of a key or value
 */
record DecoderModel(
    OnnxModel model,
    String ids,
    @Nullable String mask,
    Map<String, String> seen,
    @Nullable String statesMask,
    List<String> past,
    String logits,
    List<String> present,
    int vocabulary,
    int heads,
    int headSize) {
  private static final String KEYS = "encoder.";

  /**
   * Looks through the graph's inputs and outputs.
   *
   * @param vision the model that looks at the image
   * @throws SgidException naming the file, what was expected and what was found
   */
  static DecoderModel of(OnnxModel model, BlipConfig config, BlipVision vision) {
    List<Port> inputs = model.inputs();
    Port ids = find(inputs, "input_ids", port -> port.rank() == 2, "token ids", model);
    Map<String, String> seen = seen(model, vision);
    Port logits = find(model.outputs(), "logits", port -> port.rank() == 3, "logits", model);
    model.requireNumbers(ids);
    model.requireFloats(logits);
    model.requireSize(logits, 2, config.vocabulary(), "the vocab_size of config.json");
    List<Port> past =
        inputs.stream().filter(p -> p.rank() == 4 && !seen.containsKey(p.name())).toList();
    List<String> present = new ArrayList<>();
    for (Port port : past) {
      present.add(presentOf(port, past, model).name());
    }
    int heads = past.isEmpty() ? 1 : fixed(past.get(0), 1, config.heads());
    int headSize = past.isEmpty() ? 1 : fixed(past.get(0), 3, config.hiddenSize() / heads);
    DecoderModel decoder =
        new DecoderModel(
            model,
            ids.name(),
            mask(inputs, "attention_mask"),
            seen,
            mask(inputs, "encoder_attention_mask"),
            past.stream().map(Port::name).toList(),
            logits.name(),
            present,
            fixed(logits, 2, config.vocabulary()),
            heads,
            headSize);
    model.requireNoInputBut(decoder.given());
    return decoder;
  }

  /**
   * Keys and values for cross-attention are called encoder.{i}.key and encoder.{i}.value by both
   * models. A decoder that takes none makes them itself, for every token anew, of the states.
   */
  private static Map<String, String> seen(OnnxModel model, BlipVision vision) {
    List<Port> inputs = model.inputs();
    Map<String, String> seen = new LinkedHashMap<>();
    for (Port key : inputs) {
      if (key.rank() == 4 && key.name().startsWith(KEYS)) {
        Port made = vision.model().requireOutput(key.name());
        requireSame(model, key, vision.model(), made);
        seen.put(key.name(), made.name());
      }
    }
    if (seen.isEmpty()) {
      Port states =
          find(inputs, "encoder_hidden_states", p -> p.rank() == 3, "the image's states", model);
      requireSame(model, states, vision.model(), vision.output());
      seen.put(states.name(), vision.output().name());
    }
    return seen;
  }

  private static void requireSame(OnnxModel decoder, Port taken, OnnxModel vision, Port given) {
    decoder.requireFloats(taken);
    vision.requireFloats(given);
    if (given.rank() != taken.rank()) {
      throw vision.mismatch(
          given.name() + " of rank " + taken.rank() + ", as the decoder takes it",
          given.toString());
    }
    for (int i = 1; i < taken.rank(); i++) {
      if (given.dimension(i) != -1) {
        decoder.requireSize(taken, i, given.dimension(i), "as wide as the vision model's output");
      }
    }
  }

  private static Port find(
      List<Port> ports, String name, Predicate<Port> shape, String what, OnnxModel model) {
    Optional<Port> named = ports.stream().filter(port -> port.name().equals(name)).findFirst();
    return named
        .filter(shape)
        .or(() -> named.isPresent() ? Optional.empty() : ports.stream().filter(shape).findFirst())
        .orElseThrow(
            () -> model.mismatch(what + " (" + name + ") with batch and length", ports.toString()));
  }

  private static @Nullable String mask(List<Port> inputs, String name) {
    return inputs.stream().map(Port::name).filter(name::equals).findFirst().orElse(null);
  }

  /** Of {@code past_key_values.0.key}, {@code present.0.key}; else the one at the same place. */
  private static Port presentOf(Port past, List<Port> pasts, OnnxModel model) {
    List<Port> presents = model.outputs().stream().filter(port -> port.rank() == 4).toList();
    if (presents.size() != pasts.size()) {
      throw model.mismatch(
          "as many present as past keys and values", presents.size() + " and " + pasts.size());
    }
    String suffix = past.name().replaceFirst("^.*?(?=\\.\\d)", "");
    return presents.stream()
        .filter(port -> port.name().endsWith(suffix) && suffix.startsWith("."))
        .findFirst()
        .orElse(presents.get(pasts.indexOf(past)));
  }

  private static int fixed(Port port, int dimension, int otherwise) {
    long size = port.dimension(dimension);
    return size > 0 ? Math.toIntExact(size) : otherwise;
  }

  /** The inputs that are given. */
  private List<String> given() {
    List<String> given = new ArrayList<>(List.of(ids));
    given.addAll(seen.keySet());
    given.addAll(Stream.of(mask, statesMask).filter(Objects::nonNull).toList());
    given.addAll(past);
    return given;
  }

  /** Whether the vision model makes the keys and values of cross-attention. */
  boolean takesKeys() {
    return seen.keySet().stream().anyMatch(name -> name.startsWith(KEYS));
  }

  /** Whether earlier tokens need not be looked at again. */
  boolean caches() {
    return !past.isEmpty();
  }
}

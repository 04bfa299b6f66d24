package dev.sgid.onnx.blip;

import dev.sgid.SgidException;
import dev.sgid.onnx.internal.runtime.OnnxModel;
import dev.sgid.onnx.internal.runtime.Port;
import java.util.ArrayList;
import java.util.List;
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
 * @param states the image's, (rows, n, width)
 * @param statesMask 1 for each of them, (rows, n); null where there is none
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
    String states,
    @Nullable String statesMask,
    List<String> past,
    String logits,
    List<String> present,
    int vocabulary,
    int heads,
    int headSize) {

  /**
   * Looks through the graph's inputs and outputs.
   *
   * @param vision what the vision encoder gives
   * @throws SgidException naming the file, what was expected and what was found
   */
  static DecoderModel of(OnnxModel model, BlipConfig config, Port vision) {
    List<Port> inputs = model.inputs();
    Port ids = find(inputs, "input_ids", port -> port.rank() == 2, "token ids", model);
    Port states =
        find(inputs, "encoder_hidden_states", p -> p.rank() == 3, "the image's states", model);
    Port logits = find(model.outputs(), "logits", port -> port.rank() == 3, "logits", model);
    model.requireNumbers(ids);
    model.requireFloats(states);
    model.requireFloats(logits);
    model.requireSize(logits, 2, config.vocabulary(), "the vocab_size of config.json");
    if (vision.dimension(2) != -1) {
      model.requireSize(states, 2, vision.dimension(2), "as wide as the vision model's output");
    }
    List<Port> past = new ArrayList<>(inputs.stream().filter(p -> p.rank() == 4).toList());
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
            states.name(),
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
    List<String> given = new ArrayList<>(List.of(ids, states));
    given.addAll(Stream.of(mask, statesMask).filter(Objects::nonNull).toList());
    given.addAll(past);
    return given;
  }

  /** Whether earlier tokens need not be looked at again. */
  boolean caches() {
    return !past.isEmpty();
  }
}

package dev.sgid.onnx.internal.generation;

import dev.sgid.SgidException;
import dev.sgid.onnx.internal.Ports;
import dev.sgid.onnx.internal.runtime.OnnxModel;
import dev.sgid.onnx.internal.runtime.Port;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A graph of a text decoder, open: which of its inputs and outputs is what. Names are looked for
 * first, then shapes.
 *
 * @param model the graph
 * @param ids token ids, (rows, s) or, without a cache, (rows, length)
 * @param mask 1 for each token and each cached one, (rows, length); null where there is none
 * @param contextMask 1 for each state that is looked at, (rows, n); null where there is none
 * @param branch whether there are cached tokens, (1), for a graph of two branches; null for others
 * @param past cached keys and values, (rows, heads, tokens, size) each; empty without a cache
 * @param logits (rows, s, vocabulary)
 * @param present the cache with this call's tokens, in the order of {@code past}, or of that of the
 *     graph which goes on from here
 * @param vocabulary how many tokens there are
 * @param heads of attention
 * @param headSize of a key or value
 */
public record DecoderModel(
    OnnxModel model,
    String ids,
    @Nullable String mask,
    @Nullable String contextMask,
    @Nullable String branch,
    List<String> past,
    String logits,
    List<String> present,
    int vocabulary,
    int heads,
    int headSize) {
  /**
   * Looks through the graph's inputs and outputs.
   *
   * @param context the inputs that {@link Context}s are given for; the caller finds them
   * @param vocabulary how many tokens there are, as config.json has it
   * @param heads of attention, where the graph doesn't say
   * @param width of all heads together, where the graph doesn't say
   * @throws SgidException naming the file, what was expected and what was found
   */
  public static DecoderModel of(
      OnnxModel model, Collection<String> context, int vocabulary, int heads, int width) {
    List<Port> inputs = model.inputs();
    Port ids = Ports.find(inputs, "input_ids", port -> port.rank() == 2, "token ids", model);
    Port logits = Ports.find(model.outputs(), "logits", p -> p.rank() == 3, "logits", model);
    model.requireNumbers(ids);
    model.requireFloats(logits);
    model.requireSize(logits, 2, vocabulary, "the vocab_size of config.json");
    List<Port> past =
        inputs.stream().filter(p -> p.rank() == 4 && !context.contains(p.name())).toList();
    List<String> present = new ArrayList<>();
    for (Port port : past) {
      present.add(presentOf(port, past, model).name());
    }
    int cachedHeads = past.isEmpty() ? 1 : fixed(past.get(0), 1, heads);
    int headSize = past.isEmpty() ? 1 : fixed(past.get(0), 3, width / cachedHeads);
    DecoderModel decoder =
        new DecoderModel(
            model,
            ids.name(),
            named(inputs, "attention_mask"),
            named(inputs, "encoder_attention_mask"),
            named(inputs, "use_cache_branch"),
            past.stream().map(Port::name).toList(),
            logits.name(),
            present,
            fixed(logits, 2, vocabulary),
            cachedHeads,
            headSize);
    model.requireNoInputBut(decoder.given(context));
    return decoder;
  }

  /**
   * A graph for first tokens, without a past, whose cache {@code next} goes on from.
   *
   * @throws SgidException naming the file, what was expected and what was found
   */
  public static DecoderModel first(OnnxModel model, Collection<String> context, DecoderModel next) {
    DecoderModel plain =
        of(model, context, next.vocabulary, next.heads, next.heads * next.headSize);
    if (!plain.past.isEmpty()) {
      throw model.mismatch("no past, as in a decoder_model.onnx", plain.past.toString());
    }
    List<String> present =
        next.past.stream().map(past -> model.requireOutput(presentOf(past)).name()).toList();
    return new DecoderModel(
        model,
        plain.ids,
        plain.mask,
        plain.contextMask,
        plain.branch,
        List.of(),
        plain.logits,
        present,
        next.vocabulary,
        next.heads,
        next.headSize);
  }

  /** What exporters call it: {@code present.0.key} of {@code past_key_values.0.key}. */
  private static String presentOf(String past) {
    return past.replaceFirst("^.*?(?=\\.\\d)", "present");
  }

  private static @Nullable String named(List<Port> inputs, String name) {
    return Ports.named(inputs, name).map(Port::name).orElse(null);
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
  private List<String> given(Collection<String> context) {
    List<String> given = new ArrayList<>(List.of(ids));
    given.addAll(context);
    given.addAll(Stream.of(mask, contextMask, branch).filter(Objects::nonNull).toList());
    given.addAll(past);
    return given;
  }

  /** Whether earlier tokens need not be looked at again. */
  boolean caches() {
    return !past.isEmpty();
  }
}

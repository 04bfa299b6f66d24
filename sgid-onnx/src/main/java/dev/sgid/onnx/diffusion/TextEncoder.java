package dev.sgid.onnx.diffusion;

import dev.sgid.Stage;
import dev.sgid.internal.Lru;
import dev.sgid.onnx.internal.JsonFile;
import dev.sgid.onnx.internal.runtime.Binding;
import dev.sgid.onnx.internal.runtime.OnnxModel;
import dev.sgid.onnx.internal.runtime.Placement;
import dev.sgid.onnx.internal.runtime.Port;
import dev.sgid.onnx.internal.text.TextTokenizer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Stable Diffusion's text encoder with its tokenizer: a prompt in, one vector per token out.
 *
 * <p>Prompts are encoded one at a time, so that an embedding never depends on others, and the last
 * few are remembered: the negative prompt is the same for most pictures. Thread-safe.
 */
final class TextEncoder implements PromptEncoder {
  private static final int REMEMBERED = 32;

  private final TextTokenizer tokenizer;
  private final OnnxModel model;
  private final Port ids; // (B, tokens)
  private final Optional<Port> mask; // (B, tokens)
  private final Port output; // (B, tokens, width)
  private final int width;
  private final Lru<String, Prompt> remembered = new Lru<>(REMEMBERED);

  private TextEncoder(TextTokenizer tokenizer, OnnxModel model, JsonFile config) {
    this.tokenizer = tokenizer;
    this.model = model;
    this.ids =
        model.inputs().stream()
            .filter(port -> port.rank() == 2 && !port.name().contains("mask"))
            .findFirst()
            .orElseThrow(
                () -> model.mismatch("token ids, of rank 2, as input", model.inputs().toString()));
    this.mask = model.inputs().stream().filter(port -> port.name().contains("mask")).findFirst();
    this.output =
        model
            .output("last_hidden_state")
            .or(() -> model.outputs().stream().filter(port -> port.rank() == 3).findFirst())
            .filter(port -> port.rank() == 3)
            .orElseThrow(() -> model.mismatch("an output of rank 3", model.outputs().toString()));
    model.requireNoInputBut(Stream.concat(Stream.of(ids), mask.stream()).map(Port::name).toList());
    model.requireNumbers(ids);
    model.requireSize(ids, 1, tokens(), "the length of every prompt in tokens");
    model.requireSize(output, 1, tokens(), "the length of every prompt in tokens");
    model.requireFloats(output);
    this.width =
        output.dimension(2) == -1 ? config.count("hidden_size", 512) : (int) output.dimension(2);
  }

  static TextEncoder open(Path tokenizerFolder, Path file, JsonFile config, Placement placement) {
    TextTokenizer tokenizer = TextTokenizer.open(tokenizerFolder, config);
    try {
      return OnnxModel.open(
          file, Stage.ENCODE_TEXT, placement, model -> new TextEncoder(tokenizer, model, config));
    } catch (RuntimeException | Error e) {
      tokenizer.close();
      throw e;
    }
  }

  /** How many tokens every prompt has, padding included. */
  private int tokens() {
    return tokenizer.maxLength();
  }

  @Override
  public Map<String, long[]> shapes() {
    return Map.of(Conditioning.HIDDEN_STATES, new long[] {tokens(), width});
  }

  @Override
  public String cutText(String prompt) {
    return tokenizer.encode(prompt).cutText();
  }

  @Override
  public Prompt encode(String prompt) {
    return remembered.computeIfAbsent(prompt, this::run);
  }

  private Prompt run(String prompt) {
    TextTokenizer.Encoded encoded = tokenizer.encode(prompt);
    try (Binding binding = model.bind()) {
      binding.longInput(ids.name(), 1, tokens()).put(encoded.ids());
      mask.ifPresent(
          port -> binding.longInput(port.name(), 1, tokens()).put(encoded.attentionMask()));
      float[] embedding = new float[tokens() * width];
      Binding.Fetched hidden = binding.fetch(output.name());
      binding.run();
      if (hidden.values().capacity() != embedding.length) {
        throw model.mismatch(
            "an output of " + tokens() + " tokens by " + width, Arrays.toString(hidden.shape()));
      }
      hidden.values().get(embedding);
      return new Prompt(Conditioning.ofText(embedding), encoded.cutText());
    }
  }

  @Override
  public void close() {
    tokenizer.close();
    model.close();
  }
}

package dev.sgid.onnx.diffusion;

import static java.util.Objects.requireNonNull;

import dev.sgid.Stage;
import dev.sgid.onnx.internal.JsonFile;
import dev.sgid.onnx.internal.runtime.Binding;
import dev.sgid.onnx.internal.runtime.OnnxModel;
import dev.sgid.onnx.internal.runtime.Placement;
import dev.sgid.onnx.internal.runtime.Port;
import dev.sgid.onnx.internal.text.TextTokenizer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A CLIP text encoder's graph with its tokenizer: a text in, one vector per token out, and one for
 * the whole text where that is used.
 *
 * <p>Texts are encoded one at a time, so that an embedding never depends on others. Thread-safe.
 */
final class TextModel implements AutoCloseable {
  private static final String HIDDEN_STATES = "hidden_states."; // and a layer's number
  private static final String LAYERS = "num_hidden_layers";

  /** What of an encoder's outputs is used. */
  enum Use {
    /** The states after the last layer and its norm. */
    LAST,
    /** Those before the last layer. */
    PENULTIMATE,
    /** Those, and the text's projected embedding. */
    PENULTIMATE_AND_POOLED
  }

  /**
   * An encoded text.
   *
   * @param states (tokens, width)
   * @param pooled (pooledWidth); empty where it isn't used
   * @param cutText what did not fit; empty for nothing
   */
  @SuppressWarnings("ArrayRecordComponent") // handed straight to a tensor
  record Encoded(float[] states, float[] pooled, String cutText) {}

  private final TextTokenizer tokenizer;
  private final OnnxModel model;
  private final Port ids; // (B, tokens)
  private final Optional<Port> mask; // (B, tokens)
  private final Port states; // (B, tokens, width)
  private final @Nullable Port pooled; // (B, pooledWidth)
  private final int width;
  private final int pooledWidth;

  private TextModel(TextTokenizer tokenizer, OnnxModel model, JsonFile config, Use use) {
    this.tokenizer = tokenizer;
    this.model = model;
    this.ids =
        model.inputs().stream()
            .filter(port -> port.rank() == 2 && !port.name().contains("mask"))
            .findFirst()
            .orElseThrow(
                () -> model.mismatch("token ids, of rank 2, as input", model.inputs().toString()));
    this.mask = model.inputs().stream().filter(port -> port.name().contains("mask")).findFirst();
    this.states = use == Use.LAST ? last(model) : penultimate(model, config);
    this.pooled = use == Use.PENULTIMATE_AND_POOLED ? pooled(model) : null;
    model.requireNoInputBut(Stream.concat(Stream.of(ids), mask.stream()).map(Port::name).toList());
    model.requireNumbers(ids);
    model.requireSize(ids, 1, tokens(), "the length of every prompt in tokens");
    model.requireSize(states, 1, tokens(), "the length of every prompt in tokens");
    model.requireFloats(states);
    this.width =
        states.dimension(2) == -1 ? config.count("hidden_size", 512) : (int) states.dimension(2);
    this.pooledWidth = pooled == null ? 0 : width(model.requireFloats(pooled), config);
  }

  private static int width(Port pooled, JsonFile config) {
    return pooled.dimension(1) == -1
        ? config.count("projection_dim", 512)
        : (int) pooled.dimension(1);
  }

  private static Port last(OnnxModel model) {
    return model
        .output("last_hidden_state")
        .or(() -> model.outputs().stream().filter(port -> port.rank() == 3).findFirst())
        .filter(port -> port.rank() == 3)
        .orElseThrow(() -> model.mismatch("an output of rank 3", model.outputs().toString()));
  }

  /** The states come from the embeddings, number 0, and from every layer. */
  private static Port penultimate(OnnxModel model, JsonFile config) {
    long layers =
        config.has(LAYERS)
            ? config.count(LAYERS, 1)
            : model.outputs().stream().filter(p -> p.name().startsWith(HIDDEN_STATES)).count() - 1;
    String name = HIDDEN_STATES + (layers - 1);
    return model
        .output(name)
        .filter(port -> port.rank() == 3)
        .orElseThrow(
            () ->
                model.mismatch(
                    "the output " + name + ", of rank 3, which Stable Diffusion XL is given",
                    model.outputs().toString()));
  }

  private static Port pooled(OnnxModel model) {
    return model
        .output(Conditioning.TEXT_EMBEDS)
        .filter(port -> port.rank() == 2)
        .orElseThrow(
            () ->
                model.mismatch(
                    "the output text_embeds, of rank 2, which Stable Diffusion XL is given",
                    model.outputs().toString()));
  }

  /**
   * Opens an encoder.
   *
   * @throws dev.sgid.SgidException naming the file, what was expected and what was found
   */
  static TextModel open(
      Path tokenizerFolder, Path file, JsonFile config, Placement placement, Use use) {
    TextTokenizer tokenizer = TextTokenizer.open(tokenizerFolder, config);
    try {
      return OnnxModel.open(
          file,
          Stage.ENCODE_TEXT,
          placement,
          model -> new TextModel(tokenizer, model, config, use));
    } catch (RuntimeException | Error e) {
      tokenizer.close();
      throw e;
    }
  }

  /** How many tokens every text has, padding included. */
  int tokens() {
    return tokenizer.maxLength();
  }

  /** How wide the states are. */
  int width() {
    return width;
  }

  /** How wide a text's one embedding is; 0 where it isn't used. */
  int pooledWidth() {
    return pooledWidth;
  }

  /** What of a text does not fit; empty for nothing. */
  String cutText(String text) {
    return tokenizer.encode(text).cutText();
  }

  /** Encodes a text. */
  Encoded encode(String text) {
    TextTokenizer.Encoded tokens = tokenizer.encode(text);
    try (Binding binding = model.bind()) {
      binding.longInput(ids.name(), 1, tokens()).put(tokens.ids());
      mask.ifPresent(
          port -> binding.longInput(port.name(), 1, tokens()).put(tokens.attentionMask()));
      Binding.Fetched hidden = binding.fetch(states.name());
      Binding.Fetched whole = pooled == null ? null : binding.fetch(pooled.name());
      binding.run();
      return new Encoded(
          values(hidden, tokens(), width),
          pooled == null ? new float[0] : values(requireNonNull(whole), 1, pooledWidth),
          tokens.cutText());
    }
  }

  private float[] values(Binding.Fetched output, int rows, int columns) {
    float[] values = new float[rows * columns];
    if (output.values().capacity() != values.length) {
      throw model.mismatch(
          "an output of " + rows + " tokens by " + columns, Arrays.toString(output.shape()));
    }
    output.values().get(values);
    return values;
  }

  @Override
  public void close() {
    tokenizer.close();
    model.close();
  }
}

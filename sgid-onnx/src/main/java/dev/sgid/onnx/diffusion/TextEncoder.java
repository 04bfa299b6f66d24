package dev.sgid.onnx.diffusion;

import dev.sgid.internal.Lru;
import dev.sgid.onnx.internal.JsonFile;
import dev.sgid.onnx.internal.ModelFiles;
import dev.sgid.onnx.internal.runtime.Placement;
import java.util.Map;

/**
 * The text encoder of Stable Diffusion 1 and 2.
 *
 * <p>The last few prompts are remembered: the negative prompt is the same for most pictures.
 * Thread-safe.
 */
final class TextEncoder implements PromptEncoder {
  private final TextModel model;
  private final Lru<String, Prompt> remembered = new Lru<>(REMEMBERED);

  private TextEncoder(TextModel model) {
    this.model = model;
  }

  static TextEncoder open(ModelFiles files, JsonFile config, Placement placement) {
    return new TextEncoder(
        TextModel.open(
            files.folder().resolve("tokenizer"),
            files.in("text_encoder").graph("model"),
            config,
            placement,
            TextModel.Use.LAST));
  }

  @Override
  public Map<String, long[]> shapes() {
    return Map.of(Conditioning.HIDDEN_STATES, new long[] {model.tokens(), model.width()});
  }

  @Override
  public String cutText(String prompt) {
    return model.cutText(prompt);
  }

  @Override
  public Prompt encode(String prompt) {
    return remembered.computeIfAbsent(prompt, this::run);
  }

  private Prompt run(String prompt) {
    TextModel.Encoded encoded = model.encode(prompt);
    return new Prompt(Conditioning.ofText(encoded.states()), encoded.cutText());
  }

  @Override
  public void close() {
    model.close();
  }
}

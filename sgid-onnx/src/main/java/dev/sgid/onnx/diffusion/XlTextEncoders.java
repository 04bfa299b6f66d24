package dev.sgid.onnx.diffusion;

import dev.sgid.internal.Lru;
import dev.sgid.onnx.internal.JsonFile;
import dev.sgid.onnx.internal.ModelFiles;
import dev.sgid.onnx.internal.Owned;
import dev.sgid.onnx.internal.runtime.Placement;
import java.util.Map;

/**
 * The two text encoders of Stable Diffusion XL [1]: what each makes of the same prompt before its
 * last layer, side by side, token by token, and the second one's embedding of the whole prompt.
 *
 * <p>The last few prompts are remembered, with both. Thread-safe.
 *
 * <p>[1] Podell et al., "SDXL", arXiv:2307.01952, section 2.1.
 */
final class XlTextEncoders implements PromptEncoder {
  private final TextModel first;
  private final TextModel second;
  private final Owned owned;
  private final boolean zerosForNone;
  private final Lru<String, Prompt> remembered = new Lru<>(REMEMBERED);

  private XlTextEncoders(TextModel first, TextModel second, Owned owned, boolean zerosForNone) {
    this.first = first;
    this.second = second;
    this.owned = owned;
    this.zerosForNone = zerosForNone;
  }

  /**
   * Opens both.
   *
   * @param zerosForNone whether no negative prompt is zeros, not an empty one encoded
   */
  static XlTextEncoders open(
      ModelFiles files,
      JsonFile config,
      JsonFile config2,
      Placement placement,
      boolean zerosForNone) {
    Owned owned = new Owned();
    return owned.opening(
        () -> {
          TextModel first =
              TextModel.open(
                  files.folder().resolve("tokenizer"),
                  files.in("text_encoder").graph("model"),
                  config,
                  placement,
                  TextModel.Use.PENULTIMATE);
          owned.add(first, first::close);
          TextModel second =
              TextModel.open(
                  files.folder().resolve("tokenizer_2"),
                  files.in("text_encoder_2").graph("model"),
                  config2,
                  placement,
                  TextModel.Use.PENULTIMATE_AND_POOLED);
          owned.add(second, second::close);
          if (first.tokens() != second.tokens()) {
            throw JsonFile.broken(
                files.folder().resolve("tokenizer_2"),
                "Prompts must be as long as those of the first tokenizer, "
                    + first.tokens()
                    + " tokens, are of "
                    + second.tokens(),
                null);
          }
          return new XlTextEncoders(first, second, owned, zerosForNone);
        });
  }

  @Override
  public Map<String, long[]> shapes() {
    return Map.of(
        Conditioning.HIDDEN_STATES, new long[] {first.tokens(), width()},
        Conditioning.TEXT_EMBEDS, new long[] {second.pooledWidth()});
  }

  private int width() {
    return first.width() + second.width();
  }

  @Override
  public String cutText(String prompt) {
    return first.cutText(prompt); // to the same length as the second's, of the same words
  }

  @Override
  public Prompt encode(String prompt) {
    return remembered.computeIfAbsent(prompt, this::run);
  }

  private Prompt run(String prompt) {
    TextModel.Encoded one = first.encode(prompt);
    TextModel.Encoded two = second.encode(prompt);
    float[] joined = new float[first.tokens() * width()];
    for (int token = 0; token < first.tokens(); token++) {
      int at = token * width();
      System.arraycopy(one.states(), token * first.width(), joined, at, first.width());
      System.arraycopy(
          two.states(), token * second.width(), joined, at + first.width(), second.width());
    }
    return prompt(joined, two.pooled(), one.cutText());
  }

  private static Prompt prompt(float[] states, float[] pooled, String cutText) {
    return new Prompt(Conditioning.ofText(states).with(Conditioning.TEXT_EMBEDS, pooled), cutText);
  }

  /** Only none at all counts as none: blanks are encoded. */
  @Override
  public Prompt unconditional(String negativePrompt) {
    return zerosForNone && negativePrompt.isEmpty()
        ? prompt(new float[first.tokens() * width()], new float[second.pooledWidth()], "")
        : encode(negativePrompt);
  }

  @Override
  public void close() {
    owned.close();
  }
}

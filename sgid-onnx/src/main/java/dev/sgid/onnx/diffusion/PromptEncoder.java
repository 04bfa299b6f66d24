package dev.sgid.onnx.diffusion;

import java.util.Map;

/**
 * Makes a prompt what the UNet is given of it: one text encoder, or several side by side.
 *
 * <p>Thread-safe.
 */
interface PromptEncoder extends AutoCloseable {
  /** How many prompts are remembered. */
  int REMEMBERED = 32;

  /**
   * An encoded prompt.
   *
   * @param conditioning as {@link #shapes} says
   * @param cutText what did not fit; empty for nothing
   */
  record Prompt(Conditioning conditioning, String cutText) {
    /** The same with one more thing for the UNet. */
    Prompt with(String input, float[] values) {
      return new Prompt(conditioning.with(input, values), cutText);
    }
  }

  /** The shape of each thing that a prompt becomes, without a batch, by the UNet's input. */
  Map<String, long[]> shapes();

  /** Encodes a prompt; what it becomes never depends on others. */
  Prompt encode(String prompt);

  /** What guidance leads away from: the negative prompt, which is empty where there is none. */
  default Prompt unconditional(String negativePrompt) {
    return encode(negativePrompt);
  }

  /** What of a prompt does not fit; empty for nothing. */
  String cutText(String prompt);

  @Override
  void close();
}

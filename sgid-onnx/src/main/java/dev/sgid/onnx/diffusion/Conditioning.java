package dev.sgid.onnx.diffusion;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the UNet is given for a row beside latents and timestep, by the name that diffusers gives
 * the UNet's input: a prompt's hidden states, and what some models want besides.
 *
 * @param values row-major, not to be changed
 */
record Conditioning(Map<String, float[]> values) {
  /** The prompt, (tokens, width). */
  static final String HIDDEN_STATES = "encoder_hidden_states";

  /** The whole prompt, of Stable Diffusion XL, (width). */
  static final String TEXT_EMBEDS = "text_embeds";

  /** The picture's size, of Stable Diffusion XL, ({@link TimeIds#COUNT}). */
  static final String TIME_IDS = "time_ids";

  /** The guidance scale, of models that were distilled with it, (dimensions). */
  static final String GUIDANCE = "timestep_cond";

  Conditioning {
    values = Map.copyOf(values);
  }

  /** A prompt and nothing else. */
  static Conditioning ofText(float[] hiddenStates) {
    return new Conditioning(Map.of(HIDDEN_STATES, hiddenStates));
  }

  /** The same with one more. */
  Conditioning with(String input, float[] more) {
    Map<String, float[]> all = new LinkedHashMap<>(values);
    all.put(input, more);
    return new Conditioning(all);
  }
}

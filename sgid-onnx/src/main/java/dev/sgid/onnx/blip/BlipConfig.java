package dev.sgid.onnx.blip;

import dev.sgid.SgidException;
import dev.sgid.onnx.internal.JsonFile;
import java.nio.file.Path;

/**
 * What config.json says about the text decoder; where it says nothing, the values of Salesforce's
 * checkpoints.
 *
 * @param start the token every sequence starts with, [DEC]
 * @param end the token that ends one, [SEP]
 * @param vocabulary how many tokens the model knows, which may be more than the tokenizer does
 * @param positions the longest sequence
 * @param heads of attention
 * @param hiddenSize width of its states
 */
record BlipConfig(int start, int end, int vocabulary, int positions, int heads, int hiddenSize) {
  /**
   * Reads {@code folder/config.json}.
   *
   * @throws SgidException if it is missing or broken
   */
  static BlipConfig read(Path folder) {
    JsonFile file = JsonFile.read(folder.resolve("config.json"));
    JsonFile text = file.object("text_config");
    int vocabulary = text.count("vocab_size", 30524);
    return new BlipConfig(
        token(text, "bos_token_id", 30522, vocabulary),
        token(text, "sep_token_id", 102, vocabulary), // BLIP's own eos_token_id is not used
        vocabulary,
        text.count("max_position_embeddings", 512),
        text.count("num_attention_heads", 8),
        text.count("hidden_size", 768));
  }

  private static int token(JsonFile text, String key, int otherwise, int vocabulary) {
    double id = text.number(key, otherwise);
    if (!(id >= 0 && id < vocabulary) || id != Math.rint(id)) {
      throw text.unexpected(key, "a token's id, below vocab_size (" + vocabulary + "),");
    }
    return (int) id;
  }
}

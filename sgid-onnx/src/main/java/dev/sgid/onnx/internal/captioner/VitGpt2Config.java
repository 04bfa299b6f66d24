package dev.sgid.onnx.internal.captioner;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.sgid.SgidException;
import dev.sgid.onnx.internal.JsonFile;
import dev.sgid.onnx.internal.generation.GenerationOptions;
import dev.sgid.onnx.internal.generation.GenerationOptions.EarlyStopping;
import dev.sgid.onnx.internal.generation.GenerationOptions.Strategy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What {@code config.json} and {@code generation_config.json} say of a ViT-GPT2.
 *
 * @param start the token that every sequence starts with
 * @param end the token that ends one, which may be the same
 * @param vocabulary how many tokens there are
 * @param positions the longest sequence
 * @param heads of attention
 * @param width of the decoder's states
 * @param generation how captions are searched for
 * @param ignored settings of generation that say something which is not done here; usually none
 */
record VitGpt2Config(
    int start,
    int end,
    int vocabulary,
    int positions,
    int heads,
    int width,
    GenerationOptions generation,
    List<String> ignored) {
  private static final String GENERATION = "generation_config.json";
  private static final String BEAMS = "num_beams";
  private static final int GPT2_END = 50256;

  /** As BLIP's: several candidates are usual, of which one is chosen. */
  private static final GenerationOptions USUAL =
      new GenerationOptions(Strategy.BEAM, 3, 20, 0, 1, 1, EarlyStopping.FALSE, 1, 50, 1, 0);

  /** What would change captions and is not done, with the value that says nothing. */
  private static final Map<String, Double> NOT_DONE =
      Map.ofEntries(
          Map.entry("num_beam_groups", 1.0),
          Map.entry("diversity_penalty", 0.0),
          Map.entry("penalty_alpha", Double.NaN),
          Map.entry("typical_p", 1.0),
          Map.entry("min_p", Double.NaN),
          Map.entry("epsilon_cutoff", 0.0),
          Map.entry("eta_cutoff", 0.0),
          Map.entry("encoder_repetition_penalty", 1.0),
          Map.entry("encoder_no_repeat_ngram_size", 0.0),
          Map.entry("bad_words_ids", Double.NaN),
          Map.entry("force_words_ids", Double.NaN),
          Map.entry("suppress_tokens", Double.NaN),
          Map.entry("begin_suppress_tokens", Double.NaN),
          Map.entry("forced_bos_token_id", Double.NaN),
          Map.entry("forced_eos_token_id", Double.NaN),
          Map.entry("sequence_bias", Double.NaN),
          Map.entry("exponential_decay_length_penalty", Double.NaN));

  VitGpt2Config {
    ignored = List.copyOf(ignored);
  }

  /**
   * Reads a folder's files. As in transformers, {@code generation_config.json} decides alone where
   * there is one; else the settings that {@code config.json} has, its own before the decoder's.
   *
   * @throws SgidException if one is missing or broken, or the decoder is not GPT-2
   */
  static VitGpt2Config read(Path folder) {
    JsonFile config = JsonFile.read(folder.resolve("config.json"));
    JsonFile decoder = config.object("decoder");
    if (!decoder.string("model_type", "gpt2").equals("gpt2")) {
      throw decoder.unexpected("model_type", "gpt2 for the decoder of a vision-encoder-decoder");
    }
    JsonFile said = JsonFile.readOrEmpty(folder.resolve(GENERATION));
    JsonFile settings = Files.exists(said.path()) ? said : withoutOneBeam(over(config, decoder));
    JsonFile tokens = over(settings, over(config, decoder));
    int vocabulary = decoder.count("vocab_size", GPT2_END + 1);
    String start = tokens.has("decoder_start_token_id") ? "decoder_start_token_id" : "bos_token_id";
    return new VitGpt2Config(
        token(tokens, start, vocabulary),
        token(tokens, "eos_token_id", vocabulary),
        vocabulary,
        decoder.count("n_positions", 1024),
        decoder.count("n_head", 12),
        decoder.count("n_embd", 768),
        USUAL.with(settings),
        NOT_DONE.keySet().stream().filter(key -> says(settings, key)).sorted().toList());
  }

  /** A file with the keys of another where it has none of its own. */
  private static JsonFile over(JsonFile first, JsonFile second) {
    JsonObject both = second.root().deepCopy();
    first
        .root()
        .asMap()
        .forEach(
            (key, value) -> {
              if (!value.isJsonNull()) {
                both.add(key, value);
              }
            });
    return new JsonFile(first.path(), both);
  }

  /** Older configs have all settings, at transformers' own defaults, which then say nothing. */
  private static JsonFile withoutOneBeam(JsonFile config) {
    JsonObject root = config.root();
    if (config.number(BEAMS, 1) == 1) {
      root.remove(BEAMS);
    }
    return new JsonFile(config.path(), root);
  }

  private static boolean says(JsonFile file, String key) {
    JsonElement value = file.get(key);
    if (value == null || (value instanceof JsonArray list && list.isEmpty())) {
      return false;
    }
    return !JsonFile.isNumber(value) || value.getAsDouble() != NOT_DONE.getOrDefault(key, 0.0);
  }

  private static int token(JsonFile file, String key, int vocabulary) {
    JsonElement value = file.get(key);
    JsonFile one = file; // of a list of one, its only entry
    if (value instanceof JsonArray list && list.size() == 1) {
      JsonObject root = new JsonObject();
      root.add(key, list.get(0));
      one = new JsonFile(file.path(), root);
    } else if (value instanceof JsonArray) {
      throw file.unexpected(key, "one token's id");
    }
    double id = one.number(key, GPT2_END);
    if (!(id >= 0 && id < vocabulary) || id != Math.rint(id)) {
      throw file.unexpected(key, "a token's id, below vocab_size (" + vocabulary + "),");
    }
    return (int) id;
  }
}

package dev.sgid.onnx.internal.text;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import dev.sgid.onnx.internal.JsonFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a tokenizer's folder says, settled.
 *
 * @param json the complete {@code tokenizer.json}: read or built, with every added token
 * @param vocabulary ids by token, added tokens among them
 * @param maxLength longest encoding in tokens; {@link Integer#MAX_VALUE} where the files don't
 *     limit it
 * @param padId id of the padding token, -1 where there is none
 * @param padLeft whether padding stands before the text
 * @param cutLeft whether a text too long loses its beginning
 * @param wordSuffix what ends a word inside its last token, "" where nothing does
 * @param tidySpaces whether decoding takes the space before punctuation away
 */
record TokenizerFolder(
    JsonObject json,
    Map<String, Integer> vocabulary,
    int maxLength,
    int padId,
    boolean padLeft,
    boolean cutLeft,
    String wordSuffix,
    boolean tidySpaces) {

  static TokenizerFolder read(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw JsonFile.broken(folder, "Missing tokenizer folder", null);
    }
    JsonFile config = JsonFile.readOrEmpty(folder.resolve("tokenizer_config.json"));
    TokenizerFamily family = TokenizerFamily.of(config.string("tokenizer_class", ""), folder);
    Path file = folder.resolve("tokenizer.json");
    try {
      return read(folder, file, config, family);
    } catch (ClassCastException
        | IllegalStateException
        | NullPointerException
        | UnsupportedOperationException
        | NumberFormatException e) {
      // Gson's complaints about a JSON value of the wrong kind
      throw JsonFile.broken(
          folder, "The tokenizer's files are not as transformers writes them (" + e + ")", e);
    }
  }

  private static TokenizerFolder read(
      Path folder, Path file, JsonFile config, TokenizerFamily family) {
    boolean built = !Files.exists(file);
    JsonObject json = built ? new JsonObject() : JsonFile.read(file).root();
    JsonArray added = built ? null : array(json, "added_tokens");
    SpecialTokens special = new SpecialTokens(folder, family, config, added);
    if (built) {
      json = new TokenizerJson(folder, config, special).build(family);
    }
    if (family == TokenizerFamily.BERT) {
      normalizeAsConfigured(json, config);
    }
    if (family == TokenizerFamily.GEMMA
        && (config.has("add_bos_token") || config.has("add_eos_token"))) {
      new TokenizerJson(folder, config, special).frameAsConfigured(json);
    }
    JsonElement padding = json.get("padding");
    // truncation and padding are the caller's, as in transformers
    json.add("truncation", JsonNull.INSTANCE);
    json.add("padding", JsonNull.INSTANCE);
    if (!(json.get("model") instanceof JsonObject model) || !model.has("vocab")) {
      throw JsonFile.broken(file, "Expected a model with a vocabulary", null);
    }
    Map<String, Integer> vocabulary = vocabulary(model.get("vocab"));
    json.add("added_tokens", add(special, array(json, "added_tokens"), vocabulary));
    String padSide =
        config.string("padding_side", family == TokenizerFamily.GEMMA ? "left" : "right");
    return new TokenizerFolder(
        json,
        vocabulary,
        maxLength(config),
        padId(folder, special, padding, vocabulary),
        padSide.equals("left"),
        config.string("truncation_side", "right").equals("left"),
        family == TokenizerFamily.CLIP
            ? new JsonFile(file, model).string("end_of_word_suffix", "")
            : "",
        // the slow BertTokenizer, which a built one comes from, is the only one to tidy by default
        config.flag("clean_up_tokenization_spaces", built && family == TokenizerFamily.BERT));
  }

  /** BertTokenizerFast's constructor: its arguments, defaults included, win over tokenizer.json. */
  private static void normalizeAsConfigured(JsonObject json, JsonFile config) {
    if (json.get("normalizer") instanceof JsonObject normalizer) {
      normalizer.addProperty("lowercase", config.flag("do_lower_case", true));
      normalizer.addProperty("handle_chinese_chars", config.flag("tokenize_chinese_chars", true));
      JsonElement strip = config.get("strip_accents");
      normalizer.add("strip_accents", strip == null ? JsonNull.INSTANCE : strip);
    }
  }

  private static JsonArray add(
      SpecialTokens special, JsonArray added, Map<String, Integer> vocabulary) {
    Map<String, AddedToken> tokens = new LinkedHashMap<>();
    for (JsonElement element : added) {
      AddedToken token = AddedToken.of(element.getAsJsonObject(), false);
      tokens.put(token.content(), token);
    }
    for (AddedToken token : special.missingFrom(new ArrayList<>(tokens.values()))) {
      tokens.put(token.content(), token);
    }
    JsonArray all = new JsonArray();
    int size = vocabulary.size();
    int last = -1;
    for (AddedToken token : tokens.values()) {
      // as Hugging Face tokenizers numbers them: after the vocabulary, after the last one added
      Integer id = vocabulary.get(token.content());
      if (id == null) {
        id = Math.max(size, last + 1);
        vocabulary.put(token.content(), id);
      }
      last = Math.max(last, id);
      all.add(token.toJson(id));
    }
    return all;
  }

  private static Map<String, Integer> vocabulary(JsonElement vocab) {
    Map<String, Integer> vocabulary = new HashMap<>();
    if (vocab instanceof JsonArray scored) {
      for (JsonElement entry : scored) {
        vocabulary.put(entry.getAsJsonArray().get(0).getAsString(), vocabulary.size());
      }
    } else {
      vocab.getAsJsonObject().asMap().forEach((token, id) -> vocabulary.put(token, id.getAsInt()));
    }
    return vocabulary;
  }

  private static int maxLength(JsonFile config) {
    double length = config.number("model_max_length", config.number("max_len", Integer.MAX_VALUE));
    if (!(length >= 1)) {
      throw config.unexpected("model_max_length", "at least 1");
    }
    // transformers writes 1e30 for "no limit"
    return (int) Math.min(length, Integer.MAX_VALUE);
  }

  private static int padId(
      Path folder,
      SpecialTokens special,
      @Nullable JsonElement padding,
      Map<String, Integer> vocabulary) {
    String pad = special.text("pad_token");
    if (pad == null && padding instanceof JsonObject object) {
      pad = object.get("pad_token").getAsString();
    }
    if (pad == null) {
      return -1;
    }
    Integer id = vocabulary.get(pad);
    if (id == null) {
      throw JsonFile.broken(folder, "The vocabulary lacks pad_token \"" + pad + "\"", null);
    }
    return id;
  }

  private static JsonArray array(JsonObject json, String key) {
    return json.get(key) instanceof JsonArray array ? array : new JsonArray();
  }
}

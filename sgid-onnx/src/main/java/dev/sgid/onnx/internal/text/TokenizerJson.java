package dev.sgid.onnx.internal.text;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.sgid.internal.Reason;
import dev.sgid.onnx.internal.JsonFile;
import dev.sgid.onnx.internal.OpenedFiles;
import dev.sgid.onnx.internal.recognition.Recognition;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Builds the {@code tokenizer.json} that transformers would convert a folder's {@code vocab.json}
 * and {@code merges.txt}, or {@code vocab.txt}, into.
 *
 * <p>A template in Hugging Face tokenizers' own format gives the pipeline of the family, so that
 * the code below only fills in vocabulary, merges and the special tokens' texts and ids.
 */
final class TokenizerJson {
  /** CLIP's slow tokenizer reads no more merges than this, whatever the file holds. */
  private static final int CLIP_MERGES = 49152 - 256 - 2;

  private static final String CLIP =
      """
      {"version": "1.0", "added_tokens": [],
       "normalizer": {"type": "Sequence", "normalizers": [
         {"type": "NFC"},
         {"type": "Replace", "pattern": {"Regex": "\\\\s+"}, "content": " "},
         {"type": "Lowercase"}]},
       "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
         {"type": "Split", "behavior": "Removed", "invert": true, "pattern": {"Regex":
           "'s|'t|'re|'ve|'m|'ll|'d|[\\\\p{L}]+|[\\\\p{N}]|[^\\\\s\\\\p{L}\\\\p{N}]+"}},
         {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true}]},
       "post_processor": {"type": "RobertaProcessing",
         "trim_offsets": false, "add_prefix_space": false},
       "decoder": {"type": "ByteLevel",
         "add_prefix_space": true, "trim_offsets": true, "use_regex": true},
       "model": {"type": "BPE", "continuing_subword_prefix": "", "end_of_word_suffix": "</w>",
         "fuse_unk": false, "byte_fallback": false, "ignore_merges": false}}
      """;

  private static final String GPT2 =
      """
      {"version": "1.0", "added_tokens": [],
       "pre_tokenizer": {"type": "ByteLevel", "trim_offsets": true, "use_regex": true},
       "post_processor": {"type": "ByteLevel",
         "add_prefix_space": true, "trim_offsets": false, "use_regex": true},
       "decoder": {"type": "ByteLevel",
         "add_prefix_space": true, "trim_offsets": true, "use_regex": true},
       "model": {"type": "BPE", "continuing_subword_prefix": "", "end_of_word_suffix": "",
         "fuse_unk": false, "byte_fallback": false, "ignore_merges": false}}
      """;

  private static final String BERT =
      """
      {"version": "1.0", "added_tokens": [],
       "normalizer": {"type": "BertNormalizer", "clean_text": true},
       "pre_tokenizer": {"type": "BertPreTokenizer"},
       "post_processor": {"type": "TemplateProcessing"},
       "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": true},
       "model": {"type": "WordPiece", "continuing_subword_prefix": "##",
         "max_input_chars_per_word": 100}}
      """;

  /** What SiglipTokenizer does to a text before sentencepiece does: lower case, no punctuation. */
  private static final String SIGLIP =
      """
      {"version": "1.0", "added_tokens": [],
       "normalizer": {"type": "Sequence", "normalizers": [
         {"type": "Lowercase"},
         {"type": "Replace", "content": "",
          "pattern": {"Regex": "[!-/:-@\\\\[-`{-~]"}},
         {"type": "Replace", "pattern": {"Regex": "\\\\s+"}, "content": " "},
         {"type": "Strip", "strip_left": true, "strip_right": true}]},
       "pre_tokenizer": {"type": "Metaspace",
         "replacement": "\u2581", "prepend_scheme": "always", "split": true},
       "decoder": {"type": "Metaspace",
         "replacement": "\u2581", "prepend_scheme": "always", "split": true}}
      """;

  private final Path folder;
  private final JsonFile config;
  private final SpecialTokens special;

  TokenizerJson(Path folder, JsonFile config, SpecialTokens special) {
    this.folder = folder;
    this.config = config;
    this.special = special;
  }

  JsonObject build(TokenizerFamily family) {
    return switch (family) {
      case CLIP -> clip();
      case GPT2 -> gpt2();
      case BERT -> bert();
      case SIGLIP -> siglip();
      case GEMMA, OTHER ->
          throw JsonFile.broken(
              folder.resolve("tokenizer.json"),
              "Missing file (only CLIP, GPT-2, BERT and SigLIP tokenizers can do without, and this is a "
                  + config.string("tokenizer_class", "tokenizer of unknown class")
                  + ")",
              null);
    };
  }

  private JsonObject clip() {
    JsonObject json = parse(CLIP);
    JsonObject vocabulary = fillBpe(json, CLIP_MERGES);
    json.getAsJsonObject("model").addProperty("unk_token", text("unk_token"));
    JsonObject processor = json.getAsJsonObject("post_processor");
    processor.add("sep", pair(vocabulary, "eos_token"));
    processor.add("cls", pair(vocabulary, "bos_token"));
    return json;
  }

  private JsonObject gpt2() {
    JsonObject json = parse(GPT2);
    JsonObject vocabulary = fillBpe(json, Integer.MAX_VALUE);
    json.getAsJsonObject("pre_tokenizer")
        .addProperty("add_prefix_space", config.flag("add_prefix_space", false));
    if (config.flag("add_bos_token", false)) {
      JsonArray single = new JsonArray();
      single.add(templateToken(text("bos_token")));
      single.add(templateText());
      json.add("post_processor", template(vocabulary, single, List.of("bos_token")));
    }
    return json;
  }

  private JsonObject siglip() {
    SentencePiece pieces = SentencePiece.read(folder.resolve("spiece.model"));
    JsonObject json = parse(SIGLIP);
    json.add("model", pieces.model());
    JsonArray normalizers = json.getAsJsonObject("normalizer").getAsJsonArray("normalizers");
    pieces.normalizers().forEach(normalizers::add);
    JsonArray single = new JsonArray();
    single.add(templateText());
    single.add(templateToken(text("eos_token")));
    json.add("post_processor", template(pieces.vocabulary(), single, List.of("eos_token")));
    return json;
  }

  /**
   * GemmaTokenizerFast's constructor: whether a text begins with a start token and ends with an end
   * token is said by its arguments, whatever tokenizer.json has.
   */
  void frameAsConfigured(JsonObject json) {
    JsonObject vocabulary = json.getAsJsonObject("model").getAsJsonObject("vocab");
    JsonArray single = new JsonArray();
    List<String> roles = new ArrayList<>();
    if (config.flag("add_bos_token", true)) {
      single.add(templateToken(text("bos_token")));
      roles.add("bos_token");
    }
    single.add(templateText());
    if (config.flag("add_eos_token", false)) {
      single.add(templateToken(text("eos_token")));
      roles.add("eos_token");
    }
    json.add("post_processor", template(vocabulary, single, roles));
  }

  private JsonObject bert() {
    JsonObject json = parse(BERT);
    JsonObject vocabulary = new JsonObject();
    List<String> lines = lines("vocab.txt");
    for (int id = 0; id < lines.size(); id++) {
      vocabulary.addProperty(lines.get(id), id);
    }
    JsonObject model = json.getAsJsonObject("model");
    model.add("vocab", vocabulary);
    model.addProperty("unk_token", text("unk_token"));
    JsonArray single = new JsonArray();
    single.add(templateToken(text("cls_token")));
    single.add(templateText());
    single.add(templateToken(text("sep_token")));
    json.add("post_processor", template(vocabulary, single, List.of("cls_token", "sep_token")));
    return json;
  }

  /** Adds vocab.json and merges.txt to the model; returns the vocabulary. */
  private JsonObject fillBpe(JsonObject json, int mostMerges) {
    JsonObject vocabulary = JsonFile.read(folder.resolve("vocab.json")).root();
    JsonArray merges = new JsonArray();
    // the first line is a version comment, and is skipped even where it is none
    lines("merges.txt").stream()
        .skip(1)
        .limit(mostMerges)
        .filter(line -> !line.isBlank())
        .forEach(line -> merges.add(merge(line)));
    JsonObject model = json.getAsJsonObject("model");
    model.add("vocab", vocabulary);
    model.add("merges", merges);
    return vocabulary;
  }

  private JsonArray merge(String line) {
    String[] parts = line.strip().split(" ", -1);
    if (parts.length != 2) {
      throw JsonFile.broken(
          folder.resolve("merges.txt"),
          "Expected two tokens on each line, but found \"" + line + "\"",
          null);
    }
    JsonArray pair = new JsonArray();
    pair.add(parts[0]);
    pair.add(parts[1]);
    return pair;
  }

  private JsonArray pair(JsonObject vocabulary, String role) {
    JsonArray pair = new JsonArray();
    pair.add(text(role));
    pair.add(id(vocabulary, role));
    return pair;
  }

  private JsonObject template(JsonObject vocabulary, JsonArray single, List<String> roles) {
    JsonObject tokens = new JsonObject();
    for (String role : roles) {
      JsonObject token = new JsonObject();
      token.addProperty("id", text(role));
      JsonArray ids = new JsonArray();
      ids.add(id(vocabulary, role));
      token.add("ids", ids);
      JsonArray texts = new JsonArray();
      texts.add(text(role));
      token.add("tokens", texts);
      tokens.add(text(role), token);
    }
    JsonObject processor = new JsonObject();
    processor.addProperty("type", "TemplateProcessing");
    processor.add("single", single);
    // pairs of texts are never encoded, but the format wants a rule for them
    JsonArray pair = single.deepCopy();
    pair.add(parse("{\"Sequence\": {\"id\": \"B\", \"type_id\": 1}}"));
    processor.add("pair", pair);
    processor.add("special_tokens", tokens);
    return processor;
  }

  private static JsonObject templateToken(String text) {
    JsonObject inner = new JsonObject();
    inner.addProperty("id", text);
    inner.addProperty("type_id", 0);
    JsonObject token = new JsonObject();
    token.add("SpecialToken", inner);
    return token;
  }

  private static JsonObject templateText() {
    return parse("{\"Sequence\": {\"id\": \"A\", \"type_id\": 0}}");
  }

  private String text(String role) {
    String text = special.text(role);
    if (text == null) {
      throw config.unexpected(role, "named");
    }
    return text;
  }

  private int id(JsonObject vocabulary, String role) {
    JsonElement id = vocabulary.get(text(role));
    if (id == null) {
      throw JsonFile.broken(
          folder, "The vocabulary lacks " + role + " \"" + text(role) + "\"", null);
    }
    return id.getAsInt();
  }

  private List<String> lines(String name) {
    Path path = folder.resolve(name);
    OpenedFiles.add(path);
    Recognition.requireText(path);
    try {
      return Files.readAllLines(path, UTF_8);
    } catch (NoSuchFileException e) {
      throw JsonFile.broken(path, "Missing file", e);
    } catch (MalformedInputException e) {
      throw JsonFile.broken(path, "Not UTF-8 text", e);
    } catch (IOException e) {
      throw JsonFile.broken(path, "Can't read the file (" + Reason.of(e) + ")", e);
    }
  }

  private static JsonObject parse(String json) {
    return JsonParser.parseString(json).getAsJsonObject();
  }
}

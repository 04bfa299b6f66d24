package dev.sgid.onnx.internal.text;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.sgid.onnx.reference.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Writes the tokenizer folders that tools/reference/tokenizers_reference.py loaded. */
final class TokenizerFolders {
  static final JsonObject GOLDEN = Golden.read("text/tokenizers.json.gz");
  static final List<String> STRINGS = strings(GOLDEN.get("strings"));
  private static final JsonObject CLIP_VOCABULARY = clipVocabulary();
  private static final JsonObject WORD_PIECES = wordPieces();

  private TokenizerFolders() {}

  static List<JsonObject> all() {
    return Golden.objects(GOLDEN.get("folders"));
  }

  static JsonObject named(String name) {
    return all().stream()
        .filter(f -> f.get("name").getAsString().equals(name))
        .findFirst()
        .orElseThrow();
  }

  static List<String> strings(JsonElement array) {
    List<String> strings = new ArrayList<>();
    array.getAsJsonArray().forEach(s -> strings.add(s.getAsString()));
    return strings;
  }

  /** Writes the folder of {@code golden} below {@code parent}. */
  static Path write(JsonObject golden, Path parent) throws IOException {
    Path folder = Files.createDirectories(parent.resolve(golden.get("name").getAsString()));
    for (Map.Entry<String, JsonElement> file : golden.getAsJsonObject("files").entrySet()) {
      Files.writeString(folder.resolve(file.getKey()), file.getValue().toString());
    }
    boolean bert = golden.get("family").getAsString().equals("bert");
    JsonObject vocabulary = bert ? WORD_PIECES : CLIP_VOCABULARY;
    if (golden.has("tokenizer_json")) {
      JsonObject json = golden.getAsJsonObject("tokenizer_json").deepCopy();
      JsonObject model = json.getAsJsonObject("model");
      model.add("vocab", vocabulary);
      if (!bert) {
        model.add("merges", GOLDEN.get("clip_merges"));
      }
      Files.writeString(folder.resolve("tokenizer.json"), json.toString());
    } else if (bert) {
      Files.write(folder.resolve("vocab.txt"), strings(GOLDEN.get("wordpiece")), UTF_8);
    } else {
      Files.writeString(folder.resolve("vocab.json"), vocabulary.toString());
      List<String> lines = new ArrayList<>(List.of("#version: 0.2"));
      lines.addAll(strings(GOLDEN.get("clip_merges")));
      Files.write(folder.resolve("merges.txt"), lines, UTF_8);
    }
    return folder;
  }

  private static JsonObject wordPieces() {
    JsonArray pieces = GOLDEN.getAsJsonArray("wordpiece");
    JsonObject vocabulary = new JsonObject();
    for (int id = 0; id < pieces.size(); id++) {
      vocabulary.addProperty(pieces.get(id).getAsString(), id);
    }
    return vocabulary;
  }

  /**
   * CLIP's 49,408 tokens: 256 bytes, the same at the end of a word, the merges, two special ones.
   */
  private static JsonObject clipVocabulary() {
    List<String> tokens = new ArrayList<>();
    for (int b = 0; b < 256; b++) {
      if (printable(b)) {
        tokens.add(Character.toString(b));
      }
    }
    for (int c = 256; tokens.size() < 256; c++) {
      tokens.add(Character.toString(c));
    }
    List.copyOf(tokens).forEach(token -> tokens.add(token + "</w>"));
    strings(GOLDEN.get("clip_merges")).forEach(merge -> tokens.add(merge.replace(" ", "")));
    tokens.add("<|startoftext|>");
    tokens.add("<|endoftext|>");
    JsonObject vocabulary = new JsonObject();
    for (int id = 0; id < tokens.size(); id++) {
      vocabulary.addProperty(tokens.get(id), id);
    }
    return vocabulary;
  }

  private static boolean printable(int b) {
    return (b >= 33 && b < 127) || (b >= 161 && b != 173);
  }
}

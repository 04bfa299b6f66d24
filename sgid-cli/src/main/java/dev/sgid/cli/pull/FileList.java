package dev.sgid.cli.pull;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.sgid.SgidException;
import dev.sgid.Stage;
import dev.sgid.internal.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The files that a pack's {@code sgid.json} lists, each with its size and SHA-256: what a pack is
 * fetched by where it is no archive.
 *
 * @param files in the list's order
 */
record FileList(List<Item> files) {
  FileList {
    files = List.copyOf(files);
  }

  /**
   * A file.
   *
   * @param name its path from the list's folder on
   * @param bytes its size
   * @param sha256 in lower-case hexadecimal
   */
  record Item(String name, long bytes, String sha256) {}

  long bytes() {
    return files.stream().mapToLong(Item::bytes).sum();
  }

  /**
   * Reads a list.
   *
   * @throws SgidException if it is none, or says not all of a file
   */
  static FileList read(Path json) {
    try {
      JsonElement root = JsonParser.parseString(Files.readString(json));
      if (!(root instanceof JsonObject object)
          || !(object.get("files") instanceof JsonObject listed)
          || listed.isEmpty()) {
        throw broken(json, "it has no \"files\"", null);
      }
      List<Item> files = new ArrayList<>();
      for (Map.Entry<String, JsonElement> entry : listed.entrySet()) {
        files.add(item(json, entry));
      }
      return new FileList(files);
    } catch (IOException | JsonParseException e) {
      throw broken(json, Reason.of(e), e);
    }
  }

  private static Item item(Path json, Map.Entry<String, JsonElement> entry) {
    if (entry.getValue() instanceof JsonObject file) {
      String bytes = text(file, "bytes");
      String sum = text(file, "sha256");
      if (bytes.matches("\\d{1,15}") && sum.matches("[0-9a-f]{64}")) {
        return new Item(entry.getKey(), Long.parseLong(bytes), sum);
      }
    }
    throw broken(json, "it says not both bytes and sha256 of " + entry.getKey(), null);
  }

  private static String text(JsonObject file, String key) {
    JsonElement value = file.get(key);
    return value != null && value.isJsonPrimitive() ? value.getAsString() : "";
  }

  private static SgidException broken(
      Path json, String why, @org.jspecify.annotations.Nullable Throwable cause) {
    return new SgidException(Stage.OPEN, json, "Not a list of a pack's files (" + why + ")", cause);
  }
}

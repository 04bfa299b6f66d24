package dev.sgid.onnx.internal.text;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;

/**
 * A token that is cut out of the text before the model splits the rest.
 *
 * @param content its text
 * @param singleWord only where no letter stands next to it
 * @param lstrip takes the white space on its left along
 * @param rstrip takes the white space on its right along
 * @param normalized is looked for in the normalised text, not in the text as given
 * @param special is left out by decoding when that is asked for
 */
record AddedToken(
    String content,
    boolean singleWord,
    boolean lstrip,
    boolean rstrip,
    boolean normalized,
    boolean special) {

  /** A special token of which only the text is known. */
  static AddedToken special(String content) {
    return new AddedToken(content, false, false, false, false, true);
  }

  /** The token of a JSON object, {@code special} where the object does not say. */
  static AddedToken of(JsonObject json, boolean specialIfUnsaid) {
    boolean special = flag(json, "special", specialIfUnsaid);
    return new AddedToken(
        json.get("content").getAsString(),
        flag(json, "single_word", false),
        flag(json, "lstrip", false),
        flag(json, "rstrip", false),
        flag(json, "normalized", !special),
        special);
  }

  AddedToken withSpecial(boolean newSpecial) {
    return new AddedToken(content, singleWord, lstrip, rstrip, normalized, newSpecial);
  }

  JsonObject toJson(int id) {
    JsonObject json = new JsonObject();
    json.addProperty("id", id);
    json.addProperty("content", content);
    json.addProperty("single_word", singleWord);
    json.addProperty("lstrip", lstrip);
    json.addProperty("rstrip", rstrip);
    json.addProperty("normalized", normalized);
    json.addProperty("special", special);
    return json;
  }

  private static boolean flag(JsonObject json, String key, boolean otherwise) {
    JsonElement value = json.get(key);
    return value == null ? otherwise : value.getAsBoolean();
  }
}

package dev.sgid.onnx.internal.text;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.sgid.onnx.internal.JsonFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The tokens that a tokenizer's folder names beside its vocabulary, merged as transformers does.
 *
 * <p>Where tokenizer_config.json has {@code added_tokens_decoder}, it alone says which tokens are
 * added. Without it, special_tokens_map.json wins over tokenizer_config.json, and added_tokens.json
 * and tokenizer.json say which are added. Every special token is cut out of the text, even one that
 * is an ordinary entry of the vocabulary: Stable Diffusion 2 pads with {@code "!"}, so there a
 * written exclamation mark is token 0.
 */
final class SpecialTokens {
  private static final List<String> ROLES =
      List.of(
          "bos_token",
          "eos_token",
          "unk_token",
          "sep_token",
          "pad_token",
          "cls_token",
          "mask_token");
  private static final String MORE = "additional_special_tokens";

  /** A special token; of one that is {@code textOnly} no file says how it is looked for. */
  private record Special(AddedToken token, boolean textOnly) {}

  private final TreeMap<Integer, AddedToken> decoder = new TreeMap<>();
  private final Map<String, Special> byRole = new LinkedHashMap<>();
  private final List<Special> more = new ArrayList<>();

  /**
   * Reads the files of {@code folder}.
   *
   * @param added {@code added_tokens} of tokenizer.json; null where there is no such file
   */
  SpecialTokens(Path folder, TokenizerFamily family, JsonFile config, @Nullable JsonArray added) {
    Map<String, JsonElement> named = new HashMap<>(config.root().asMap());
    boolean decided = config.has("added_tokens_decoder");
    if (decided) {
      config
          .object("added_tokens_decoder")
          .root()
          .asMap()
          .forEach((id, token) -> decoder.put(Integer.valueOf(id), added(token)));
    } else {
      named.putAll(JsonFile.readOrEmpty(folder.resolve("special_tokens_map.json")).root().asMap());
    }
    Set<String> texts = new HashSet<>();
    ROLES.forEach(role -> texts.add(text(named.get(role))));
    if (!decided) {
      JsonFile.readOrEmpty(folder.resolve("added_tokens.json"))
          .root()
          .asMap()
          .forEach((text, id) -> decoder.put(id.getAsInt(), plain(text, texts.contains(text))));
      if (added != null) {
        added.forEach(t -> decoder.put(t.getAsJsonObject().get("id").getAsInt(), added(t)));
      }
    }
    Map<String, AddedToken> known = new HashMap<>();
    decoder.values().forEach(token -> known.put(token.content(), token));
    for (String role : ROLES) {
      boolean normalized = added == null && family.rolesNormalizedWhenBuilt().contains(role);
      if (named.containsKey(role)) {
        String text = text(named.get(role));
        AddedToken token = known.get(text);
        if (token != null) {
          byRole.put(role, new Special(token, false));
        } else if (!text.isEmpty()) {
          byRole.put(role, special(named.get(role), normalized, !decided));
        }
      } else if (family.usualTokens().containsKey(role)) {
        byRole.put(role, textOnly(family.usualTokens().get(role), normalized));
      }
    }
    if (named.get(MORE) instanceof JsonArray array) {
      array.forEach(token -> more.add(special(token, false, !decided)));
    }
  }

  /** The text of the token with this role; null where there is none. */
  @Nullable String text(String role) {
    Special special = byRole.get(role);
    return special == null ? null : special.token.content();
  }

  /** The tokens to add, in order, to those that tokenizer.json has; equal texts replace. */
  List<AddedToken> missingFrom(List<AddedToken> present) {
    List<AddedToken> missing = new ArrayList<>();
    Set<String> texts = new HashSet<>();
    present.forEach(token -> texts.add(token.content()));
    for (AddedToken token : decoder.values()) {
      if (!present.contains(token)) {
        missing.add(token);
        texts.add(token.content());
      }
    }
    List<Special> specials = new ArrayList<>(byRole.values());
    specials.addAll(more);
    Set<String> seen = new HashSet<>();
    for (Special special : specials) {
      AddedToken token = special.token;
      boolean there = special.textOnly ? texts.contains(token.content()) : missing.contains(token);
      if (seen.add(token.content()) && !there) {
        missing.add(token);
      }
    }
    return missing.stream()
        .map(token -> token.withSpecial(token.special() || seen.contains(token.content())))
        .toList();
  }

  private static Special special(JsonElement value, boolean normalized, boolean fromMap) {
    return value instanceof JsonObject object
        ? new Special(AddedToken.of(object, fromMap && !object.has("__type")), false)
        : textOnly(value.getAsString(), normalized);
  }

  private static Special textOnly(String text, boolean normalized) {
    return normalized
        ? new Special(new AddedToken(text, false, false, false, true, true), false)
        : new Special(AddedToken.special(text), true);
  }

  private static AddedToken added(JsonElement token) {
    return AddedToken.of(token.getAsJsonObject(), false);
  }

  private static AddedToken plain(String text, boolean special) {
    return new AddedToken(text, false, false, false, !special, special);
  }

  /** The text of a token that may be a string, an object or null. */
  private static String text(@Nullable JsonElement value) {
    if (value instanceof JsonObject object) {
      return object.get("content").getAsString();
    }
    return value == null || value.isJsonNull() ? "" : value.getAsString();
  }
}

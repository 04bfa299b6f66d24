package dev.sgid.onnx.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import dev.sgid.SgidException;
import dev.sgid.Stage;
import dev.sgid.internal.Reason;
import dev.sgid.onnx.internal.recognition.Recognition;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object of a model folder, whose getters blame the file for what it lacks. A value of
 * {@code null} counts as absent. Immutable as long as nobody changes {@link #root()}.
 *
 * @param path where it was read
 * @param root its content
 */
public record JsonFile(Path path, JsonObject root) {
  /**
   * Reads {@code path}.
   *
   * @throws SgidException if it is missing, unreadable or not a JSON object
   */
  public static JsonFile read(Path path) {
    OpenedFiles.add(path);
    return parse(path);
  }

  private static JsonFile parse(Path path) {
    Recognition.requireText(path);
    try (Reader reader = Files.newBufferedReader(path, UTF_8)) {
      JsonElement root = JsonParser.parseReader(reader);
      if (!root.isJsonObject()) {
        throw broken(path, "Expected a JSON object", null);
      }
      return new JsonFile(path, root.getAsJsonObject());
    } catch (NoSuchFileException e) {
      throw broken(path, "Missing file", e);
    } catch (IOException | JsonParseException e) {
      throw broken(path, "Can't read JSON (" + Reason.of(e) + ")", e);
    }
  }

  /** Reads {@code path}; an empty object where there is no such file. */
  public static JsonFile readOrEmpty(Path path) {
    return Files.exists(path) ? read(path) : none(path);
  }

  /** An empty object in place of a file. */
  public static JsonFile none(Path path) {
    return new JsonFile(path, new JsonObject());
  }

  /**
   * Reads {@code path} without saying that it is opened: by what it says it may not be one of the
   * files that the model is made of. An empty object where there is no such file.
   */
  public static JsonFile peek(Path path) {
    return Files.exists(path) ? parse(path) : none(path);
  }

  /** An error in a file of a model folder, found when it is opened. */
  public static SgidException broken(Path path, String problem, @Nullable Throwable cause) {
    return new SgidException(Stage.OPEN, path, problem, cause);
  }

  /** The error that {@code key} should be {@code expected} but is not. */
  public SgidException unexpected(String key, String expected) {
    JsonElement found = root.get(key);
    return broken(
        path,
        "\"" + key + "\" must be " + expected + " but is " + (found == null ? "absent" : found),
        null);
  }

  /** Whether {@code key} has a value. */
  public boolean has(String key) {
    return get(key) != null;
  }

  /** The value of {@code key}, null where there is none. */
  public @Nullable JsonElement get(String key) {
    JsonElement value = root.get(key);
    return value == null || value.isJsonNull() ? null : value;
  }

  /** The text at {@code key}. */
  public String string(String key, String otherwise) {
    JsonElement value = get(key);
    if (value == null) {
      return otherwise;
    }
    if (!value.isJsonPrimitive() || !value.getAsJsonPrimitive().isString()) {
      throw unexpected(key, "a string");
    }
    return value.getAsString();
  }

  /** The boolean at {@code key}. */
  public boolean flag(String key, boolean otherwise) {
    JsonElement value = get(key);
    if (value == null) {
      return otherwise;
    }
    if (!value.isJsonPrimitive() || !value.getAsJsonPrimitive().isBoolean()) {
      throw unexpected(key, "true or false");
    }
    return value.getAsBoolean();
  }

  /** The number at {@code key}. */
  public double number(String key, double otherwise) {
    JsonElement value = get(key);
    if (value == null) {
      return otherwise;
    }
    if (!isNumber(value)) {
      throw unexpected(key, "a number");
    }
    return value.getAsDouble();
  }

  /** The whole number of at least 1 at {@code key}. */
  public int count(String key, int otherwise) {
    double value = number(key, otherwise);
    if (value < 1 || value > Integer.MAX_VALUE || value != Math.rint(value)) {
      throw unexpected(key, "a whole number of at least 1");
    }
    return (int) value;
  }

  /** How many entries the list at {@code key} has, at least 1. */
  public int length(String key, int otherwise) {
    JsonElement value = get(key);
    if (value == null) {
      return otherwise;
    }
    if (!(value instanceof JsonArray list) || list.isEmpty()) {
      throw unexpected(key, "a list of at least one entry");
    }
    return list.size();
  }

  /** The object at {@code key}, with the same path in its errors. */
  public JsonFile object(String key) {
    if (!(get(key) instanceof JsonObject object)) {
      throw unexpected(key, "an object");
    }
    return new JsonFile(path, object);
  }

  /** All values, as Java's own numbers, texts, booleans, lists and maps. */
  public Map<String, @Nullable Object> values() {
    return map(root);
  }

  private static Map<String, @Nullable Object> map(JsonObject object) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    object.asMap().forEach((key, value) -> map.put(key, plain(value)));
    return map;
  }

  private static @Nullable Object plain(JsonElement value) {
    if (value instanceof JsonObject object) {
      return map(object);
    } else if (value instanceof JsonArray array) {
      List<@Nullable Object> list = new ArrayList<>();
      array.forEach(one -> list.add(plain(one)));
      return list;
    } else if (value instanceof JsonPrimitive primitive) {
      if (primitive.isBoolean()) {
        return primitive.getAsBoolean();
      }
      return primitive.isNumber() ? (Object) primitive.getAsDouble() : primitive.getAsString();
    }
    return null;
  }

  /** Whether {@code value} is a JSON number. */
  public static boolean isNumber(JsonElement value) {
    return value.isJsonPrimitive() && value.getAsJsonPrimitive().isNumber();
  }
}

package dev.sgid.dataset;

import com.google.gson.FieldNamingPolicy;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonDeserializer;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.gson.JsonSerializer;
import com.google.gson.ToNumberPolicy;
import dev.sgid.Fit;
import dev.sgid.OutputSize;
import dev.sgid.Size;
import java.util.function.Function;

/** {@link ManifestLine} as JSON: its components under their names, in their order. */
final class ManifestJson {
  private static final Gson COPY = builder().serializeNulls().create();
  private static final Gson ORIGINAL = builder().create(); // what only copies have is left out

  private static final String VERDICT = "verdict";
  private static final String KEPT = "kept"; // a field of it

  private ManifestJson() {}

  private static GsonBuilder builder() {
    return new GsonBuilder()
        .disableHtmlEscaping()
        .setFieldNamingPolicy(FieldNamingPolicy.LOWER_CASE_WITH_UNDERSCORES)
        .setObjectToNumberStrategy(ToNumberPolicy.LONG_OR_DOUBLE)
        .registerTypeAdapter(Size.class, write((Size size) -> array(size)))
        .registerTypeAdapter(Size.class, read(json -> size(json.getAsJsonArray())))
        .registerTypeAdapter(Fit.class, write((Fit fit) -> object(fit)))
        .registerTypeAdapter(Fit.class, read(json -> fit(json.getAsJsonObject())))
        .registerTypeAdapter(
            OutputSize.class, write((OutputSize size) -> new JsonPrimitive(size.toString())))
        .registerTypeAdapter(OutputSize.class, read(json -> OutputSize.parse(json.getAsString())));
  }

  private static <T> JsonSerializer<T> write(Function<T, JsonElement> writer) {
    return (value, type, context) -> writer.apply(value);
  }

  private static <T> JsonDeserializer<T> read(Function<JsonElement, T> reader) {
    return (json, type, context) -> reader.apply(json);
  }

  static String text(ManifestLine line) {
    if (line.isOriginal()) {
      return ORIGINAL.toJson(line);
    }
    JsonObject json = COPY.toJsonTree(line).getAsJsonObject();
    JsonElement verdict = json.remove(VERDICT);
    if (verdict != null && verdict.isJsonObject()) {
      verdict.getAsJsonObject().asMap().forEach(json::add);
    }
    return COPY.toJson(json);
  }

  static ManifestLine parse(String text) {
    try {
      JsonElement json = JsonParser.parseString(text);
      if (json.isJsonObject()) {
        return parse(json.getAsJsonObject());
      }
    } catch (JsonParseException e) {
      throw new IllegalArgumentException("This is no line of a manifest: " + text, e);
    }
    throw new IllegalArgumentException("This is no line of a manifest: " + text);
  }

  static ManifestLine parse(JsonObject json) {
    try {
      ManifestLine line = COPY.fromJson(json, ManifestLine.class);
      Integer copy = line.copy();
      return copy == null || !json.has(KEPT)
          ? line
          : line.withVerdict(copy, COPY.fromJson(json, Verdict.class));
    } catch (JsonParseException | IllegalStateException | UnsupportedOperationException e) {
      throw new IllegalArgumentException("This is no line of a manifest: " + json, e);
    } catch (RuntimeException e) { // what the record refuses, Gson wraps
      throw new IllegalArgumentException(
          "This is no line of a manifest, " + reason(e) + ": " + json, e);
    }
  }

  private static String reason(Throwable e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause instanceof NullPointerException
        ? cause.getMessage() + " is missing"
        : String.valueOf(cause.getMessage());
  }

  private static JsonElement array(Size size) {
    return array(size.width(), size.height());
  }

  private static Size size(JsonArray json) {
    return new Size(json.get(0).getAsInt(), json.get(1).getAsInt());
  }

  private static JsonElement object(Fit fit) {
    JsonObject json = new JsonObject();
    json.add("scaled", array(fit.scaled()));
    json.add("padding", array(fit.left(), fit.top(), fit.right(), fit.bottom()));
    return json;
  }

  private static Fit fit(JsonObject json) {
    JsonArray padding = json.getAsJsonArray("padding");
    return new Fit(
        size(json.getAsJsonArray("scaled")),
        padding.get(0).getAsInt(),
        padding.get(1).getAsInt(),
        padding.get(2).getAsInt(),
        padding.get(3).getAsInt());
  }

  private static JsonArray array(int... numbers) {
    JsonArray array = new JsonArray();
    for (int number : numbers) {
      array.add(number);
    }
    return array;
  }
}

package dev.sgid.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.Strictness;
import com.google.gson.ToNumberPolicy;
import com.google.gson.reflect.TypeToken;
import dev.sgid.Settings;
import dev.sgid.SgidBuilder;
import dev.sgid.dataset.CalibratedGuidance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Settings out of a file: a JSON object with the names that packs and {@code sgid-job.json} have,
 * or a {@code sgid-job.json} as it is.
 *
 * @param values what the file sets, by name, but for guidance that is calibrated
 * @param calibrated guidance that is measured on the data set; null for none
 */
record SettingsFile(Map<String, Object> values, @Nullable CalibratedGuidance calibrated) {
  private static final String GUIDANCE = "guidance";
  private static final String REQUESTED =
      "guidance_requested"; // in job files, beside the found one

  /** What says the scheduler, and goes together. */
  static final List<String> SCHEDULER = List.of("scheduler", "eta", "scheduler_options");

  private static final Pattern PLACE = Pattern.compile("at line \\d+ column \\d+");

  private static final Gson GSON =
      new GsonBuilder()
          .setStrictness(Strictness.STRICT)
          .setObjectToNumberStrategy(ToNumberPolicy.LONG_OR_DOUBLE)
          .create();

  /**
   * Reads a file.
   *
   * @throws IllegalArgumentException naming the file, the key and the value that is wrong
   */
  static SettingsFile read(Path file) {
    Map<String, Object> values = values(file);
    String requested = text(file, values, REQUESTED);
    values.remove(REQUESTED);
    String guidance = text(file, values, GUIDANCE);
    if (guidance != null && CalibratedGuidance.isCalibrated(guidance)) {
      requested = requested == null ? guidance : requested;
      values.remove(GUIDANCE);
    }
    CalibratedGuidance calibrated = requested == null ? null : calibrated(file, requested);
    check(file, values);
    return new SettingsFile(values, calibrated);
  }

  private static Map<String, Object> values(Path file) {
    JsonObject json = json(file);
    JsonElement ofJob = json.get("settings");
    if (ofJob != null) {
      if (!ofJob.isJsonObject()) {
        throw new IllegalArgumentException(
            file + ": settings must be names and values, is " + ofJob);
      }
      json = ofJob.getAsJsonObject();
    }
    return new LinkedHashMap<>(GSON.fromJson(json, new TypeToken<Map<String, Object>>() {}));
  }

  private static JsonObject json(Path file) {
    if (!Files.exists(file)) {
      throw new IllegalArgumentException("There is no file " + file);
    }
    try {
      JsonElement json = GSON.fromJson(Files.readString(file, UTF_8), JsonElement.class);
      if (json == null || !json.isJsonObject()) {
        throw new IllegalArgumentException(
            file + " must be a JSON object like {\"noise_rate\": 0.4}, is " + json);
      }
      return json.getAsJsonObject();
    } catch (JsonParseException e) {
      throw new IllegalArgumentException(file + " is no JSON object" + place(e), e);
    } catch (IOException e) {
      throw new IllegalArgumentException(file + " can't be read: " + e.getMessage(), e);
    }
  }

  /** Where Gson found it wrong; what else it says is for programmers. */
  private static String place(JsonParseException e) {
    Matcher place = PLACE.matcher(String.valueOf(e.getMessage()));
    return place.find() ? ": something is wrong " + place.group() : "";
  }

  private static @Nullable String text(Path file, Map<String, Object> values, String key) {
    Object value = values.get(key);
    if (value == null || value instanceof String) {
      return (String) value;
    }
    throw refused(file, key, value, new IllegalArgumentException(key + " must be a text"));
  }

  private static CalibratedGuidance calibrated(Path file, String text) {
    try {
      return CalibratedGuidance.parse(text);
    } catch (IllegalArgumentException e) {
      throw refused(file, GUIDANCE, text, e);
    }
  }

  /** One by one, so that it can be said which is wrong; what says the scheduler goes together. */
  private static void check(Path file, Map<String, Object> values) {
    Map<String, Object> scheduler = new LinkedHashMap<>(values);
    scheduler.keySet().retainAll(SCHEDULER);
    for (Map.Entry<String, Object> entry : values.entrySet()) {
      String key = entry.getKey();
      Map<String, Object> alone = new LinkedHashMap<>();
      alone.put(key, entry.getValue());
      try {
        Settings ignored = Settings.DEFAULTS.with(SCHEDULER.contains(key) ? scheduler : alone);
      } catch (IllegalArgumentException e) {
        if (!Settings.DEFAULTS.toMap().containsKey(key) && !key.equals("unet_calls")) {
          throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
        throw refused(file, key, entry.getValue(), e);
      }
    }
    try {
      Settings ignored = Settings.DEFAULTS.with(values);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
    }
  }

  private static IllegalArgumentException refused(
      Path file, String key, Object value, IllegalArgumentException why) {
    return new IllegalArgumentException(
        file + ", " + key + " = " + GSON.toJson(value) + ": " + why.getMessage(), why);
  }

  /** Sets all but guidance that is calibrated. */
  void apply(SgidBuilder sgid) {
    sgid.withSettings(settings -> settings.with(values));
  }

  /** Whether guidance is to be calibrated and is not known already, as it is in a job file. */
  boolean needsCalibration() {
    return calibrated != null && !values.containsKey(GUIDANCE);
  }
}

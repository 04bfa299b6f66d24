package dev.sgid.dataset;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.sgid.Augmentation;
import dev.sgid.Fit;
import dev.sgid.OutputSize;
import dev.sgid.PackInfo;
import dev.sgid.Settings;
import dev.sgid.Sgid;
import dev.sgid.Size;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The lines and files of the folder that is written. Fields stand in a fixed order. */
final class Json {
  /** Rises when a reader of older files would misread newer ones. */
  static final int FORMAT = 1;

  private static final Gson LINE =
      new GsonBuilder().disableHtmlEscaping().serializeNulls().create();
  private static final Gson FILE =
      new GsonBuilder().disableHtmlEscaping().serializeNulls().setPrettyPrinting().create();

  private Json() {}

  static String line(JsonElement element) {
    return LINE.toJson(element) + "\n";
  }

  static String file(JsonElement element) {
    return FILE.toJson(element) + "\n";
  }

  static JsonObject failure(Failure failure) {
    JsonObject json = new JsonObject();
    json.addProperty("source", failure.source());
    json.addProperty("reason", failure.reason());
    return json;
  }

  /** The manifest's line of a copy. */
  static JsonObject copy(
      String fileName, Source source, String sha256, Augmentation a, double consistency) {
    JsonObject json = original(fileName, source, sha256);
    json.addProperty("copy", a.copy());
    json.addProperty("caption", a.caption());
    json.addProperty("prompt", a.prompt());
    json.addProperty("negative_prompt", a.settings().negativePrompt());
    json.addProperty("similarity", a.similarity());
    json.addProperty("guidance_scale", a.guidanceScale());
    json.addProperty("noise_rate", a.noiseRate());
    json.addProperty("steps", a.steps());
    json.addProperty("scheduler", a.settings().scheduler());
    json.addProperty("eta", a.settings().eta());
    json.add("size", size(a.size()));
    json.add("fit", fit(a.fit()));
    json.addProperty("output_size", name(a.settings().outputSize()));
    json.addProperty("seed", a.seed());
    json.addProperty("consistency", consistency);
    json.addProperty("reproducible", a.result().reproducible());
    return json;
  }

  /** The manifest's line of an original that stands beside its copies; it has just these fields. */
  static JsonObject original(String fileName, Source source, String sha256) {
    JsonObject json = new JsonObject();
    json.addProperty("file_name", fileName);
    json.addProperty("label", source.label());
    json.addProperty("source", source.source());
    json.addProperty("source_sha256", sha256);
    return json;
  }

  /** {@code sgid-job.json}: all that decides the pictures, and nothing that changes by itself. */
  static JsonObject job(
      AugmentJob job, Sgid sgid, Settings settings, @Nullable GuidanceText requested) {
    JsonObject json = new JsonObject();
    json.addProperty("format", FORMAT);
    json.addProperty("sgid", Sgid.version());
    json.addProperty("in", job.in().toString());
    json.addProperty("copies", job.copies());
    json.addProperty("with_originals", job.withOriginals());
    json.addProperty("seed", sgid.seed());
    json.add("settings", settings(settings, requested));
    PackInfo models = sgid.models();
    JsonObject pack = new JsonObject();
    pack.addProperty("name", models.name());
    pack.addProperty("version", models.version());
    pack.addProperty("digest", sgid.pack() == null ? null : sgid.pack().digest());
    json.add("pack", pack);
    json.addProperty("runtime", models.runtime());
    json.addProperty("provider", models.provider());
    json.addProperty("dtype", models.dtype());
    return json;
  }

  private static JsonObject settings(Settings settings, @Nullable GuidanceText requested) {
    JsonObject json = new JsonObject();
    json.addProperty("noise_rate", settings.noiseRate());
    json.addProperty("steps", settings.steps());
    json.addProperty("scheduler", settings.scheduler());
    json.addProperty("eta", settings.eta());
    json.addProperty("guidance", settings.guidance().toString());
    json.addProperty("guidance_requested", requested == null ? null : requested.toString());
    json.addProperty("prompt", settings.prompt().text());
    json.addProperty("negative_prompt", settings.negativePrompt());
    json.addProperty("captions", settings.captions());
    json.addProperty("caption_choice", settings.captionChoice().toString());
    Size size = settings.size();
    json.add("size", size == null ? null : size(size));
    json.addProperty("output_size", name(settings.outputSize()));
    return json;
  }

  private static JsonArray size(Size size) {
    return array(size.width(), size.height());
  }

  private static JsonObject fit(Fit fit) {
    JsonObject json = new JsonObject();
    json.add("scaled", size(fit.scaled()));
    json.add("padding", array(fit.left(), fit.top(), fit.right(), fit.bottom()));
    return json;
  }

  private static JsonArray array(int... numbers) {
    JsonArray array = new JsonArray();
    for (int number : numbers) {
      array.add(number);
    }
    return array;
  }

  private static String name(OutputSize outputSize) {
    return outputSize.name().toLowerCase(Locale.ROOT);
  }
}

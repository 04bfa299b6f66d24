package dev.sgid.dataset;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import dev.sgid.BackendOptions.Part;
import dev.sgid.PackInfo;
import dev.sgid.Settings;
import dev.sgid.Sgid;
import dev.sgid.dataset.internal.keep.KeepBounds;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code sgid-job.json} and the lines of {@code failures.jsonl}. Fields stand in a fixed order. */
final class JobJson {
  /** Rises when a reader of older files would misread newer ones. */
  static final int FORMAT = 1;

  /** What copies are held against. */
  static final String KEEP_BOUNDS = "keep_bounds";

  private static final Gson LINE =
      new GsonBuilder().disableHtmlEscaping().serializeNulls().create();
  private static final Gson FILE =
      new GsonBuilder().disableHtmlEscaping().serializeNulls().setPrettyPrinting().create();

  private JobJson() {}

  /** A line of {@code failures.jsonl} and of the journal, with its end. */
  static String line(Failure failure) {
    Map<String, String> json = new LinkedHashMap<>();
    json.put("source", failure.source());
    json.put("reason", failure.reason());
    return LINE.toJson(json) + "\n";
  }

  /** {@code sgid-job.json}: all that decides the pictures, and nothing that changes by itself. */
  static String job(
      AugmentJob job, Sgid sgid, Settings settings, List<String> classes, KeepBounds bounds) {
    PackInfo models = sgid.pack();
    Map<String, @Nullable Object> pack = new LinkedHashMap<>();
    pack.put("name", models.name());
    pack.put("version", models.version());
    pack.put("digest", sgid.packDigest().orElse(null));
    pack.put("others", others(sgid));
    pack.put("safety_checker", safetyChecker(models));
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("format", FORMAT);
    json.put("sgid", Sgid.version());
    json.put("in", job.in().folder().toString());
    json.put("reader", job.in().format());
    json.put("writer", job.format().toString());
    json.put("image_format", job.imageFormat().toString());
    json.put("classes", classes);
    Balance balance = job.copies().balance();
    json.put("copies", job.copiesOfEach());
    json.put("copies_by_class", copies(job.labels(), classes));
    json.put("balance", balance == null ? null : balance.toString());
    json.put("with_originals", job.withOriginals());
    json.put("labels", labels(job.labels(), classes));
    json.put("captions_sha256", job.captions().sha256());
    json.put("keep", job.keep().toString());
    json.put("when_rejected", job.whenRejected().toString());
    json.put(KEEP_BOUNDS, bounds.toMap());
    json.put("seed", sgid.seed());
    json.put("settings", settings(settings, job.calibration()));
    json.put("pack", pack);
    json.put("runtime", models.runtime());
    json.put("provider", models.provider());
    json.put("dtype", models.dtype());
    return FILE.toJson(json) + "\n";
  }

  /** What stands in for parts of the pack, folders by their digests; null where nothing does. */
  private static @Nullable Map<String, String> others(Sgid sgid) {
    Map<Part, String> all = new EnumMap<>(Part.class);
    all.putAll(sgid.pack().others());
    all.putAll(sgid.partDigests());
    Map<String, String> others = new LinkedHashMap<>();
    all.forEach((part, other) -> others.put(part.name().toLowerCase(Locale.ROOT), other));
    return others.isEmpty() ? null : others;
  }

  private static @Nullable String safetyChecker(PackInfo pack) {
    return pack.safetyChecker() == PackInfo.SafetyChecker.NONE
        ? null
        : pack.safetyChecker().name().toLowerCase(Locale.ROOT);
  }

  private static Map<String, Integer> copies(Labels labels, List<String> classes) {
    Map<String, Integer> copies = new LinkedHashMap<>();
    labels
        .byLabel()
        .forEach(
            (label, of) -> {
              if (of.copies() != null && classes.contains(label)) {
                copies.put(label, of.copies());
              }
            });
    return copies;
  }

  private static Map<String, Object> labels(Labels labels, List<String> classes) {
    Map<String, Object> ofClasses = new LinkedHashMap<>();
    labels
        .byLabel()
        .forEach(
            (label, of) -> {
              if (!of.toMap().isEmpty() && classes.contains(label)) {
                ofClasses.put(label, of.toMap());
              }
            });
    return ofClasses;
  }

  private static Map<String, @Nullable Object> settings(
      Settings settings, @Nullable CalibratedGuidance requested) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>(settings.toMap());
    json.put("guidance_requested", requested == null ? null : requested.toString());
    return json;
  }
}

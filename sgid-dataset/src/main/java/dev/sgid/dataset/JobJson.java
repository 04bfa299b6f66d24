package dev.sgid.dataset;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
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

  private static final String COPIES_BY_CLASS = "copies_by_class";
  private static final String LABELS = "labels";
  private static final String SETTINGS = "settings";
  private static final String REQUESTED = "guidance_requested";

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

  /**
   * What a job is asked for.
   *
   * @param in where the data set lies
   * @param reader what it was taken for
   * @param writer how the pictures are laid out
   * @param copies of each image
   * @param captionsSha256 of the file of captions; null for none
   * @param guidance that is calibrated; null for one that is given
   */
  record Asked(
      String in,
      String reader,
      String writer,
      ImageFormat imageFormat,
      int copies,
      @Nullable Balance balance,
      boolean withOriginals,
      Labels labels,
      @Nullable String captionsSha256,
      Keep keep,
      WhenRejected whenRejected,
      @Nullable CalibratedGuidance guidance) {}

  /** What a job was asked for, by its job file or what {@link #asked(Asked, List)} gives. */
  static Asked asked(JsonObject json) {
    Map<String, Map<String, String>> classes = new LinkedHashMap<>();
    json.getAsJsonObject(LABELS)
        .asMap()
        .forEach((label, of) -> classes.put(label, texts(of.getAsJsonObject())));
    json.getAsJsonObject(COPIES_BY_CLASS)
        .asMap()
        .forEach(
            (label, copies) ->
                classes
                    .computeIfAbsent(label, none -> new LinkedHashMap<>())
                    .put("copies", copies.getAsString()));
    Map<String, Labels.OfClass> labels = new LinkedHashMap<>();
    classes.forEach((label, of) -> labels.put(label, Labels.OfClass.of(of)));
    String balance = text(json, "balance");
    String guidance = text(json.getAsJsonObject(SETTINGS), REQUESTED);
    return new Asked(
        json.get("in").getAsString(),
        json.get("reader").getAsString(),
        json.get("writer").getAsString(),
        ImageFormat.parse(json.get("image_format").getAsString()),
        json.get("copies").getAsInt(),
        balance == null ? null : Balance.parse(balance),
        json.get("with_originals").getAsBoolean(),
        new Labels(labels),
        text(json, "captions_sha256"),
        Keep.parse(json.get("keep").getAsString()),
        WhenRejected.parse(json.get("when_rejected").getAsString()),
        guidance == null ? null : CalibratedGuidance.parse(guidance));
  }

  private static Map<String, String> texts(JsonObject json) {
    Map<String, String> texts = new LinkedHashMap<>();
    json.asMap().forEach((name, value) -> texts.put(name, value.getAsString()));
    return texts;
  }

  private static @Nullable String text(JsonObject json, String name) {
    return json.get(name) instanceof JsonPrimitive text ? text.getAsString() : null;
  }

  /** The part of {@code sgid-job.json} for which no models are needed. */
  static String asked(Asked job, List<String> classes) {
    Map<String, @Nullable Object> json = json(job, classes);
    json.put(SETTINGS, settings(Map.of(), job.guidance()));
    return FILE.toJson(json);
  }

  private static Map<String, @Nullable Object> json(Asked job, List<String> classes) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("format", FORMAT);
    json.put("sgid", Sgid.version());
    json.put("in", job.in());
    json.put("reader", job.reader());
    json.put("writer", job.writer());
    json.put("image_format", job.imageFormat().toString());
    json.put("classes", classes);
    Balance balance = job.balance();
    json.put("copies", job.copies());
    json.put(COPIES_BY_CLASS, copies(job.labels(), classes));
    json.put("balance", balance == null ? null : balance.toString());
    json.put("with_originals", job.withOriginals());
    json.put(LABELS, labels(job.labels(), classes));
    json.put("captions_sha256", job.captionsSha256());
    json.put("keep", job.keep().toString());
    json.put("when_rejected", job.whenRejected().toString());
    return json;
  }

  /** {@code sgid-job.json}: all that decides the pictures, and nothing that changes by itself. */
  static String job(
      Asked job, Sgid sgid, Settings settings, List<String> classes, KeepBounds bounds) {
    PackInfo models = sgid.pack();
    Map<String, @Nullable Object> pack = new LinkedHashMap<>();
    pack.put("name", models.name());
    pack.put("version", models.version());
    pack.put("digest", sgid.packDigest().orElse(null));
    pack.put("others", others(sgid));
    pack.put("safety_checker", safetyChecker(models));
    Map<String, @Nullable Object> json = json(job, classes);
    json.put(KEEP_BOUNDS, bounds.toMap());
    json.put("seed", sgid.seed());
    json.put(SETTINGS, settings(settings.toMap(), job.guidance()));
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
      Map<String, Object> settings, @Nullable CalibratedGuidance requested) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>(settings);
    json.put(REQUESTED, requested == null ? null : requested.toString());
    return json;
  }
}

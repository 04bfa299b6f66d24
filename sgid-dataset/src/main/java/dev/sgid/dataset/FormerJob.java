package dev.sgid.dataset;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.sgid.dataset.internal.keep.KeepBounds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The {@code sgid-job.json} of the run that began a folder, against which later runs are held:
 * whatever decides a picture must be the same. Immutable.
 */
final class FormerJob {
  private static final String CLASSES = "classes";
  private static final String COPIES = "copies";
  private static final String COPIES_BY_CLASS = "copies_by_class";
  private static final String BALANCE = "balance";
  private static final String LABELS = "labels";
  private static final String KEEP = "keep";
  private static final String SETTINGS = "settings";
  private static final String GUIDANCE = "guidance";
  private static final String REQUESTED = "guidance_requested";

  /** What may differ: where the data set lies, and what runs the models. */
  private static final Set<String> FREE =
      Set.of(
          "format",
          "in",
          CLASSES,
          COPIES,
          COPIES_BY_CLASS,
          BALANCE,
          LABELS,
          "runtime",
          "provider",
          "dtype");

  private final JsonObject json;

  private FormerJob(JsonObject json) {
    this.json = json;
  }

  /** The job that wrote a folder; null if none did. */
  static @Nullable FormerJob of(Path out) throws IOException {
    Path job = out.resolve(OutFolder.JOB);
    if (!Files.isRegularFile(job, LinkOption.NOFOLLOW_LINKS)) {
      return null;
    }
    return parse(Files.readString(job));
  }

  /** The job of a {@code sgid-job.json}; null if it is none. */
  static @Nullable FormerJob parse(String text) {
    try {
      JsonElement json = JsonParser.parseString(text);
      boolean ours =
          json.isJsonObject()
              && json.getAsJsonObject().has("sgid")
              && json.getAsJsonObject().has("format");
      return ours ? new FormerJob(json.getAsJsonObject()) : null;
    } catch (JsonParseException e) {
      return null; // somebody else's
    }
  }

  /** The classes in the order that numbers them: the job's own, and behind them what is new. */
  List<String> classes(List<String> now) {
    Set<String> all = new LinkedHashSet<>();
    if (json.get(CLASSES) instanceof JsonArray former) {
      former.forEach(label -> all.add(label.getAsString()));
    }
    all.addAll(now);
    return List.copyOf(all);
  }

  /**
   * The guidance schedule that was calibrated for {@code requested}; null if another one was.
   *
   * @param requested as the job asks for it
   */
  @Nullable String calibrated(String requested) {
    JsonObject settings = object(json, SETTINGS);
    boolean same =
        settings.has(REQUESTED)
            && settings.get(REQUESTED).isJsonPrimitive()
            && settings.get(REQUESTED).getAsString().equals(requested);
    return same && settings.has(GUIDANCE) ? settings.get(GUIDANCE).getAsString() : null;
  }

  /**
   * The bounds that copies were held against; null where others were asked for.
   *
   * @param keep as the job asks for it
   */
  @Nullable KeepBounds bounds(Keep keep) {
    boolean same =
        json.has(KEEP)
            && json.get(KEEP).isJsonPrimitive()
            && json.get(KEEP).getAsString().equals(keep.toString());
    return same && json.has(JobJson.KEEP_BOUNDS)
        ? KeepBounds.of(object(json, JobJson.KEEP_BOUNDS))
        : null;
  }

  /**
   * Refuses a job that would not make the same pictures.
   *
   * @param description its {@code sgid-job.json}
   */
  void requireSame(AugmentJob job, String description) {
    requireSame(job.out().toString(), description, job.copies().covers(job.in(), copies(job.in())));
  }

  /**
   * Refuses a job that would not make the same pictures.
   *
   * @param out where they go
   * @param description its {@code sgid-job.json}
   * @param covers whether it makes at least as many of each image
   */
  void requireSame(String out, String description, boolean covers) {
    JsonObject now = JsonParser.parseString(description).getAsJsonObject();
    List<String> differences = differences(now);
    for (String label : classes(List.of())) { // new ones may have whatever they want
      JsonElement before = ofClass(json, label);
      JsonElement after = ofClass(now, label);
      if (!before.equals(after)) {
        differences.add(difference(LABELS + "." + label, before, after));
      }
    }
    if (!covers) {
      for (String name : List.of(COPIES, COPIES_BY_CLASS, BALANCE)) {
        JsonElement before = json.has(name) ? json.get(name) : JsonNull.INSTANCE;
        JsonElement after = now.get(name);
        if (!before.equals(after)) {
          differences.add(difference(name, before, after) + " (may only grow)");
        }
      }
    }
    if (!differences.isEmpty()) {
      throw new DatasetException(
          out
              + " was begun with other settings: "
              + String.join("; ", differences)
              + ". Go on with the same ones, choose another folder, or begin anew (--overwrite)");
    }
  }

  /** As many as the job asks for, of the data set as it is now. */
  private CopyCounts copies(DatasetReader in) {
    return new CopyCounts(in, copies(), balance());
  }

  /** As many as it asked for, by class. */
  ToIntFunction<String> copies() {
    int others = json.has(COPIES) ? json.get(COPIES).getAsInt() : 1;
    JsonObject byClass = object(json, COPIES_BY_CLASS);
    return label -> byClass.has(label) ? byClass.get(label).getAsInt() : others;
  }

  @Nullable Balance balance() {
    boolean balanced = json.has(BALANCE) && !json.get(BALANCE).isJsonNull();
    return balanced ? Balance.parse(json.get(BALANCE).getAsString()) : null;
  }

  private static JsonElement ofClass(JsonObject job, String label) {
    return object(job, LABELS).has(label) ? object(job, LABELS).get(label) : JsonNull.INSTANCE;
  }

  /** In what another job file decides pictures otherwise; how many copies there are does not. */
  List<String> differences(JsonObject now) {
    List<String> differences = new ArrayList<>();
    compare(true, "", json, now, differences);
    return differences;
  }

  private static void compare(
      boolean top, String prefix, JsonObject before, JsonObject now, List<String> differences) {
    Set<String> names = new LinkedHashSet<>(before.keySet());
    names.addAll(now.keySet());
    names.removeIf(name -> top && FREE.contains(name));
    for (String name : names) {
      JsonElement a = before.has(name) ? before.get(name) : JsonNull.INSTANCE;
      JsonElement b = now.has(name) ? now.get(name) : JsonNull.INSTANCE;
      if (a.isJsonObject() && b.isJsonObject()) {
        String inner = name.equals(SETTINGS) ? "" : prefix + name + ".";
        compare(false, inner, a.getAsJsonObject(), b.getAsJsonObject(), differences);
      } else if (!a.equals(b)) {
        differences.add(difference(prefix + name, a, b));
      }
    }
  }

  private static String difference(String name, JsonElement before, JsonElement now) {
    return name + " was " + before + ", is " + now;
  }

  private static JsonObject object(JsonObject json, String name) {
    return json.get(name) instanceof JsonObject object ? object : new JsonObject();
  }
}

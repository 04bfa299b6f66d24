package dev.sgid.dataset.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.sgid.dataset.report.HtmlReport.Chart;
import dev.sgid.internal.Sha256;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * A report's data, as {@code model.js} reads them: what is counted over the whole data set, and the
 * pictures that are shown.
 *
 * @param title what the report is of
 * @param json the data
 */
record ReportData(String title, JsonObject json) {
  private static final int FORMAT = 1;
  private static final int ID_DIGITS = 16;
  private static final List<String> DECIDES = List.of("seed", "pack", "settings");

  static ReportData of(Manifest manifest, Gathered gathered, List<Chart> charts) {
    JsonObject job = manifest.job().deepCopy();
    job.remove("in"); // where it lay is nobody's business
    String title = title(manifest.job());
    List<Picture> copies = manifest.copies();
    JsonObject data = new JsonObject();
    data.addProperty("format", FORMAT);
    data.addProperty("title", title);
    data.addProperty("id", id(job));
    data.add("job", job);
    data.addProperty("pictures", copies.size());
    data.addProperty("shown", gathered.contents().size());
    data.addProperty("originals", copies.stream().map(Picture::source).distinct().count());
    data.addProperty("failures", manifest.failures());
    data.addProperty("rejected", manifest.rejected());
    data.addProperty("dropped", manifest.dropped());
    data.addProperty("withoutPicture", gathered.contents().withoutPicture());
    data.addProperty("originalsMissing", gathered.originalsMissing());
    data.addProperty("thumbnailsInBlock", Page.THUMBNAILS);
    data.add("consistency", Histogram.of(copies, Picture::consistency));
    data.add("similarity", Histogram.of(copies, Picture::similarity));
    data.add("guidance", Histogram.of(copies, Picture::guidance));
    data.add("classes", classes(copies));
    data.add("charts", charts(charts));
    gathered.contents().putInto(data);
    return new ReportData(title, data);
  }

  private static String title(JsonObject job) {
    if (job.get("in") instanceof JsonPrimitive in) {
      Path name = Path.of(in.getAsString()).getFileName();
      return name == null ? in.getAsString() : name.toString();
    }
    return "augmented pictures";
  }

  /** Under what a browser keeps marks: by what decides pictures, however many there are. */
  private static String id(JsonObject job) {
    JsonArray decides = new JsonArray();
    DECIDES.forEach(name -> decides.add(job.get(name)));
    return Sha256.hex(decides.toString().getBytes(UTF_8)).substring(0, ID_DIGITS);
  }

  private static JsonArray classes(List<Picture> copies) {
    Map<String, List<Picture>> byLabel = new TreeMap<>();
    copies.forEach(
        picture -> byLabel.computeIfAbsent(picture.label(), l -> new ArrayList<>()).add(picture));
    JsonArray classes = new JsonArray();
    byLabel.forEach(
        (label, pictures) -> {
          JsonObject json = new JsonObject();
          json.addProperty("label", label);
          json.addProperty("pictures", pictures.size());
          putMean(json, "consistency", Histogram.of(pictures, Picture::consistency));
          putMean(json, "similarity", Histogram.of(pictures, Picture::similarity));
          classes.add(json);
        });
    return classes;
  }

  private static void putMean(JsonObject json, String name, JsonObject histogram) {
    JsonElement mean = histogram.get("mean");
    if (mean != null) {
      json.add(name, mean);
      json.add(name + "Low", Objects.requireNonNull(histogram.get("low"), "low"));
    }
  }

  /** As images: what is in them can't reach the page. */
  private static JsonArray charts(List<Chart> charts) {
    JsonArray array = new JsonArray();
    for (Chart chart : charts) {
      JsonObject json = new JsonObject();
      json.addProperty("title", chart.title());
      json.addProperty("image", chart.image());
      array.add(json);
    }
    return array;
  }
}

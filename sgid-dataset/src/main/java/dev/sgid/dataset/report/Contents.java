package dev.sgid.dataset.report;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The pictures of a report, as they are added: their lines, and the small pictures themselves,
 * which are counted so that originals are there once. What is the same in all lines is kept apart.
 *
 * <p>For one thread.
 */
final class Contents {
  /** What is known of a picture's source, or of no use to a person. */
  private static final Set<String> LEFT_OUT = Set.of("source", "label", "group", "source_sha256");

  private static final int NONE = -1;

  private final Map<String, Integer> sources = new LinkedHashMap<>(); // index by name
  private final JsonArray sourceRows = new JsonArray();
  private final List<Row> rows = new ArrayList<>();
  private final List<String> thumbnails = new ArrayList<>();
  private final Map<String, JsonElement> common = new LinkedHashMap<>();
  private final Set<String> varying = new HashSet<>();
  private final Set<String> order = new LinkedHashSet<>(); // of all fields
  private long bytes;

  /**
   * What is seen of a picture.
   *
   * @param thumbnail a URI; null if there is none
   * @param problem why there is none
   */
  record Seen(@Nullable String thumbnail, @Nullable String problem) {}

  private record Row(int source, int thumbnail, @Nullable String problem, String line) {}

  boolean hasSource(String source) {
    return sources.containsKey(source);
  }

  void addSource(String source, String label, Seen seen) {
    JsonArray row = new JsonArray();
    row.add(source);
    row.add(label);
    row.add(thumbnail(seen));
    row.add(seen.problem());
    sources.put(source, sources.size());
    sourceRows.add(row);
    bytes += 2L * source.length();
  }

  void add(JsonObject line, Seen seen) {
    Integer source = sources.get(line.get("source").getAsString());
    if (source == null) {
      throw new IllegalStateException("A copy of an original that was not added");
    }
    order.addAll(line.keySet());
    for (String field : order) {
      boolean open = !LEFT_OUT.contains(field) && !varying.contains(field);
      if (open && rows.isEmpty()) {
        common.put(field, line.get(field));
      } else if (open && !Objects.equals(line.get(field), common.get(field))) {
        common.remove(field); // also where older lines lack it
        varying.add(field);
      }
    }
    String text = line.toString();
    rows.add(new Row(source, thumbnail(seen), seen.problem(), text));
    bytes += text.length() / 2; // about what varies
  }

  private int thumbnail(Seen seen) {
    if (seen.thumbnail() == null) {
      return NONE;
    }
    thumbnails.add(seen.thumbnail());
    bytes += seen.thumbnail().length();
    return thumbnails.size() - 1;
  }

  int size() {
    return rows.size();
  }

  /** About how long they make the file. */
  long bytes() {
    return bytes;
  }

  List<String> thumbnails() {
    return thumbnails;
  }

  /** How many originals and copies have no picture. */
  int withoutPicture() {
    return sourceRows.size() + rows.size() - thumbnails.size();
  }

  /** Puts them into the report's data. */
  void putInto(JsonObject data) {
    List<String> fields = order.stream().filter(varying::contains).toList();
    JsonArray names = new JsonArray();
    fields.forEach(names::add);
    JsonObject same = new JsonObject();
    common.forEach(same::add);
    JsonArray all = new JsonArray();
    for (Row row : rows) {
      JsonObject line = JsonParser.parseString(row.line()).getAsJsonObject();
      JsonArray values = new JsonArray();
      values.add(row.source());
      values.add(row.thumbnail());
      values.add(row.problem());
      fields.forEach(field -> values.add(line.has(field) ? line.get(field) : JsonNull.INSTANCE));
      all.add(values);
    }
    data.add("common", same);
    data.add("fields", names);
    data.add("sources", sourceRows);
    data.add("rows", all);
  }
}

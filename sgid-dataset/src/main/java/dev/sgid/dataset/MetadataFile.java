package dev.sgid.dataset;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code metadata.jsonl}, {@code metadata.csv} and tables of their kind: of each line, what
 * is of use here, under any of the names that people give it.
 */
final class MetadataFile {
  static final String JSONL = "metadata.jsonl";
  static final String CSV = "metadata.csv";
  private static final List<String> FILE_NAME = List.of("file_name", "path", "file", "image");
  private static final List<String> LABEL = List.of("label", "class");
  private static final List<String> CAPTION = List.of("caption");

  private MetadataFile() {}

  /**
   * A line.
   *
   * @param number in the file, from 1
   * @param fileName relative to the file's folder; null where the line has none
   * @param label the class; null where the line has none
   * @param caption what the image shows; null where the line has none
   */
  record Row(
      long number, @Nullable String fileName, @Nullable String label, @Nullable String caption) {}

  /**
   * All lines.
   *
   * @throws DatasetException naming the line that can't be understood
   */
  static List<Row> read(Path file) throws IOException {
    return new TableFile<Row>(
        file, CSVFormat.DEFAULT.builder().setHeader().setSkipHeaderRecord(true)) {
      @Override
      Row row(long line, CSVRecord values) {
        return new Row(line, cell(values, FILE_NAME), cell(values, LABEL), cell(values, CAPTION));
      }

      @Override
      Row row(long line, JsonObject json) {
        return new Row(line, text(json, FILE_NAME), text(json, LABEL), text(json, CAPTION));
      }
    }.rows();
  }

  /** A text or a number, as text, under the first of these names that there is. */
  private static @Nullable String text(JsonObject json, List<String> names) {
    for (String name : names) {
      JsonElement value = json.get(name);
      if (value != null && value.isJsonPrimitive() && !value.getAsJsonPrimitive().isBoolean()) {
        return value.getAsString();
      }
    }
    return null;
  }

  private static @Nullable String cell(CSVRecord line, List<String> columns) {
    for (String column : columns) {
      if (line.isSet(column) && !line.get(column).isEmpty()) {
        return line.get(column);
      }
    }
    return null;
  }
}

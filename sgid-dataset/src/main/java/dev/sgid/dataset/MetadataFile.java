package dev.sgid.dataset;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
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
  private static final char BYTE_ORDER_MARK = '\ufeff';

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
    try (BufferedReader reader = Files.newBufferedReader(file, UTF_8)) {
      reader.mark(1);
      if (reader.read() != BYTE_ORDER_MARK) {
        reader.reset();
      }
      return FileName.of(file).text().toLowerCase(Locale.ROOT).endsWith(".csv")
          ? csv(file, reader)
          : jsonLines(file, reader);
    } catch (CharacterCodingException e) {
      throw new DatasetException(file + " is not UTF-8", e);
    }
  }

  private static List<Row> jsonLines(Path file, BufferedReader reader) throws IOException {
    List<Row> rows = new ArrayList<>();
    long number = 0;
    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
      number++;
      if (line.isBlank()) {
        continue;
      }
      JsonObject json;
      try {
        json = JsonParser.parseString(line).getAsJsonObject();
      } catch (JsonParseException | IllegalStateException e) {
        throw unreadable(file, number, "is no JSON object", e);
      }
      rows.add(new Row(number, text(json, FILE_NAME), text(json, LABEL), text(json, CAPTION)));
    }
    return rows;
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

  private static List<Row> csv(Path file, BufferedReader reader) throws IOException {
    CSVFormat format =
        CSVFormat.DEFAULT.builder().setHeader().setSkipHeaderRecord(true).setTrim(true).get();
    List<Row> rows = new ArrayList<>();
    try (CSVParser parser = CSVParser.parse(reader, format)) {
      for (CSVRecord line : parser) {
        rows.add(
            new Row(
                parser.getCurrentLineNumber(),
                cell(line, FILE_NAME),
                cell(line, LABEL),
                cell(line, CAPTION)));
      }
    } catch (UncheckedIOException e) {
      throw noTable(file, Reason.of(e), e);
    } catch (IllegalArgumentException e) {
      throw noTable(file, String.valueOf(e.getMessage()), e);
    }
    return rows;
  }

  private static DatasetException noTable(Path file, String reason, Exception e) {
    return new DatasetException(file + " is no table of comma-separated values: " + reason, e);
  }

  private static @Nullable String cell(CSVRecord line, List<String> columns) {
    for (String column : columns) {
      if (line.isSet(column) && !line.get(column).isEmpty()) {
        return line.get(column);
      }
    }
    return null;
  }

  private static DatasetException unreadable(Path file, long line, String what, Exception e) {
    return new DatasetException(file + ", line " + line + ", " + what, e);
  }
}

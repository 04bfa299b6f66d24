package dev.sgid.dataset;

import static java.nio.charset.StandardCharsets.UTF_8;

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
 * Reads tables that people write: comma-separated values where the file is called so, else a JSON
 * object a line; in UTF-8, with a byte order mark or without.
 *
 * @param <R> a row
 */
abstract class TableFile<R> {
  private static final char BYTE_ORDER_MARK = '\ufeff';

  private final Path file;
  private final CSVFormat format;

  /**
   * A table.
   *
   * @param format of comma-separated values
   */
  TableFile(Path file, CSVFormat.Builder format) {
    this.file = file;
    this.format = format.setTrim(true).get();
  }

  /** The row of a line of values; null for none. */
  abstract @Nullable R row(long line, CSVRecord values);

  /** The row of a line of JSON. */
  abstract R row(long line, JsonObject json);

  /**
   * All rows.
   *
   * @throws DatasetException naming the line that can't be understood
   */
  List<R> rows() throws IOException {
    try (BufferedReader reader = Files.newBufferedReader(file, UTF_8)) {
      reader.mark(1);
      if (reader.read() != BYTE_ORDER_MARK) {
        reader.reset();
      }
      String name = FileName.of(file.toAbsolutePath()).text().toLowerCase(Locale.ROOT);
      return name.endsWith(".csv") ? values(reader) : jsonLines(reader);
    } catch (CharacterCodingException e) {
      throw new DatasetException(file + " is not UTF-8", e);
    }
  }

  private List<R> jsonLines(BufferedReader reader) throws IOException {
    List<R> rows = new ArrayList<>();
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
        throw wrong(number, "is no JSON object", e);
      }
      rows.add(row(number, json));
    }
    return rows;
  }

  private List<R> values(BufferedReader reader) throws IOException {
    List<R> rows = new ArrayList<>();
    try (CSVParser parser = CSVParser.parse(reader, format)) {
      requireCommas(parser.getHeaderNames());
      for (CSVRecord values : parser) {
        if (values.getRecordNumber() == 1) {
          requireCommas(values.toList());
        }
        R row = row(parser.getCurrentLineNumber(), values);
        if (row != null) {
          rows.add(row);
        }
      }
    } catch (UncheckedIOException e) {
      throw noTable(Reason.of(e), e);
    } catch (IllegalArgumentException e) {
      throw noTable(String.valueOf(e.getMessage()), e);
    }
    return rows;
  }

  /** Spreadsheets of half the world put semicolons where the others put commas. */
  private void requireCommas(List<String> firstLine) {
    if (firstLine.size() != 1) {
      return;
    }
    for (String separator : List.of(";", "\t")) {
      if (firstLine.get(0).contains(separator)) {
        throw new DatasetException(
            "%s has %s between its values: separate them by commas"
                .formatted(file, separator.equals(";") ? "semicolons" : "tabs"));
      }
    }
  }

  private DatasetException noTable(String reason, Exception e) {
    return new DatasetException(file + " is no table of comma-separated values: " + reason, e);
  }

  /** What is wrong with a line. */
  DatasetException wrong(long line, String what, @Nullable Exception cause) {
    return new DatasetException(file + ", line " + line + ", " + what, cause);
  }
}

package dev.sgid.dataset.report;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.nio.file.Path;

/**
 * A picture that a manifest lists: what it is sorted and counted by, and where its line stands, so
 * that a million fit.
 *
 * @param source what it was made from
 * @param label its class
 * @param copy index of the copy; {@link #ORIGINAL} for an original that stands beside its copies
 * @param consistency cosine of copy and original; NaN where the line doesn't say
 * @param similarity cosine of caption and original; NaN where the line doesn't say
 * @param guidance the guidance scale; NaN where the line doesn't say
 * @param in the file its line stands in
 * @param offset of the line in that file
 * @param length of the line in bytes
 */
record Picture(
    String source,
    String label,
    int copy,
    double consistency,
    double similarity,
    double guidance,
    Path in,
    long offset,
    int length) {
  static final int ORIGINAL = -1;

  /** The picture of a line. */
  static Picture of(JsonObject line, Path in, long offset, int length) {
    double copy = number(line, "copy");
    return new Picture(
        line.get("source").getAsString(),
        line.get("label").getAsString().intern(),
        Double.isNaN(copy) ? ORIGINAL : (int) copy,
        number(line, "consistency"),
        number(line, "similarity"),
        number(line, "guidance_scale"),
        in,
        offset,
        length);
  }

  private static double number(JsonObject line, String field) {
    JsonElement value = line.get(field);
    return value instanceof JsonPrimitive primitive && primitive.isNumber()
        ? primitive.getAsDouble()
        : Double.NaN;
  }

  boolean isOriginal() {
    return copy == ORIGINAL;
  }
}

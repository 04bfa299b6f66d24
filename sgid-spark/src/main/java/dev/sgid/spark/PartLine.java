package dev.sgid.spark;

import com.google.gson.Gson;
import dev.sgid.dataset.ManifestLine;
import java.util.Locale;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * A line of what a task has written: of a picture, a dropped copy, a failure or a file. As JSON its
 * components stand under their names.
 *
 * @param kind what it tells of
 * @param label the image's class; empty where it has none
 * @param source the image
 * @param copy index of the copy; -1 for an original or where there is none
 * @param attempt which try of the copy
 * @param text the line of the manifest, of the dropped copies or the failures; a file's name
 */
record PartLine(String kind, String label, String source, int copy, int attempt, String text) {
  private static final Gson JSON = new Gson();

  /** Of the table that Spark reads. */
  static final StructType TABLE =
      new StructType()
          .add("kind", DataTypes.StringType)
          .add("label", DataTypes.StringType)
          .add("source", DataTypes.StringType)
          .add("copy", DataTypes.IntegerType)
          .add("attempt", DataTypes.IntegerType)
          .add("text", DataTypes.StringType);

  /** What there is to tell. */
  enum Kind {
    MADE,
    DROPPED,
    FAILED,
    FILE;

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** A picture, or a copy that is not kept. */
  static PartLine of(Kind kind, ManifestLine line) {
    Integer copy = line.copy();
    return new PartLine(
        kind.text(),
        line.label(),
        line.source(),
        copy == null ? -1 : copy,
        line.verdict() == null ? 0 : line.verdict().attempt(),
        line.toJson());
  }

  /** Something that went wrong. */
  static PartLine failed(String label, String source, String reason) {
    return new PartLine(
        Kind.FAILED.text(), label, source, -1, 0, JSON.toJson(new Failed(source, reason)));
  }

  /** A file that was put into the folder. */
  static PartLine file(String name) {
    return new PartLine(Kind.FILE.text(), "", "", -1, 0, name);
  }

  private record Failed(String source, String reason) {}

  String toJson() {
    return JSON.toJson(this);
  }

  static PartLine parse(String json) {
    return JSON.fromJson(json, PartLine.class);
  }

  boolean is(Kind other) {
    return kind.equals(other.text());
  }
}

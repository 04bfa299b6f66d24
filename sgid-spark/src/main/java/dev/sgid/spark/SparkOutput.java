package dev.sgid.spark;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_set;
import static org.apache.spark.sql.functions.lit;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import dev.sgid.dataset.DatasetException;
import dev.sgid.dataset.OutputFormat;
import dev.sgid.spark.PartLine.Kind;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.jspecify.annotations.Nullable;

/**
 * The folder that a job writes, as the driver sees it: what former runs have put there, and what is
 * made of the tasks' parts in the end: the very files of a run on one machine.
 *
 * <p>Parts lie in {@value #PARTS} as long as the job is not done. Their lines are sorted by Spark
 * and pass the driver one after the other, so that it needs no memory for them.
 */
final class SparkOutput {
  /** As it is called in the options. */
  static final String PARQUET = "parquet";

  static final String PARTS = ".sgid-spark";

  private static final String JOB = "sgid-job.json";
  private static final String MANIFEST = "metadata.jsonl";
  private static final String DROPPED = "dropped.jsonl";
  private static final String REJECTED = "rejected.jsonl";
  private static final String FAILURES = "failures.jsonl";
  private static final Pattern PART = Pattern.compile("part-(\\d+)\\.(jsonl|begun)");
  private static final Pattern SHARD = Pattern.compile("shard-(\\d{6,9})\\.tar");
  private static final Pattern FILE = Pattern.compile("part-(\\d+)\\.parquet");
  private static final int SHARDS = 1000;

  private final SparkSession spark;
  private final OutStore store;
  private final String out;
  private final String format;

  SparkOutput(SparkSession spark, OutStore store, String out, String format) {
    this.spark = spark;
    this.store = store;
    this.out = out;
    this.format = format;
  }

  static String part(int number) {
    return PARTS + "/part-" + number + ".jsonl";
  }

  static String begun(int number) {
    return PARTS + "/part-" + number + ".begun";
  }

  static String parquet(int number) {
    return String.format("part-%06d.parquet", number);
  }

  /** The {@code sgid-job.json} that is there; null for none. */
  @Nullable String job() throws IOException {
    try (InputStream in = store.open(JOB)) {
      return new String(in.readAllBytes(), UTF_8);
    } catch (FileNotFoundException e) {
      return null;
    }
  }

  /**
   * Refuses a folder that somebody else has written, and removes what tasks of a run that was cut
   * short had begun to put in place.
   */
  void begin(@Nullable String job) throws IOException {
    if (job == null && !store.list("").isEmpty()) {
      throw new DatasetException(
          out + " is not empty, and no run of sgid wrote it: choose another folder");
    }
    for (String name : store.list(PARTS)) {
      if (name.endsWith(".begun")) {
        for (PartLine line : lines(PARTS + "/" + name)) {
          if (line.is(Kind.FILE)) {
            store.delete(line.text());
          }
        }
        store.delete(PARTS + "/" + name);
      } else if (!PART.matcher(name).matches()) {
        store.delete(PARTS + "/" + name);
      }
    }
  }

  private List<PartLine> lines(String name) throws IOException {
    try (InputStream in = store.open(name)) {
      return new String(in.readAllBytes(), UTF_8).lines().map(PartLine::parse).toList();
    }
  }

  /** The first number that no part, shard or file has. */
  int base() throws IOException {
    int base = 0;
    for (String name : store.list(PARTS)) {
      base = Math.max(base, number(PART, name) + 1);
    }
    for (String name : store.list("")) {
      int shard = number(SHARD, name);
      base = Math.max(base, shard < 0 ? 0 : shard / SHARDS + 1);
      base = Math.max(base, number(FILE, name) + 1);
    }
    return base;
  }

  private static int number(Pattern pattern, String name) {
    Matcher matcher = pattern.matcher(name);
    return matcher.matches() ? Integer.parseInt(matcher.group(1)) : -1;
  }

  /** What is there: {@code source} and {@code made}, the indices of its copies. */
  Dataset<Row> made() throws IOException {
    Dataset<Row> lines = told().where(col("kind").isin("made", "dropped"));
    if (format.equals(PARQUET)) {
      List<String> files = uris("", FILE);
      if (!files.isEmpty()) {
        lines =
            lines
                .select("source", "copy")
                .union(
                    spark
                        .read()
                        .parquet(files.toArray(new String[0]))
                        .select(
                            col("source"),
                            org.apache.spark.sql.functions.coalesce(col("copy"), lit(-1))));
      }
    }
    return lines.groupBy("source").agg(collect_set("copy").as(SparkPlan.MADE));
  }

  /** All lines that tell of what is there: of parts, and of former runs that came to their end. */
  private Dataset<Row> told() throws IOException {
    List<String> parts = uris(PARTS, PART);
    Dataset<Row> lines =
        parts.isEmpty()
            ? spark.createDataFrame(List.of(), PartLine.TABLE)
            : spark.read().schema(PartLine.TABLE).json(parts.toArray(new String[0]));
    for (Former former :
        List.of(
            new Former(MANIFEST, Kind.MADE),
            new Former(DROPPED, Kind.DROPPED),
            new Former(REJECTED, Kind.MADE))) {
      if (store.list("").contains(former.file())) {
        lines =
            lines.union(
                spark
                    .read()
                    .textFile(store.uri(former.file()))
                    .map(former, Encoders.row(PartLine.TABLE)));
      }
    }
    return lines;
  }

  private List<String> uris(String folder, Pattern pattern) throws IOException {
    List<String> uris = new ArrayList<>();
    for (String name : store.list(folder)) {
      if (pattern.matcher(name).matches() && !name.endsWith(".begun")) {
        uris.add(store.uri(folder.isEmpty() ? name : folder + "/" + name));
      }
    }
    return uris;
  }

  /** Lines of a file that a former run ended with, as those of parts. */
  private record Former(String file, Kind kind) implements MapFunction<String, Row> {
    private static final long serialVersionUID = 1;

    @Override
    public Row call(String text) {
      PartLine line = PartLine.of(kind, dev.sgid.dataset.ManifestLine.parse(text));
      return RowFactory.create(
          line.kind(), line.label(), line.source(), line.copy(), line.attempt(), line.text());
    }
  }

  /** Writes the job file, which a later run is held against. */
  void start(String job) throws IOException {
    store.put(job.getBytes(UTF_8), JOB);
  }

  /** Has the tasks run; each puts its part in place. */
  void write(Dataset<Row> pictures, String job, int base) {
    List<String> classes = new ArrayList<>();
    for (JsonElement label :
        JsonParser.parseString(job).getAsJsonObject().getAsJsonArray("classes")) {
      classes.add(label.getAsString());
    }
    var writer =
        pictures
            .map((MapFunction<Row, Row>) SparkOutput::handedOver, Encoders.row(SgidSink.ROW))
            .write()
            .format(SgidSink.class.getName())
            .mode(SaveMode.Append);
    new TaskOutput.Place(out, format, classes, base)
        .each(option -> writer.option(option.getKey(), option.getValue()));
    writer.save();
  }

  private static Row handedOver(Row row) {
    String error = row.getAs(ManifestColumns.ERROR);
    if (error != null) {
      String label = row.getAs("label");
      String source = row.getAs("source");
      PartLine failed =
          PartLine.failed(label == null ? "" : label, source == null ? "" : source, error);
      return RowFactory.create(failed.toJson(), null);
    }
    boolean dropped = row.getAs(ManifestColumns.DROPPED);
    PartLine line = PartLine.of(dropped ? Kind.DROPPED : Kind.MADE, ManifestColumns.line(row));
    Row image = row.getAs(ManifestColumns.IMAGE);
    return RowFactory.create(line.toJson(), dropped ? null : image.<byte[]>getAs("bytes"));
  }

  /** Makes the files of a job that is done, and removes the parts. */
  void finish() throws IOException {
    Dataset<Row> told =
        told().dropDuplicates(new String[] {"kind", "source", "copy", "attempt"}).cache();
    try {
      if (!format.equals(PARQUET)) { // which has the manifest in it
        sorted(told.where(col("kind").equalTo("made")), MANIFEST, true);
      }
      sorted(told.where(col("kind").equalTo("dropped")), DROPPED, false);
      sorted(failures(), FAILURES, false);
    } finally {
      told.unpersist();
    }
    for (String name : store.list(PARTS)) {
      store.delete(PARTS + "/" + name);
    }
    store.delete(PARTS);
  }

  /** Those of this run: what failed before was tried again. */
  private Dataset<Row> failures() throws IOException {
    return told().where(col("kind").equalTo("failed"));
  }

  private void sorted(Dataset<Row> lines, String file, boolean evenIfEmpty) throws IOException {
    Column original = col("copy").equalTo(-1).cast(DataTypes.IntegerType);
    Iterator<Row> sorted =
        lines
            .orderBy(
                col("label"),
                col("source"),
                original.desc(),
                col("copy"),
                col("attempt"),
                col("text"))
            .select("text")
            .toLocalIterator();
    if (!sorted.hasNext() && !evenIfEmpty) {
      store.delete(file);
      return;
    }
    String whole = PARTS + "/" + file;
    try (OutputStream stream = new java.io.BufferedOutputStream(store.create(whole), 1 << 20)) {
      while (sorted.hasNext()) {
        stream.write((sorted.next().getString(0) + "\n").getBytes(UTF_8));
      }
    }
    store.rename(whole, file);
  }

  /**
   * Checks a format.
   *
   * @throws IllegalArgumentException if there is no such
   */
  static String format(String text) {
    String given = text.strip();
    return given.equals(PARQUET) ? PARQUET : OutputFormat.parse(given).toString();
  }

  /** How many pictures are there. */
  static long count(Dataset<Row> made) {
    Row sum =
        made.select(
                org.apache.spark.sql.functions.sum(
                    org.apache.spark.sql.functions.size(col(SparkPlan.MADE))))
            .first();
    return sum.isNullAt(0) ? 0 : sum.getLong(0);
  }
}

package dev.sgid.spark;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import dev.sgid.dataset.DatasetWriter;
import dev.sgid.dataset.ManifestLine;
import dev.sgid.dataset.OutputFormat;
import dev.sgid.dataset.OutputFormat.Former;
import dev.sgid.internal.Folders;
import dev.sgid.spark.PartLine.Kind;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.connector.write.DataWriter;
import org.apache.spark.sql.connector.write.WriterCommitMessage;
import org.jspecify.annotations.Nullable;

/**
 * What an attempt of a task writes: files in a folder of its own, by the writers that a run on one
 * machine has, and lines that tell of them. When Spark lets it commit it says what it is about to
 * do, puts the files in place and then its part. So a part that is there is whole, and of an
 * attempt that was cut short the next run knows what to remove.
 *
 * <p>For one thread.
 */
final class TaskOutput implements DataWriter<InternalRow> {
  private static final int SHARDS = 1000; // numbers that each task has

  private final Place place;
  private final int number;
  private final Configuration hadoop;
  private final List<PartLine> lines = new ArrayList<>();
  private @Nullable Path folder;
  private @Nullable DatasetWriter writer;

  /**
   * Where and how.
   *
   * @param out the folder of all
   * @param format {@code parquet}, or as {@link OutputFormat#parse} reads it
   * @param classes all labels, in the order that numbers them
   * @param base the first number that no part of a former run has
   */
  record Place(String out, String format, List<String> classes, int base) implements Serializable {
    private static final long serialVersionUID = 1;

    static Place of(Map<String, String> options) {
      List<String> classes = new ArrayList<>();
      for (int i = 0; options.containsKey("class" + i); i++) {
        classes.add(options.get("class" + i));
      }
      return new Place(
          requireNonNull(options.get("path")),
          requireNonNull(options.get("format")),
          List.copyOf(classes),
          Integer.parseInt(requireNonNull(options.get("base"))));
    }

    void each(Consumer<Map.Entry<String, String>> option) {
      option.accept(Map.entry("path", out));
      option.accept(Map.entry("format", format));
      option.accept(Map.entry("base", Integer.toString(base)));
      for (int i = 0; i < classes.size(); i++) {
        option.accept(Map.entry("class" + i, classes.get(i)));
      }
    }
  }

  /** How much a task has put in place. */
  record Committed(int lines) implements WriterCommitMessage {
    private static final long serialVersionUID = 1;
  }

  TaskOutput(Place place, int partition, Configuration hadoop) {
    this.place = place;
    this.number = Math.addExact(place.base(), partition);
    this.hadoop = hadoop;
  }

  @Override
  public void write(InternalRow row) throws IOException {
    PartLine line = PartLine.parse(row.getUTF8String(0).toString());
    if (row.isNullAt(1)) {
      lines.add(line);
      return;
    }
    byte[] file = row.getBinary(1);
    ManifestLine named = ManifestLine.parse(line.text());
    DatasetWriter open = writer();
    ManifestLine placed = named.withFileName(open.place(named.fileName(), named, file));
    open.write(placed, file);
    lines.add(PartLine.of(Kind.MADE, placed));
  }

  private DatasetWriter writer() throws IOException {
    DatasetWriter open = writer;
    if (open == null) {
      Path own = Files.createTempDirectory("sgid-task-");
      folder = own;
      open =
          place.format().equals(SparkOutput.PARQUET)
              ? new ParquetWriter(own.resolve(SparkOutput.parquet(number)), place.classes())
              : OutputFormat.parse(place.format())
                  .open(own, place.classes(), fromShard(Math.multiplyExact(number, SHARDS)))
                  .writer();
      writer = open;
    }
    return open;
  }

  /** A shard that is to be written again, and what comes behind it, is numbered from there. */
  private static Former fromShard(int first) {
    return new Former(
        List.of(), List.of(String.format("shard-%06d.tar/x", first)), true, picture -> {});
  }

  @Override
  public WriterCommitMessage commit() throws IOException {
    if (lines.isEmpty()) {
      return new Committed(0);
    }
    List<String> files = new ArrayList<>();
    if (writer != null) {
      writer.close();
      files = files(requireNonNull(folder));
    }
    if (!place.format().equals(OutputFormat.folders().toString()) && files.size() > SHARDS) {
      throw new IOException(
          "A task may write "
              + SHARDS
              + " shards, and has written "
              + files.size()
              + ": make more partitions, or larger shards");
    }
    for (String file : files) {
      lines.add(PartLine.file(file));
    }
    StringBuilder part = new StringBuilder();
    lines.forEach(line -> part.append(line.toJson()).append('\n'));
    try (OutStore out = OutStore.of(place.out(), hadoop)) {
      out.put(part.toString().getBytes(UTF_8), SparkOutput.begun(number));
      for (String file : files) {
        out.put(requireNonNull(folder).resolve(file), file);
      }
      out.rename(SparkOutput.begun(number), SparkOutput.part(number));
    }
    return new Committed(lines.size());
  }

  private static List<String> files(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile)
          .map(file -> folder.relativize(file).toString().replace('\\', '/'))
          .sorted()
          .toList();
    }
  }

  @Override
  public void abort() {} // nothing is in place; what is not, goes with close()

  @Override
  public void close() throws IOException {
    try {
      if (writer != null) {
        writer.close();
      }
    } finally {
      if (folder != null) {
        Folders.delete(folder);
      }
    }
  }
}

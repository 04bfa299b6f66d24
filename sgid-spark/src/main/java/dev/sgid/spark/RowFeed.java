package dev.sgid.spark;

import dev.sgid.dataset.RowImage;
import dev.sgid.dataset.RowImage.Content;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskContext$;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a task as images. The thread that pulls is not the task's: it is given the task's
 * context, and once closed, nothing of Spark's is touched any more.
 *
 * <p>Thread-safe.
 */
final class RowFeed implements Iterator<RowImage>, AutoCloseable {
  private final Iterator<Row> rows;
  private final Configuration hadoop;
  private final @Nullable TaskContext task = TaskContext.get();
  private final Queue<Row> bad = new ConcurrentLinkedQueue<>();
  private @Nullable RowImage next;
  private boolean closed;

  RowFeed(Iterator<Row> rows, Configuration hadoop) {
    this.rows = rows;
    this.hadoop = hadoop;
  }

  @Override
  public synchronized boolean hasNext() {
    if (task != null && TaskContext.get() == null) {
      TaskContext$.MODULE$.setTaskContext(task); // as Spark's own threads beside a task are
    }
    while (next == null && !closed && rows.hasNext()) {
      Row row = rows.next();
      try {
        next = image(row, hadoop);
      } catch (IllegalArgumentException e) {
        bad.add(
            ManifestColumns.failed(
                row.getAs(ImageColumns.SOURCE),
                row.getAs(ImageColumns.LABEL),
                String.valueOf(e.getMessage())));
      }
    }
    return next != null;
  }

  @Override
  public synchronized RowImage next() {
    if (!hasNext() || next == null) {
      throw new NoSuchElementException("There are no more images");
    }
    RowImage image = next;
    next = null;
    return image;
  }

  /** The next row that was no image of the data set, with its error; null for none yet. */
  @Nullable Row poll() {
    return bad.poll();
  }

  @Override
  public synchronized void close() {
    closed = true;
    next = null;
  }

  /**
   * A row as an image.
   *
   * @throws IllegalArgumentException saying why it is none
   */
  static RowImage image(Row row, Configuration hadoop) {
    String source = row.getAs(ImageColumns.SOURCE);
    String label = row.getAs(ImageColumns.LABEL);
    if (source == null || label == null) {
      throw new IllegalArgumentException(
          "the row has no " + (source == null ? "path and no bytes" : "label"));
    }
    String caption = row.getAs(ImageColumns.CAPTION);
    byte[] bytes = row.getAs(ImageColumns.BYTES);
    String path = row.getAs(ImageColumns.PATH);
    Content content = bytes == null ? () -> read(path, hadoop) : () -> bytes;
    return new RowImage(
        source,
        label,
        caption == null || caption.isBlank() ? null : caption.strip(),
        row.<Integer>getAs(SparkPlan.COPIES),
        row.getList(row.fieldIndex(SparkPlan.ALIKE)),
        made(row.getList(row.fieldIndex(SparkPlan.MADE))),
        content);
  }

  private static Set<Integer> made(@Nullable List<Integer> copies) {
    return copies == null ? Set.of() : new HashSet<>(copies);
  }

  private static byte[] read(@Nullable String path, Configuration hadoop) throws IOException {
    if (path == null) {
      throw new IOException("the row has no bytes and no path");
    }
    Path file = new Path(path);
    try (InputStream in = file.getFileSystem(hadoop).open(file)) {
      return in.readAllBytes();
    }
  }
}

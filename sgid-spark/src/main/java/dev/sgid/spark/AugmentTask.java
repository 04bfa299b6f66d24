package dev.sgid.spark;

import dev.sgid.dataset.RowPicture;
import dev.sgid.dataset.RowPictures;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.util.SerializableConfiguration;
import org.apache.spark.util.TaskCompletionListener;
import org.jspecify.annotations.Nullable;

/**
 * What a task does: makes the pictures of its rows, one stream over models that all tasks of the
 * worker share.
 *
 * @param wanted the models
 * @param job the text of the job's {@code sgid-job.json}
 * @param mostCopies of any image
 */
record AugmentTask(
    ModelsWanted wanted,
    Broadcast<String> job,
    int mostCopies,
    Broadcast<SerializableConfiguration> hadoop,
    Progress progress)
    implements MapPartitionsFunction<Row, Row> {
  private static final long serialVersionUID = 1;

  @Override
  public Iterator<Row> call(Iterator<Row> rows) {
    if (!rows.hasNext()) { // no models for nothing
      return rows;
    }
    WorkerModels.Lease models = WorkerModels.lease(wanted);
    try {
      progress.countOpened(models);
      RowFeed feed = new RowFeed(rows, hadoop.value().value());
      Made made =
          new Made(models, feed, models.job(job.value(), mostCopies).pictures(feed), progress);
      TaskContext task = TaskContext.get();
      if (task != null) { // also where the task fails or is killed
        task.addTaskCompletionListener((TaskCompletionListener) context -> made.close());
      }
      return made;
    } catch (RuntimeException | Error e) {
      models.close();
      throw e;
    }
  }

  /** Pictures as rows, as they are done, and at the end what was no image. */
  private static final class Made implements Iterator<Row>, AutoCloseable {
    private final WorkerModels.Lease models;
    private final RowFeed feed;
    private final RowPictures pictures;
    private final Progress progress;
    private @Nullable Row bad;
    private boolean closed;

    Made(WorkerModels.Lease models, RowFeed feed, RowPictures pictures, Progress progress) {
      this.models = models;
      this.feed = feed;
      this.pictures = pictures;
      this.progress = progress;
    }

    @Override
    public boolean hasNext() {
      if (closed) {
        return false;
      }
      if (pictures.hasNext()) {
        return true;
      }
      bad = bad == null ? feed.poll() : bad;
      if (bad == null) {
        close(); // the models may be another job's now
      }
      return bad != null;
    }

    @Override
    public Row next() {
      if (!hasNext()) {
        throw new NoSuchElementException("There are no more pictures");
      }
      Row row = bad;
      if (row != null) {
        bad = null;
        progress.countFailure();
        return row;
      }
      RowPicture picture = pictures.next();
      progress.count(picture);
      return ManifestColumns.row(picture);
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        feed.close();
        pictures.close();
        models.close();
      }
    }
  }
}

package dev.sgid.spark;

import dev.sgid.SgidException;
import dev.sgid.dataset.DatasetException;
import dev.sgid.dataset.RowImage;
import dev.sgid.dataset.RowJob;
import dev.sgid.dataset.RowJobDraft;
import dev.sgid.dataset.RowPictures;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import org.jspecify.annotations.Nullable;

/**
 * What one task finds out for all: the bounds that copies are held against, guidance that is
 * calibrated, and how long a picture takes.
 *
 * @param former the {@code sgid-job.json} that is gone on with; null for none
 * @param pace whether to measure how long a picture takes
 */
record MeasureTask(
    ModelsWanted wanted,
    RowJobDraft draft,
    @Nullable String former,
    boolean pace,
    Broadcast<SerializableConfiguration> hadoop)
    implements MapPartitionsFunction<Row, Row> {
  private static final long serialVersionUID = 1;

  static final StructType RESULT =
      new StructType()
          .add("job", DataTypes.StringType)
          .add("seconds", DataTypes.DoubleType)
          .add("refusal", DataTypes.StringType)
          .add("error", DataTypes.StringType);

  private static final long ENOUGH = 10_000_000_000L; // nanoseconds
  private static final int MOST_PICTURES = 24;

  @Override
  public Iterator<Row> call(Iterator<Row> rows) {
    List<RowImage> sample = new ArrayList<>();
    rows.forEachRemaining(row -> sample.add(RowFeed.image(row, hadoop.value().value())));
    try (WorkerModels.Lease models = WorkerModels.lease(wanted)) {
      String job = RowJob.measured(models.sgid(), draft, former, sample);
      double seconds = pace ? seconds(models.job(job, draft.mostCopies()), sample) : 0;
      return List.of(RowFactory.create(job, seconds, null, null)).iterator();
    } catch (DatasetException | IllegalArgumentException e) { // told as it is, and tried but once
      return List.of(RowFactory.create(null, 0.0, e.getMessage(), null)).iterator();
    } catch (SgidException e) {
      if (e.isCancelled()) {
        throw e;
      }
      String error = WorkerId.here() + ": " + e.getMessage();
      return List.of(RowFactory.create(null, 0.0, null, error)).iterator();
    }
  }

  /** Of a picture, the first left out, which warms up; 0 where none could be made. */
  private static double seconds(RowJob job, List<RowImage> sample) {
    long start = System.nanoTime();
    long first = start;
    int made = 0;
    try (RowPictures pictures = job.pictures(sample.iterator())) {
      while (made < MOST_PICTURES && System.nanoTime() - start < ENOUGH && pictures.hasNext()) {
        if (pictures.next().failure() == null && made++ == 0) {
          first = System.nanoTime();
        }
      }
    }
    long now = System.nanoTime();
    return made > 1 ? (now - first) / 1e9 / (made - 1) : made == 0 ? 0 : (now - start) / 1e9;
  }
}

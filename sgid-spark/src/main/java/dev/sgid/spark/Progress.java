package dev.sgid.spark;

import dev.sgid.dataset.RowPicture;
import java.io.Serializable;
import org.apache.spark.SparkContext;
import org.apache.spark.util.LongAccumulator;

/**
 * How far a job is, as Spark's UI shows it for each task and stage. What Spark does twice, it
 * counts twice; the pictures themselves are there once.
 *
 * @param made pictures
 * @param dropped copies that are not kept
 * @param failed failures
 * @param opened sets of models
 */
record Progress(
    LongAccumulator made, LongAccumulator dropped, LongAccumulator failed, LongAccumulator opened)
    implements Serializable {
  private static final long serialVersionUID = 1;

  static Progress of(SparkContext spark) {
    return new Progress(
        spark.longAccumulator("sgid pictures made"),
        spark.longAccumulator("sgid copies dropped"),
        spark.longAccumulator("sgid failures"),
        spark.longAccumulator("sgid models opened"));
  }

  void count(RowPicture picture) {
    if (picture.failure() != null) {
      countFailure();
    } else if (picture.isDropped()) {
      dropped.add(1);
    } else {
      made.add(1);
    }
  }

  void countFailure() {
    failed.add(1);
  }

  void countOpened(WorkerModels.Lease models) {
    opened.add(models.isFirst() ? 1 : 0);
  }
}

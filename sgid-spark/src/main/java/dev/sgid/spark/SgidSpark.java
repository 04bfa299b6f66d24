package dev.sgid.spark;

import static java.util.Objects.requireNonNull;

import dev.sgid.SgidException;
import dev.sgid.dataset.DatasetException;
import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerApplicationEnd;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Augments images on Apache Spark: what {@code AugmentJob} does on one machine, with the same
 * pictures and the same manifest, on as many as there are.
 *
 * <pre>{@code
 * Dataset<Row> images = spark.read().format("binaryFile").load("photos/*" + "/*.jpg");
 * Dataset<Row> pictures =
 *     SgidSpark.augment(images, SgidSparkOptions.builder().withCopies(4).withIn("photos").build());
 * }</pre>
 *
 * <p>Thread-safe, as a {@code SparkSession} is.
 */
public final class SgidSpark {
  private static final Set<SparkContext> HEARD =
      Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

  private SgidSpark() {}

  /**
   * Makes copies of images. Classes and names are found out at once, and the workers open their
   * models; the pictures are made when the rows are asked for, each time anew: write them before
   * anything else is done with them.
   *
   * @param images rows of Spark's {@code binaryFile} or {@code image} source, of Parquet with
   *     Hugging Face's {@code image} of {@code bytes} and {@code path}, or with a {@code path}
   *     alone, which the workers read; and a label, see {@link
   *     SgidSparkOptions.Builder#withLabelColumn}
   * @param options what is to be made
   * @return {@code image} with {@code bytes} and {@code path}; a column for each field of the
   *     manifest; {@code dropped}, true for a copy that was made and is not kept; {@code error},
   *     null but where an image could not be read or a copy not made
   * @throws SgidException if a worker can't open the pack, with its message
   * @throws DatasetException if there are no images, or two have the same name
   * @throws IllegalArgumentException if there are no columns of images or labels, or nothing is to
   *     be made
   */
  public static Dataset<Row> augment(Dataset<Row> images, SgidSparkOptions options) {
    return plan(images, options, SparkPlan.Begun.NOTHING).pictures();
  }

  static SparkPlan plan(Dataset<Row> images, SgidSparkOptions options, SparkPlan.Begun begun) {
    requireNonNull(images, "images");
    requireNonNull(options, "options");
    closeWith(images.sparkSession().sparkContext());
    try {
      return new SparkPlan(images, options, begun);
    } catch (RuntimeException e) {
      throw SparkPlan.unwrapped(e);
    }
  }

  /** In local mode the workers' JVM is the driver's own, and goes on behind the application. */
  private static void closeWith(SparkContext spark) {
    if (HEARD.add(spark)) {
      spark.addSparkListener(
          new SparkListener() {
            @Override
            public void onApplicationEnd(SparkListenerApplicationEnd end) {
              WorkerModels.closeAll();
            }
          });
    }
  }
}

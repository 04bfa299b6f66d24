package dev.sgid.spark;

import static java.util.Objects.requireNonNull;

import dev.sgid.SgidException;
import dev.sgid.dataset.DatasetException;
import dev.sgid.internal.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerApplicationEnd;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Augments images on Apache Spark: what {@code AugmentJob} does on one machine, with the same
 * pictures and the same manifest, on as many as there are.
 *
 * <pre>{@code
 * Dataset<Row> images =
 *     spark.read().format("binaryFile").option("recursiveFileLookup", "true").load("photos");
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
   * @param rows of Spark's {@code binaryFile} or {@code image} source, of Parquet with Hugging
   *     Face's {@code image} of {@code bytes} and {@code path}, or with a {@code path} alone, which
   *     the workers read; and a label, see {@link SgidSparkOptions.Builder#withLabelColumn}
   * @param options what is to be made
   * @return {@code image} with {@code bytes} and {@code path}; a column for each field of the
   *     manifest; {@code dropped}, true for a copy that was made and is not kept; {@code error},
   *     null but where an image could not be read or a copy not made
   * @throws SgidException if a worker can't open the pack, with its message
   * @throws DatasetException if there are no images, or two have the same name
   * @throws IllegalArgumentException if there are no columns of images or labels, or nothing is to
   *     be made
   */
  public static Dataset<Row> augment(Dataset<Row> rows, SgidSparkOptions options) {
    return plan(rows, options, SparkPlan.Begun.NOTHING).pictures();
  }

  /**
   * Makes copies of images and writes them into a folder: class folders or WebDataset shards as a
   * run on one machine does, or Parquet as Hugging Face's {@code datasets} does. Each task puts
   * what it has made in place as it ends; so a run that was cut short is gone on with by the same
   * call, which makes what is missing, and copies that were there before are there once.
   *
   * @param rows as {@link #augment} takes them
   * @param options what is to be made
   * @param out the folder, on a file system that all workers see: new, empty, or begun by a former
   *     run
   * @param format {@code folders}, {@code webdataset}, {@code webdataset:images=N,megabytes=N} or
   *     {@code parquet}
   * @throws SgidException if a worker can't open the pack, with its message
   * @throws DatasetException if there are no images, two have the same name, or the folder was
   *     begun with other settings
   * @throws IllegalArgumentException as {@link #augment}, or if there is no such format
   * @throws UncheckedIOException if the folder can't be read or written
   */
  public static SparkSummary write(
      Dataset<Row> rows, SgidSparkOptions options, String out, String format) {
    long start = System.nanoTime();
    SparkSession spark = rows.sparkSession();
    String layout = SparkOutput.format(format);
    try (OutStore store = OutStore.of(out, spark.sparkContext().hadoopConfiguration())) {
      SparkOutput output = new SparkOutput(spark, store, out, layout);
      String former = output.job();
      output.begin(former);
      Dataset<Row> made = former == null ? null : output.made().cache();
      long alreadyThere = made == null ? 0 : SparkOutput.count(made);
      SparkPlan plan = plan(rows, options, new SparkPlan.Begun(out, layout, former, made));
      output.start(plan.job());
      output.write(plan.pictures(), plan.job(), output.base());
      output.finish();
      if (made != null) {
        made.unpersist();
      }
      Progress counts = plan.progress();
      return new SparkSummary(
          counts.made().value(),
          alreadyThere,
          counts.dropped().value(),
          counts.failed().value(),
          Duration.ofNanos(System.nanoTime() - start));
    } catch (IOException e) {
      throw new UncheckedIOException(out + " can't be written: " + Reason.of(e), e);
    }
  }

  static SparkPlan plan(Dataset<Row> images, SgidSparkOptions options, SparkPlan.Begun begun) {
    requireNonNull(images, "images");
    requireNonNull(options, "options");
    closeWith(images.sparkSession().sparkContext());
    return new SparkPlan(images, options, begun);
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

package dev.sgid.spark;

import static org.apache.spark.sql.functions.array_distinct;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.replace;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.sha2;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.trim;
import static org.apache.spark.sql.functions.udf;

import dev.sgid.SgidException;
import dev.sgid.Stage;
import dev.sgid.dataset.DatasetException;
import dev.sgid.dataset.RowJob;
import dev.sgid.dataset.RowJobBuilder;
import dev.sgid.dataset.RowJobDraft;
import dev.sgid.dataset.RowJobDraft.OfClass;
import dev.sgid.dataset.RowNames;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is found out before the first picture: a few jobs over names and labels alone, and one task
 * that measures. The images themselves are read when their pictures are made.
 */
final class SparkPlan {
  private static final Logger LOG = LoggerFactory.getLogger(SparkPlan.class);

  static final String COPIES = "copies";
  static final String ALIKE = "alike";
  static final String MADE = "made";

  private static final String KEY = "name_key";
  private static final String EXTRA = "extra";
  private static final int NAMED = 3;
  private static final int MOST_PARTITIONS = 1_000_000; // what Spark's driver keeps track of

  private final SparkSession spark;
  private final SgidSparkOptions options;
  private final Progress progress;
  private final Broadcast<SerializableConfiguration> hadoop;
  private final RowJobDraft draft;
  private final Dataset<Row> images;
  private final String job;
  private final double secondsPerPicture;

  /**
   * Where a job goes on.
   *
   * @param out where pictures go, and how they are laid out; for messages and the job file
   * @param job the {@code sgid-job.json} there; null for none
   * @param made {@code source} and {@code made}, the copies that are there; null for none
   */
  record Begun(String out, String format, @Nullable String job, @Nullable Dataset<Row> made) {
    static final Begun NOTHING = new Begun("rows", "rows", null, null);
  }

  SparkPlan(Dataset<Row> rows, SgidSparkOptions options, Begun begun) {
    this.spark = rows.sparkSession();
    this.options = options;
    this.progress = Progress.of(spark.sparkContext());
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    this.hadoop =
        context.broadcast(
            new SerializableConfiguration(spark.sparkContext().hadoopConfiguration()));
    RowJobBuilder asked =
        options.job().withIn(options.in(), "rows").withOut(begun.out(), begun.format());
    Dataset<Row> found = captioned(ImageColumns.of(rows, options), asked.captions());
    Dataset<Row> keys = found.select(ImageColumns.SOURCE, ImageColumns.LABEL).where(isImage());
    this.draft = asked.build(sizes(keys));
    Dataset<Row> named = withAlike(found, keys);
    this.images = withMade(withCopies(named, keys), begun.made());
    Probe.require(spark, options.models(), progress);
    Row measured = measured(keys, begun.job());
    this.job = measured.getAs("job");
    this.secondsPerPicture = measured.getAs("seconds");
  }

  private static Column isImage() {
    Column label = trim(replace(col(ImageColumns.LABEL), lit("_"), lit(" ")));
    return col(ImageColumns.SOURCE).isNotNull().and(label.notEqual(""));
  }

  private Dataset<Row> captioned(Dataset<Row> found, Map<String, String> captions) {
    if (captions.isEmpty()) {
      return found;
    }
    String given = "given_caption";
    List<Row> lines = new ArrayList<>();
    captions.forEach((source, caption) -> lines.add(RowFactory.create(source, caption)));
    Dataset<Row> table =
        spark.createDataFrame(
            lines,
            new StructType()
                .add(ImageColumns.SOURCE, DataTypes.StringType)
                .add(given, DataTypes.StringType));
    return found
        .join(table, toSeq(ImageColumns.SOURCE), "left")
        .withColumn(ImageColumns.CAPTION, coalesce(col(given), col(ImageColumns.CAPTION)))
        .drop(given);
  }

  private static scala.collection.immutable.Seq<String> toSeq(String column) {
    return scala.jdk.javaapi.CollectionConverters.asScala(List.of(column)).toSeq();
  }

  private static Map<String, Long> sizes(Dataset<Row> keys) {
    Map<String, Long> sizes = new HashMap<>();
    for (Row row : keys.groupBy(ImageColumns.LABEL).count().collectAsList()) {
      sizes.put(row.getString(0), row.getLong(1));
    }
    return sizes;
  }

  /** Names the others of images that may get names alike; mostly there are none. */
  private Dataset<Row> withAlike(Dataset<Row> found, Dataset<Row> keys) {
    Broadcast<List<String>> classes =
        JavaSparkContext.fromSparkContext(spark.sparkContext()).broadcast(draft.classes());
    Names names = new Names(classes);
    Column key =
        udf(names, DataTypes.StringType).apply(col(ImageColumns.SOURCE), col(ImageColumns.LABEL));
    Dataset<Row> alike =
        keys.withColumn(KEY, key)
            .groupBy(KEY)
            .agg(count(lit(1)).as("images"), collect_list(ImageColumns.SOURCE).as(ALIKE))
            .where(col("images").gt(1))
            .select(KEY, ALIKE)
            .cache();
    try {
      requireDistinct(alike);
      if (alike.isEmpty()) {
        return found.withColumn(ALIKE, ImageColumns.none());
      }
    } finally {
      alike.unpersist();
    }
    return found
        .withColumn(KEY, key)
        .join(alike, toSeq(KEY), "left")
        .withColumn(ALIKE, coalesce(col(ALIKE), ImageColumns.none()))
        .drop(KEY);
  }

  private static void requireDistinct(Dataset<Row> alike) {
    List<Row> twice =
        alike
            .where(size(array_distinct(col(ALIKE))).lt(size(col(ALIKE))))
            .limit(NAMED)
            .collectAsList();
    if (!twice.isEmpty()) {
      throw new DatasetException(
          "Images must have different names, and there are several called "
              + String.join(", ", twice.stream().map(row -> row.<String>getList(1).get(0)).toList())
              + ": give a column that tells them apart by withSourceColumn");
    }
  }

  /** The key of an image's name; classes once for each JVM. */
  private static final class Names implements UDF2<String, String, String> {
    private static final long serialVersionUID = 1;

    private final Broadcast<List<String>> classes;
    private transient @Nullable RowNames names;

    Names(Broadcast<List<String>> classes) {
      this.classes = classes;
    }

    @Override
    public @Nullable String call(@Nullable String source, @Nullable String label) {
      if (source == null || label == null || label.replace('_', ' ').isBlank()) {
        return null;
      }
      RowNames found = names;
      if (found == null) {
        found = new RowNames(classes.value());
        names = found;
      }
      return found.alike(source, label);
    }
  }

  private Dataset<Row> withCopies(Dataset<Row> found, Dataset<Row> keys) {
    Map<String, Integer> copies = new HashMap<>();
    Map<String, Long> rests = new HashMap<>();
    draft
        .copies()
        .forEach(
            (label, of) -> {
              copies.put(label, of.copies());
              if (of.rest() > 0) {
                rests.put(label, of.rest());
              }
            });
    Column ofLabel =
        coalesce(
            udf((UDF1<String, Integer>) copies::get, DataTypes.IntegerType)
                .apply(col(ImageColumns.LABEL)),
            lit(0));
    Dataset<Row> counted = found.withColumn(COPIES, ofLabel);
    if (rests.isEmpty()) {
      return counted;
    }
    Column rest =
        udf((UDF1<String, Long>) rests::get, DataTypes.LongType).apply(col(ImageColumns.LABEL));
    Column turn =
        row_number()
            .over(
                Window.partitionBy(ImageColumns.LABEL)
                    .orderBy(sha2(col(ImageColumns.SOURCE), 256), col(ImageColumns.SOURCE)));
    Dataset<Row> extra =
        keys.where(rest.isNotNull())
            .withColumn(EXTRA, turn)
            .where(col(EXTRA).leq(rest))
            .select(col(ImageColumns.SOURCE), lit(1).as(EXTRA));
    return counted
        .join(extra, toSeq(ImageColumns.SOURCE), "left")
        .withColumn(COPIES, col(COPIES).plus(coalesce(col(EXTRA), lit(0))))
        .drop(EXTRA);
  }

  /** Leaves out images that are all there, and says of others which of their copies are. */
  private Dataset<Row> withMade(Dataset<Row> found, @Nullable Dataset<Row> made) {
    Column none = lit(null).cast(DataTypes.createArrayType(DataTypes.IntegerType));
    if (made == null) {
      return found.withColumn(MADE, none);
    }
    int originals = options.withOriginals() ? 1 : 0;
    Dataset<Row> counted =
        found.join(made, toSeq(ImageColumns.SOURCE), "left").withColumn("n", size(col(MADE)));
    return counted.where(col(MADE).isNull().or(col("n").lt(col(COPIES).plus(originals)))).drop("n");
  }

  private Row measured(Dataset<Row> keys, @Nullable String former) {
    long total = draft.copies().values().stream().mapToLong(OfClass::images).sum();
    Dataset<Row> sample = images.where(isImage());
    if (total > RowJob.MOST_MEASURED) {
      sample = sample.join(broadcast(some(keys, total)), toSeq(ImageColumns.SOURCE), "left_semi");
    }
    MeasureTask task =
        new MeasureTask(options.models(), draft, former, options.partitions() == null, hadoop);
    Row measured =
        sample
            .repartition(1)
            .mapPartitions(task, Encoders.row(MeasureTask.RESULT))
            .collectAsList()
            .get(0);
    String refusal = measured.getAs("refusal");
    String error = measured.getAs("error");
    if (refusal != null) {
      throw new DatasetException(refusal);
    }
    if (error != null) {
      throw new SgidException(Stage.OPEN, error);
    }
    return measured;
  }

  /** Names of images that are evenly spread over the data set, by class and name. */
  private Dataset<Row> some(Dataset<Row> keys, long total) {
    Set<Long> wanted = new HashSet<>();
    for (long i = 0; i < RowJob.MOST_MEASURED; i++) {
      wanted.add(i * total / RowJob.MOST_MEASURED);
    }
    List<Row> names =
        keys.orderBy(ImageColumns.LABEL, ImageColumns.SOURCE)
            .javaRDD()
            .zipWithIndex()
            .filter(row -> wanted.contains(row._2()))
            .map(row -> RowFactory.create(row._1().getString(0)))
            .collect();
    return spark.createDataFrame(
        names, new StructType().add(ImageColumns.SOURCE, DataTypes.StringType));
  }

  /** The job, as {@code sgid-job.json} has it. */
  String job() {
    return job;
  }

  RowJobDraft draft() {
    return draft;
  }

  Progress progress() {
    return progress;
  }

  /**
   * The pictures, made when they are asked for. Which task an image belongs to, a hash of its name
   * says: so sizes and classes spread evenly, and a task that is run again has the same images.
   */
  Dataset<Row> pictures() {
    Broadcast<String> text = JavaSparkContext.fromSparkContext(spark.sparkContext()).broadcast(job);
    AugmentTask task =
        new AugmentTask(options.models(), text, draft.mostCopies(), hadoop, progress);
    return images
        .repartition(partitions(), col(ImageColumns.SOURCE))
        .mapPartitions(task, Encoders.row(ManifestColumns.ALL));
  }

  /** Tasks of the duration that is asked for, and one at least for each that can run at a time. */
  int partitions() {
    Integer given = options.partitions();
    if (given != null) {
      return given;
    }
    int slots =
        Math.max(
            1,
            spark.sparkContext().defaultParallelism()
                / Integer.parseInt(spark.conf().get("spark.task.cpus", "1")));
    int count =
        partitions(
            draft.pictures(), secondsPerPicture, options.taskDuration().toMillis() / 1e3, slots);
    LOG.info("{} pictures of {} s each in {} tasks", draft.pictures(), secondsPerPicture, count);
    return count;
  }

  static int partitions(long pictures, double secondsPerPicture, double taskSeconds, int slots) {
    double tasks = Math.ceil(pictures * secondsPerPicture / taskSeconds);
    double atLeast = Math.max(slots, tasks);
    return (int) Math.min(MOST_PARTITIONS, Math.max(1, Math.min((double) pictures, atLeast)));
  }
}

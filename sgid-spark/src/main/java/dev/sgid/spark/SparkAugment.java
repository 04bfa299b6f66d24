package dev.sgid.spark;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.split;
import static org.apache.spark.sql.functions.udf;

import dev.sgid.Device;
import dev.sgid.cli.AugmentingCommand;
import dev.sgid.dataset.Balance;
import dev.sgid.dataset.CalibratedGuidance;
import dev.sgid.dataset.DatasetException;
import dev.sgid.dataset.ImageFormat;
import dev.sgid.dataset.Keep;
import dev.sgid.dataset.OutputFormat;
import dev.sgid.dataset.RowImage;
import dev.sgid.dataset.WhenRejected;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.DataTypes;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What {@code spark-submit} runs: {@code sgid augment} on a cluster, with its options. */
@Command(
    name = "sgid-spark",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    usageHelpAutoWidth = true,
    description = "Makes new training images of those in IN, on Apache Spark.",
    footer = {
      "",
      "Exit codes: 0 all done; 1 some images failed, OUT/failures.jsonl lists them; 2 wrong usage,"
          + " settings or folders; 3 the pack or the device can't be used, or OUT can't be"
          + " written. What was done until then stays, and the same command goes on."
    })
public final class SparkAugment extends AugmentingCommand implements Callable<Integer> {
  @Parameters(
      index = "0",
      paramLabel = "IN",
      description =
          "A folder that holds one folder of images per class; or Parquet, a file or folder whose"
              + " name ends with .parquet, with Hugging Face's image and a label.")
  private @Nullable String in;

  @Parameters(
      index = "1",
      paramLabel = "OUT",
      description =
          "The folder to write, which all workers see: new, empty, or one that the same command"
              + " began: it goes on then.")
  private @Nullable String out;

  @Option(
      names = "--parquet",
      description = "Writes Parquet that Hugging Face's datasets loads, instead of --format.")
  private boolean parquet;

  @Option(
      names = "--sent-model",
      paramLabel = "NAME",
      description =
          "The model pack that spark-submit --archives pack.zip#NAME sends. Default: --model, or"
              + " the pack that comes with sgid.")
  private @Nullable String sentModel;

  @Option(
      names = "--label-column",
      paramLabel = "NAME",
      description = "The column of labels. Default: label, or the folder an image lies in.")
  private @Nullable String labelColumn;

  @Option(
      names = "--source-column",
      paramLabel = "NAME",
      description = "The column of images' names. Default: their paths.")
  private @Nullable String sourceColumn;

  @Option(
      names = "--caption-column",
      paramLabel = "NAME",
      description = "The column of captions. Default: none.")
  private @Nullable String captionColumn;

  @Option(
      names = "--task-minutes",
      paramLabel = "M",
      description =
          "How long a task shall take, by the seconds that a picture takes, which are measured."
              + " Default: 2.")
  private @Nullable Double taskMinutes;

  @Option(
      names = "--partitions",
      paramLabel = "N",
      description = "Into how many tasks the work is divided. Default: see --task-minutes.")
  private @Nullable Integer partitions;

  private SparkAugment() {}

  /** Runs the command; ends the process with its exit code where that is not 0. */
  public static void main(String[] args) {
    System.setProperty("java.awt.headless", "true");
    int code = run(args);
    if (code != 0) {
      System.exit(code);
    }
  }

  static int run(String... args) {
    return run(new SparkAugment(), new PrintWriter(System.err, true, UTF_8), args);
  }

  @Override
  public Integer call() {
    String folder = requireNonNull(in);
    Options options = new Options(folder);
    tell(options);
    SparkSession spark = SparkSession.builder().appName("sgid augment").getOrCreate();
    try {
      SparkSummary summary =
          SgidSpark.write(
              images(spark, folder),
              options.options.build(),
              requireNonNull(out),
              parquet ? SparkOutput.PARQUET : options.format);
      System.out.printf(
          "%d pictures in %s: %.1f s%s%n",
          summary.pictures() + summary.alreadyThere(),
          out,
          summary.duration().toMillis() / 1e3,
          summary.alreadyThere() == 0 ? "" : ", " + summary.alreadyThere() + " were there before");
      if (summary.failures() > 0) {
        System.out.printf("%d failures, failures.jsonl lists them%n", summary.failures());
      }
      return summary.failures() == 0 ? 0 : 1;
    } finally {
      spark.stop();
    }
  }

  /** The images, without what is in them: the tasks read that. */
  static Dataset<Row> images(SparkSession spark, String in) {
    if (in.endsWith(".parquet")) {
      return spark.read().parquet(in);
    }
    Dataset<Row> files =
        spark
            .read()
            .format("binaryFile")
            .option("recursiveFileLookup", "true")
            .load(in)
            .select("path")
            .where(
                udf((UDF1<String, Boolean>) RowImage::isImage, DataTypes.BooleanType)
                    .apply(col("path")));
    List<Row> nested =
        files
            .where(size(split(ImageColumns.relative(in, col("path")), "/")).gt(2))
            .limit(1)
            .collectAsList();
    if (!nested.isEmpty()) {
      throw new DatasetException(
          nested.get(0).getString(0)
              + " lies in a folder of a class folder of "
              + in
              + ": move such images up, or give the folder that holds the class folders itself");
    }
    return files;
  }

  /** What {@link SgidSpark} is told, as picocli has it. */
  private final class Options implements Target {
    private final SgidSparkOptions.Builder options;
    private String format = OutputFormat.folders().toString();

    Options(String in) {
      options = SgidSparkOptions.builder().withIn(in);
      given(labelColumn, options::withLabelColumn);
      given(sourceColumn, options::withSourceColumn);
      given(captionColumn, options::withCaptionColumn);
      given(partitions, options::withPartitions);
      given(taskMinutes, m -> options.withTaskDuration(Duration.ofMillis(Math.round(m * 60_000))));
      given(sentModel, options::withSentPack);
    }

    private <T> void given(@Nullable T value, java.util.function.Consumer<T> option) {
      if (value != null) {
        option.accept(value);
      }
    }

    @Override
    public void copies(int ofEach) {
      options.withCopies(ofEach);
    }

    @Override
    public void balance(Balance leastOfClass) {
      options.withBalance(leastOfClass);
    }

    @Override
    public void format(OutputFormat layout) {
      format = layout.toString();
    }

    @Override
    public void imageFormat(ImageFormat kind) {
      options.withImageFormat(kind);
    }

    @Override
    public void keep(Keep kept) {
      options.withKeep(kept);
    }

    @Override
    public void whenRejected(WhenRejected policy) {
      options.whenRejected(policy);
    }

    @Override
    public void labels(Path file) {
      options.withLabels(file);
    }

    @Override
    public void captions(Path file) {
      options.withCaptions(file);
    }

    @Override
    public void originals(boolean beside) {
      options.withOriginals(beside);
    }

    @Override
    public void guidance(CalibratedGuidance calibrated) {
      options.withGuidance(calibrated);
    }

    @Override
    public void settings(Map<String, Object> values) {
      options.withSettings(values);
    }

    @Override
    public void seed(long base) {
      options.withSeed(base);
    }

    @Override
    public void model(Path folder) {
      options.withPack(folder);
    }

    @Override
    public void variant(String name) {
      options.withVariant(name);
    }

    @Override
    public void captioner(@Nullable Path folder) {
      if (folder == null) {
        options.withoutCaptioner();
      } else {
        options.withCaptioner(folder);
      }
    }

    @Override
    public void scorer(Path folder) {
      options.withScorer(folder);
    }

    @Override
    public void generator(Path folder) {
      options.withGenerator(folder);
    }

    @Override
    public void safetyChecker(boolean used) {
      options.withSafetyChecker(used);
    }

    @Override
    public void lowMemory(boolean low) {
      options.withLowMemory(low);
    }

    @Override
    public void batch(int pictures) {
      options.withBatch(pictures);
    }

    @Override
    public void lanes(int count) {
      options.withLanes(count);
    }

    @Override
    public void threads(int count) {
      options.withThreads(count);
    }

    @Override
    public void device(Device where) {
      options.withDevice(where);
    }
  }
}

package dev.sgid.spark;

import static java.util.Objects.requireNonNull;

import dev.sgid.Device;
import dev.sgid.Settings;
import dev.sgid.dataset.Balance;
import dev.sgid.dataset.CalibratedGuidance;
import dev.sgid.dataset.ImageFormat;
import dev.sgid.dataset.Keep;
import dev.sgid.dataset.RowJob;
import dev.sgid.dataset.RowJobBuilder;
import dev.sgid.dataset.WhenRejected;
import dev.sgid.internal.Require;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is to be made of the images of a {@code Dataset}, by which models, and where to find what in
 * it. Immutable.
 */
public final class SgidSparkOptions {
  private final ModelsWanted models;
  private final String in;
  private final int copies;
  private final @Nullable Balance balance;
  private final boolean withOriginals;
  private final @Nullable Path labels;
  private final @Nullable Path captions;
  private final @Nullable CalibratedGuidance guidance;
  private final ImageFormat imageFormat;
  private final Keep keep;
  private final WhenRejected whenRejected;
  private final @Nullable String labelColumn;
  private final @Nullable String sourceColumn;
  private final @Nullable String captionColumn;
  private final @Nullable Integer partitions;
  private final Duration taskDuration;

  private SgidSparkOptions(Builder builder) {
    this.models =
        new ModelsWanted(
            builder.pack,
            builder.parts(),
            ModelsWanted.json(builder.settings),
            builder.seed,
            DeviceWanted.of(builder.device),
            builder.lanes,
            builder.batch,
            builder.threads);
    this.in = builder.in;
    this.copies = builder.copies;
    this.balance = builder.balance;
    this.withOriginals = builder.withOriginals;
    this.labels = builder.labels;
    this.captions = builder.captions;
    this.guidance = builder.guidance;
    this.imageFormat = builder.imageFormat;
    this.keep = builder.keep;
    this.whenRejected = builder.whenRejected;
    this.labelColumn = builder.labelColumn;
    this.sourceColumn = builder.sourceColumn;
    this.captionColumn = builder.captionColumn;
    this.partitions = builder.partitions;
    this.taskDuration = builder.taskDuration;
  }

  /** The embedded pack, a copy of each image. */
  public static SgidSparkOptions defaults() {
    return builder().build();
  }

  /** Settings that begin with {@link #defaults()}. */
  public static Builder builder() {
    return new Builder();
  }

  ModelsWanted models() {
    return models;
  }

  String in() {
    return in;
  }

  boolean withOriginals() {
    return withOriginals;
  }

  @Nullable String labelColumn() {
    return labelColumn;
  }

  @Nullable String sourceColumn() {
    return sourceColumn;
  }

  @Nullable String captionColumn() {
    return captionColumn;
  }

  @Nullable Integer partitions() {
    return partitions;
  }

  Duration taskDuration() {
    return taskDuration;
  }

  /** The job as it is asked for. */
  RowJobBuilder job() {
    return RowJob.builder()
        .withCopies(copies)
        .withBalance(balance)
        .withOriginals(withOriginals)
        .withLabels(labels)
        .withCaptions(captions)
        .withGuidance(guidance)
        .withImageFormat(imageFormat)
        .withKeep(keep)
        .whenRejected(whenRejected);
  }

  /** Options, each checked when given. Not thread-safe. */
  public static final class Builder {
    private PackPlace pack = PackPlace.EMBEDDED;
    private @Nullable String variant;
    private boolean withoutCaptioner;
    private @Nullable String captioner;
    private @Nullable String scorer;
    private @Nullable String generator;
    private boolean safetyChecker = true;
    private boolean lowMemory;
    private Map<String, Object> settings = Map.of();
    private long seed;
    private Device device = Device.AUTO;
    private @Nullable Integer lanes;
    private @Nullable Integer batch;
    private @Nullable Integer threads;
    private String in = "";
    private int copies = 1;
    private @Nullable Balance balance;
    private boolean withOriginals;
    private @Nullable Path labels;
    private @Nullable Path captions;
    private @Nullable CalibratedGuidance guidance;
    private ImageFormat imageFormat = ImageFormat.png();
    private Keep keep = Keep.consistent();
    private WhenRejected whenRejected = WhenRejected.record();
    private @Nullable String labelColumn;
    private @Nullable String sourceColumn;
    private @Nullable String captionColumn;
    private @Nullable Integer partitions;
    private Duration taskDuration = Duration.ofMinutes(2);

    private Builder() {}

    /**
     * The folder of a model pack that every worker sees under this path. Default: the pack that is
     * on the workers' class path.
     */
    public Builder withPack(Path folder) {
      this.pack = new PackPlace(PackPlace.Kind.PATH, folder.toString());
      return this;
    }

    /**
     * A model pack that Spark sends to the workers: the name after {@code #} of {@code --archives
     * pack.zip#name}, or of a folder that was given to {@code SparkContext.addFile}. Default: the
     * pack that is on the workers' class path.
     */
    public Builder withSentPack(String name) {
      this.pack = new PackPlace(PackPlace.Kind.SENT, name);
      return this;
    }

    /** As {@code SgidBuilder.withVariant}. Default: the most exact form of each model. */
    public Builder withVariant(String name) {
      this.variant = requireNonNull(name, "name");
      return this;
    }

    /** A captioner's folder that every worker sees, in place of the pack's. */
    public Builder withCaptioner(Path folder) {
      this.captioner = folder.toString();
      this.withoutCaptioner = false;
      return this;
    }

    /** Prompts of the label alone, as {@code Captioner.none()} makes them. */
    public Builder withoutCaptioner() {
      this.withoutCaptioner = true;
      return this;
    }

    /** The folder of a CLIP that every worker sees, in place of the pack's. */
    public Builder withScorer(Path folder) {
      this.scorer = folder.toString();
      return this;
    }

    /** The folder of a Stable Diffusion that every worker sees, in place of the pack's. */
    public Builder withGenerator(Path folder) {
      this.generator = folder.toString();
      return this;
    }

    /** As {@code SgidBuilder.withSafetyChecker}. Default: it is used. */
    public Builder withSafetyChecker(boolean used) {
      this.safetyChecker = used;
      return this;
    }

    /** As {@code SgidBuilder.withLowMemory}. Default: no. */
    public Builder withLowMemory(boolean low) {
      this.lowMemory = low;
      return this;
    }

    private PartsWanted parts() {
      return new PartsWanted(
          variant, withoutCaptioner, captioner, scorer, generator, safetyChecker, lowMemory);
    }

    /**
     * How pictures are made, by the names that job files have, see {@link Settings#with}. Default:
     * the pack's.
     *
     * @throws IllegalArgumentException naming a key that there is not, or a value out of range
     */
    public Builder withSettings(Map<String, ?> values) {
      Settings ignored = Settings.DEFAULTS.with(values);
      this.settings = new LinkedHashMap<>(values);
      return this;
    }

    /** The base seed. Default: 0. */
    public Builder withSeed(long baseSeed) {
      this.seed = baseSeed;
      return this;
    }

    /**
     * Where the models run. A task to which Spark has given a GPU uses that one, unless this is the
     * CPU; its execution provider is this device's, CUDA for {@link Device#AUTO}. Default: {@link
     * Device#AUTO}.
     */
    public Builder withDevice(Device where) {
      this.device = requireNonNull(where, "where");
      return this;
    }

    /**
     * How many batches a task works on side by side, at least 1. Default: what suits the models.
     */
    public Builder withLanes(int count) {
      this.lanes = Require.atLeast(1, count, "lanes");
      return this;
    }

    /** How many pictures share a lane's UNet call, at least 1. Default: what suits the models. */
    public Builder withBatch(int count) {
      this.batch = Require.atLeast(1, count, "batch");
      return this;
    }

    /** How many CPU threads a task uses, at least 1. Default: {@code spark.task.cpus}. */
    public Builder withThreads(int count) {
      this.threads = Require.atLeast(1, count, "threads");
      return this;
    }

    /**
     * Where the data set lies: names in the manifest are relative to it. Default: names are whole
     * paths, as the rows have them.
     */
    public Builder withIn(String folder) {
      this.in = requireNonNull(folder, "folder");
      return this;
    }

    /** As {@code AugmentJob.Builder.withCopies}. Default: 1. */
    public Builder withCopies(int ofEach) {
      this.copies = Require.atLeast(0, ofEach, "copies");
      return this;
    }

    /** As {@code AugmentJob.Builder.withBalance}. Default: none. */
    public Builder withBalance(Balance leastOfClass) {
      this.balance = requireNonNull(leastOfClass, "leastOfClass");
      return this;
    }

    /** Whether originals are given, too, beside their copies. Default: no. */
    public Builder withOriginals(boolean originals) {
      this.withOriginals = originals;
      return this;
    }

    /** A file on the driver, as {@code AugmentJob.Builder.withLabels} takes it. Default: none. */
    public Builder withLabels(Path file) {
      this.labels = requireNonNull(file, "file");
      return this;
    }

    /** A file on the driver, as {@code AugmentJob.Builder.withCaptions} takes it. Default: none. */
    public Builder withCaptions(Path file) {
      this.captions = requireNonNull(file, "file");
      return this;
    }

    /** Guidance that is calibrated on up to 512 images. Default: the settings'. */
    public Builder withGuidance(CalibratedGuidance calibrated) {
      this.guidance = requireNonNull(calibrated, "calibrated");
      return this;
    }

    /** The kind of file that pictures are. Default: PNG. */
    public Builder withImageFormat(ImageFormat kind) {
      this.imageFormat = requireNonNull(kind, "kind");
      return this;
    }

    /** Which copies are fit to train on. Default: {@link Keep#consistent()}. */
    public Builder withKeep(Keep kept) {
      this.keep = requireNonNull(kept, "kept");
      return this;
    }

    /** What becomes of the others. Default: {@link WhenRejected#record()}. */
    public Builder whenRejected(WhenRejected policy) {
      this.whenRejected = requireNonNull(policy, "policy");
      return this;
    }

    /**
     * The column that says the class, a text or a number. Default: {@code label}, or the name of
     * the folder that an image lies in where there is no such column.
     */
    public Builder withLabelColumn(String column) {
      this.labelColumn = requireNonNull(column, "column");
      return this;
    }

    /**
     * The column of the image's name in the manifest; no two may be the same. Default: its path, or
     * the SHA-256 of its bytes where it has none.
     */
    public Builder withSourceColumn(String column) {
      this.sourceColumn = requireNonNull(column, "column");
      return this;
    }

    /** The column of captions that images have; null in it for those to be captioned. */
    public Builder withCaptionColumn(String column) {
      this.captionColumn = requireNonNull(column, "column");
      return this;
    }

    /**
     * Into how many tasks the work is divided, at least 1. Default: by {@link #withTaskDuration}.
     */
    public Builder withPartitions(int count) {
      this.partitions = Require.atLeast(1, count, "partitions");
      return this;
    }

    /**
     * How long a task shall take, above 0, by the seconds that a picture takes on a worker, which
     * are measured. Default: 2 minutes.
     */
    public Builder withTaskDuration(Duration time) {
      if (time.isNegative() || time.isZero()) {
        throw new IllegalArgumentException("task duration must be above 0, is " + time);
      }
      this.taskDuration = time;
      return this;
    }

    /** The options. */
    public SgidSparkOptions build() {
      return new SgidSparkOptions(this);
    }
  }
}

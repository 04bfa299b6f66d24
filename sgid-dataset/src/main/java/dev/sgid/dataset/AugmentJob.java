package dev.sgid.dataset;

import static java.util.Objects.requireNonNull;

import dev.sgid.GuidanceSchedule;
import dev.sgid.Sgid;
import dev.sgid.SgidException;
import dev.sgid.dataset.internal.duplicate.Duplicates;
import dev.sgid.dataset.plan.Plan;
import dev.sgid.internal.Require;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Augments a data set: labelled images in, new pictures of the same labels out.
 *
 * <pre>{@code
 * AugmentJob job = AugmentJob.builder(Path.of("photos"), Path.of("out")).withCopies(4).build();
 * try (Sgid sgid = Sgid.open()) {
 *   JobSummary summary = job.run(sgid);
 * }
 * }</pre>
 *
 * <p>Writes {@code LABEL/STEM-sgid-COPY.png} for each picture, or tar shards of them, {@code
 * metadata.jsonl} with a line for each, {@code sgid-job.json} with all settings, and {@code
 * failures.jsonl} where images could not be read or copies not made; the job goes on after those.
 * Each file appears whole or not at all. The same data set and settings give the same bytes with
 * the embedded pack on one machine's CPU; elsewhere pictures may differ by how the models'
 * arithmetic rounds.
 *
 * <p>A run over a folder that a former run began goes on where that stopped, however it ended, and
 * ends with the bytes of a run that nothing disturbed: what is there whole stays, what is missing
 * or damaged is made, what failed is tried again. Images that were added are made, those that
 * changed made anew, the copies of those removed stay. More copies may be asked for; all else that
 * decides a picture must be the same.
 *
 * <p>Immutable; one thread at a time may run it.
 */
public final class AugmentJob {
  private final DatasetReader in;
  private final Path out;
  private final int copiesOfEach;
  private final Labels labels;
  private final @Nullable Duration budget;
  private final LongSupplier clock; // of the budget
  private final Keep keep;
  private final WhenRejected whenRejected;
  private final CopyCounts copies;
  private final @Nullable Leakage validation;
  private final double leastLikeness;
  private final boolean forPlan;
  private final boolean withOriginals;
  private final boolean overwrite;
  private final @Nullable GuidanceSchedule guidance;
  private final @Nullable CalibratedGuidance calibration;
  private final OutputFormat format;
  private final ImageFormat imageFormat;
  private final ImageDecoder decoder;
  private final Captions captions;
  private final JobListener listener;
  private final OutputNames names;
  private final List<String> warnings;

  private AugmentJob(Builder builder, DatasetReader in, Path out) {
    this.in = in;
    this.out = out;
    this.copiesOfEach = builder.copies;
    this.labels = builder.labels == null ? Labels.NONE : Labels.read(builder.labels, in);
    this.copies = new CopyCounts(in, label -> labels.copies(label, copiesOfEach), builder.balance);
    this.validation = builder.validation == null ? null : new Leakage(builder.validation);
    this.leastLikeness = builder.leastLikeness;
    this.forPlan = builder.forPlan;
    this.budget = builder.budget;
    this.clock = builder.clock;
    this.keep = builder.keep;
    this.whenRejected = builder.whenRejected;
    this.withOriginals = builder.withOriginals;
    this.overwrite = builder.overwrite;
    this.guidance = builder.guidance;
    this.calibration = builder.calibration;
    this.format = builder.format;
    this.imageFormat = builder.imageFormat;
    this.decoder = builder.decoder;
    this.captions = builder.captions == null ? Captions.NONE : Captions.read(builder.captions, in);
    this.listener = builder.listener;
    this.names =
        new OutputNames(in, copies::of, copies.most(), withOriginals, imageFormat.extension());
    this.warnings = format.warnings(out, names.all(in, withOriginals));
  }

  /**
   * A job that is only planned, for a data set of any kind that {@link DatasetReader#of} finds.
   *
   * @param in the data set
   */
  public static Builder builder(Path in) {
    Builder builder = builder(in, Path.of("OUT"));
    builder.forPlan = true;
    return builder;
  }

  /**
   * A job for a data set of any kind that {@link DatasetReader#of} finds.
   *
   * @param in the data set
   * @param out the folder to write; made where there is none, must be empty or a former run's where
   *     there is one
   */
  public static Builder builder(Path in, Path out) {
    return new Builder(requireNonNull(in, "in"), null, requireNonNull(out, "out"));
  }

  /**
   * A job for a data set.
   *
   * @param in the data set
   * @param out the folder to write; made where there is none, must be empty or a former run's where
   *     there is one
   */
  public static Builder builder(DatasetReader in, Path out) {
    requireNonNull(in, "in");
    return new Builder(in.folder(), in, requireNonNull(out, "out"));
  }

  /** How many pictures there are to make. */
  public int pictures() {
    return copies.total();
  }

  /**
   * What those who load the pictures with the usual tools should know beforehand, a sentence each;
   * mostly nothing.
   */
  public List<String> warnings() {
    return warnings;
  }

  /**
   * Finds out what the job will do, and writes nothing. Every image is decoded once; of each some
   * 400 bytes are kept, to tell which are there twice.
   *
   * @throws DatasetException if the data set can't be read
   * @throws SgidException if the thread is interrupted
   * @throws UncheckedIOException if what former runs wrote can't be read
   */
  public Plan plan() {
    return plan(new Planner(this, null));
  }

  /**
   * Finds out what the job will do and how long it will take, for which some pictures are made and
   * thrown away; writes nothing.
   *
   * @param sgid with all its settings; stays open
   * @throws DatasetException if the data set can't be read, or the folder to write was begun with
   *     other settings
   * @throws SgidException if nothing works, or the thread is interrupted
   * @throws UncheckedIOException if what former runs wrote can't be read
   */
  public Plan plan(Sgid sgid) {
    return plan(new Planner(this, requireNonNull(sgid, "sgid")));
  }

  private Plan plan(Planner planner) {
    try {
      return planner.plan();
    } catch (IOException e) {
      throw new UncheckedIOException(out + " can't be read: " + Reason.of(e), e);
    }
  }

  /**
   * Makes the pictures. Interrupting the thread ends the run cleanly: what is done stays, and the
   * summary says {@link JobSummary#cancelled()}.
   *
   * @param sgid with all its settings; stays open
   * @throws DatasetException if the folder to write is not what it was when the job was built,
   *     another run holds it, it was begun with other settings, or there is no room for the
   *     pictures
   * @throws LeakageException if images are in the validation set
   * @throws IllegalArgumentException if settings ask for what the data can't do
   * @throws IllegalStateException if the job has no folder to write
   * @throws SgidException if nothing works any more; what is done stays
   * @throws UncheckedIOException if the folder can't be written; what is done stays
   */
  public JobSummary run(Sgid sgid) {
    requireNonNull(sgid, "sgid");
    if (forPlan) {
      throw new IllegalStateException("A job without a folder to write can only be planned");
    }
    if (validation != null) {
      validation.requireNone(this);
    }
    try {
      return new JobRun(this, sgid).run();
    } catch (IOException e) {
      throw new UncheckedIOException(out + " can't be written: " + Reason.of(e), e);
    }
  }

  DatasetReader in() {
    return in;
  }

  /** What is asked for, as the job file has it. */
  JobJson.Asked asked() {
    return new JobJson.Asked(
        in.folder().toString(),
        in.format(),
        format.toString(),
        imageFormat,
        copiesOfEach,
        copies.balance(),
        withOriginals,
        labels,
        captions.sha256(),
        keep,
        whenRejected,
        calibration);
  }

  Path out() {
    return out;
  }

  /** Of each image; a balance may want more. */
  int copiesOfEach() {
    return copiesOfEach;
  }

  /** The time for a run that begins now; null for as much as it takes. */
  @Nullable Budget budget() {
    return budget == null ? null : new Budget(budget, clock);
  }

  Keep keep() {
    return keep;
  }

  WhenRejected whenRejected() {
    return whenRejected;
  }

  Labels labels() {
    return labels;
  }

  CopyCounts copies() {
    return copies;
  }

  /** Images of which none may be in the data set; null for any. */
  @Nullable Leakage validation() {
    return validation;
  }

  double leastLikeness() {
    return leastLikeness;
  }

  /** Whether there is no folder to write. */
  boolean isForPlan() {
    return forPlan;
  }

  boolean withOriginals() {
    return withOriginals;
  }

  boolean overwrite() {
    return overwrite;
  }

  @Nullable GuidanceSchedule guidance() {
    return guidance;
  }

  @Nullable CalibratedGuidance calibration() {
    return calibration;
  }

  OutputFormat format() {
    return format;
  }

  ImageFormat imageFormat() {
    return imageFormat;
  }

  Captions captions() {
    return captions;
  }

  ImageDecoder decoder() {
    return decoder;
  }

  JobListener listener() {
    return listener;
  }

  OutputNames names() {
    return names;
  }

  /** Settings for a job. Each is checked when given. Not thread-safe. */
  public static final class Builder {
    private final Path in;
    private final @Nullable DatasetReader reader;
    private final Path out;

    private int copies = 1;
    private @Nullable Balance balance;
    private @Nullable Path validation;
    private double leastLikeness = Duplicates.LEAST_LIKENESS;
    private boolean forPlan;
    private boolean withOriginals;
    private boolean overwrite;
    private boolean resume = true;
    private @Nullable String split;
    private boolean followLinks;
    private @Nullable GuidanceSchedule guidance;
    private @Nullable CalibratedGuidance calibration;
    private OutputFormat format = OutputFormat.folders();
    private ImageFormat imageFormat = ImageFormat.png();
    private @Nullable Path captions;
    private @Nullable Path labels;
    private @Nullable Duration budget;
    private LongSupplier clock = System::nanoTime;
    private Keep keep = Keep.consistent();
    private WhenRejected whenRejected = WhenRejected.record();
    private ImageDecoder decoder = new ImageDecoder();
    private JobListener listener = JobListener.NONE;

    private Builder(Path in, @Nullable DatasetReader reader, Path out) {
      this.in = in;
      this.reader = reader;
      this.out = out;
    }

    /**
     * How many copies of each image are made, at least 1; or 0, where only a balance or a file of
     * labels asks for some. Default: 1.
     */
    public Builder withCopies(int copies) {
      this.copies = Require.atLeast(0, copies, "copies");
      return this;
    }

    /**
     * How many images classes shall have at least, originals and copies together: of the images of
     * a smaller class more copies are made, of each the same number or one more. Default: no class
     * gets more.
     */
    public Builder withBalance(Balance leastOfClass) {
      this.balance = requireNonNull(leastOfClass, "leastOfClass");
      return this;
    }

    /**
     * Images that are kept for validation: a run refuses a data set of which any is, or nearly is,
     * among them, since copies of it would make validation look better than it is. For this every
     * image of both is decoded at the beginning of a run. Default: none.
     *
     * @param folder in which they lie, at any depth; they need no labels
     */
    public Builder withValidation(Path folder) {
      this.validation = requireNonNull(folder, "folder");
      return this;
    }

    /**
     * How alike two images must be to count as nearly the same: the cosine of what they show at 16
     * x 16 pixels, at least 0.9; with 1 only those count that have the same pixels. Small images
     * that show nearly the same need a higher one. Default: 0.99.
     */
    public Builder withLeastLikeness(double least) {
      this.leastLikeness = Require.within(0.9, 1, least, "least likeness");
      return this;
    }

    /**
     * Whether the originals that can be read, byte by byte, stand beside their copies, also where
     * no copy could be made. Default: no.
     */
    public Builder withOriginals(boolean originals) {
      this.withOriginals = originals;
      return this;
    }

    /**
     * Whether what a former run wrote into the folder is removed first. What others put there stays
     * and is named in the summary. Default: no, a former run is gone on with, and another folder
     * that is not empty is refused.
     */
    public Builder withOverwrite(boolean overwriteFormerRun) {
      this.overwrite = overwriteFormerRun;
      return this;
    }

    /**
     * Whether what a former run began is gone on with. Default: yes; else such a folder is refused,
     * for a data set of which nobody can tell whether it is the same.
     */
    public Builder withResume(boolean goOn) {
      this.resume = goOn;
      return this;
    }

    /**
     * The one split that is augmented, of a data set that is kept in folders like {@code train} and
     * {@code val}: {@code in/split} is the data set then, and {@code out/split} the folder to
     * write. Default: none, such a folder is refused.
     *
     * @throws IllegalArgumentException if it is no name of a folder
     */
    public Builder withSplit(String name) {
      if (name.isBlank()
          || name.contains("/")
          || !Path.of(name).normalize().equals(Path.of(name))
          || Path.of(name).getNameCount() != 1
          || name.equals("..")) {
        throw new IllegalArgumentException(
            "split must be the name of a folder in the data set, like train, is \"" + name + "\"");
      }
      this.split = name;
      return this;
    }

    /**
     * Whether links in the data set that leave it are followed. Default: no, each is a failure that
     * says where it leads; those that stay in the data set always are. A {@link DatasetReader} that
     * was given has followed what it was to follow.
     */
    public Builder withFollowLinks(boolean follow) {
      this.followLinks = follow;
      return this;
    }

    /** The guidance schedule. Default: the {@link Sgid}'s. */
    public Builder withGuidance(GuidanceSchedule schedule) {
      this.guidance = requireNonNull(schedule, "schedule");
      this.calibration = null;
      return this;
    }

    /**
     * The guidance schedule, calibrated on up to 512 images of the data set, which are captioned
     * first. Default: the {@link Sgid}'s.
     */
    public Builder withGuidance(CalibratedGuidance calibrated) {
      this.calibration = requireNonNull(calibrated, "calibrated");
      this.guidance = null;
      return this;
    }

    /** How the pictures are laid out. Default: {@link OutputFormat#folders()}. */
    public Builder withFormat(OutputFormat outputFormat) {
      this.format = requireNonNull(outputFormat, "outputFormat");
      return this;
    }

    /** The kind of file that pictures are written as. Default: {@link ImageFormat#png()}. */
    public Builder withImageFormat(ImageFormat kind) {
      this.imageFormat = requireNonNull(kind, "kind");
      return this;
    }

    /**
     * Captions to be taken instead of the captioner's: a file with the columns {@code file_name},
     * relative to the data set, and {@code caption}, a table of comma-separated values where its
     * name ends with {@code .csv}, else a JSON object a line. Images that it has no caption of are
     * captioned. Default: none.
     */
    public Builder withCaptions(Path file) {
      this.captions = requireNonNull(file, "file");
      return this;
    }

    /**
     * What a file says of classes. Its columns are {@code label}, as the data set has it, {@code
     * text}, what stands in prompts for it, and {@code copies}, {@code noise_rate}, {@code
     * guidance}, {@code prompt} and {@code negative_prompt} where a class has its own; a table of
     * comma-separated values where its name ends with {@code .csv}, which may be of label and text
     * alone without a line that names them, else a JSON object a line. Default: none, labels are
     * texts and all classes are treated alike.
     */
    public Builder withLabels(Path file) {
      this.labels = requireNonNull(file, "file");
      return this;
    }

    /**
     * How long a run may take, above 0: what matters most is made first, a copy of each image
     * before the second of any and those of small classes before those of large ones, and it ends
     * in time, for the next run to go on. In shards, whose order is part of them, pictures are made
     * in the data set's order. Default: as long as it takes.
     */
    public Builder withBudget(Duration time) {
      if (time.isNegative() || time.isZero()) {
        throw new IllegalArgumentException("budget must be above 0, is " + time);
      }
      this.budget = time;
      return this;
    }

    /** The same by another clock, in nanoseconds. */
    Builder withBudget(Duration time, LongSupplier nanoseconds) {
      this.clock = nanoseconds;
      return withBudget(time);
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

    /** What reads the images. Default: one that takes up to 100 million pixels. */
    public Builder withDecoder(ImageDecoder imageDecoder) {
      this.decoder = requireNonNull(imageDecoder, "imageDecoder");
      return this;
    }

    /** Hears how far the job is. Default: nobody does. */
    public Builder withListener(JobListener jobListener) {
      this.listener = requireNonNull(jobListener, "jobListener");
      return this;
    }

    /**
     * Looks through the data set; nothing is written yet.
     *
     * @throws DatasetException if there is no data set, a file of captions or labels can't be used,
     *     or the folder to write can't
     * @throws IllegalArgumentException if so many copies are more than 2147483647 pictures, or none
     */
    public AugmentJob build() {
      if (balance == null && labels == null) {
        int ignored = Require.atLeast(1, copies, "copies");
      }
      Path data = split == null ? in : in.resolve(split);
      Path place = split == null ? out : out.resolve(split);
      DatasetReader found = reader;
      try {
        if (found == null || split != null) {
          Links links = followLinks ? Links.in(in, FileVisitOption.FOLLOW_LINKS) : Links.in(in);
          Splits.requireNone(in, split, out, links);
          found = Readers.of(data, split == null ? links : links.ofSplit(data));
        }
        requireCountable(found.size());
        if (validation != null && Files.exists(validation) && Files.isSameFile(validation, data)) {
          throw new DatasetException("The validation set is the data set itself: " + validation);
        }
        if (!forPlan) {
          OutPlace.requireApart(in, out);
          OutPlace.requireApart(data, place);
          OutPlace.requireApart(found, place);
          OutPlace.requireUsable(place, overwrite);
        }
        if (!resume && !overwrite) {
          OutPlace.requireNotBegun(place);
        }
      } catch (IOException e) {
        throw new DatasetException(place + " can't be used: " + Reason.of(e), e);
      }
      AugmentJob job = new AugmentJob(this, found, place);
      if (job.pictures() == 0 && found.size() > 0) {
        throw new IllegalArgumentException(
            "With 0 copies "
                + (balance == null ? "of all classes" : "and a balance of " + balance)
                + " there is nothing to make of "
                + data);
      }
      whenRejected.requireRoom(job.copies().most());
      return job;
    }

    private void requireCountable(int images) {
      if ((long) images * copies > Integer.MAX_VALUE) {
        throw new IllegalArgumentException(
            "copies must be at most "
                + Integer.MAX_VALUE / images
                + " for the "
                + images
                + " images in "
                + in
                + ", is "
                + copies);
      }
    }
  }
}

package dev.sgid.dataset;

import static java.util.Objects.requireNonNull;
import static java.util.function.Function.identity;
import static java.util.stream.Collectors.joining;

import dev.sgid.AugmentationStream;
import dev.sgid.GuidanceSchedule;
import dev.sgid.Origin;
import dev.sgid.Outcome;
import dev.sgid.Settings;
import dev.sgid.Sgid;
import dev.sgid.SgidException;
import dev.sgid.Stage;
import dev.sgid.dataset.CopiesOfImage.Making;
import dev.sgid.dataset.CopiesOfImage.Place;
import dev.sgid.dataset.History.Lines;
import dev.sgid.dataset.History.Made;
import dev.sgid.dataset.History.PictureId;
import dev.sgid.dataset.JobProgress.Phase;
import dev.sgid.dataset.OutFolder.Planned;
import dev.sgid.dataset.Requests.Read;
import dev.sgid.dataset.Work.Task;
import dev.sgid.dataset.internal.keep.BoundsOfImages;
import dev.sgid.dataset.internal.keep.ClassProbabilities;
import dev.sgid.dataset.internal.keep.Judge;
import dev.sgid.dataset.internal.keep.KeepBounds;
import dev.sgid.internal.StageEvents;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of a job: what former runs did not come to, or what has changed since. Images are read on
 * a thread of the stream's, models run on others, and here pictures are encoded and written in the
 * data set's order.
 */
final class JobRun implements CopiesOfImage.Counts {
  private static final Logger LOG = LoggerFactory.getLogger(JobRun.class);

  private static final int NAMED = 3;

  private final AugmentJob job;
  private final Sgid sgid;
  private OutputNames names;
  private final long start = System.nanoTime();

  private List<String> foreign = List.of();
  private FormerPictures former = FormerPictures.NONE;
  private int alreadyThere;
  private int rejected; // by a review
  private int droppedBefore; // by former runs
  private int dropped; // by this one
  private int doubtful; // of this run's, not fit to train on, and written
  private int pictures;
  private int failedPictures;
  // each image once, though a budget has it read for each copy
  private final Set<String> far = new LinkedHashSet<>(); // by what the pack knows
  private final Set<String> several = new LinkedHashSet<>(); // with more frames or pages
  private final Set<String> rotated = new LinkedHashSet<>(); // originals beside their copies
  private boolean cancelled;
  private final @Nullable Budget budget;
  private final Map<String, String> captions = new ConcurrentHashMap<>(); // where there is a budget
  private final Set<String> tried = new HashSet<>(); // the same

  JobRun(AugmentJob job, Sgid sgid) {
    this.job = job;
    this.sgid = sgid;
    this.names = job.names();
    this.budget = job.budget();
  }

  JobSummary run() throws IOException {
    OutPlace.requireApart(job.in(), job.out());
    OutFolder taken = OutFolder.take(job.out(), job.overwrite());
    try (OutFolder folder = taken) {
      run(folder);
    } catch (SgidException e) {
      if (!e.isCancelled()) {
        throw e;
      }
      LOG.debug("Cancelled", e);
      cancelled = true;
    }
    List<String> warnings = warnings();
    warnings.forEach(job.listener()::warned);
    return new JobSummary(
        job.out(),
        job.pictures() - rejected,
        pictures,
        alreadyThere,
        rejected,
        droppedBefore + dropped,
        doubtful,
        taken.failures(),
        cancelled,
        budget != null && budget.isSpent(),
        Duration.ofNanos(System.nanoTime() - start),
        job.in().ignored(),
        foreign,
        former.changed(),
        former.removed(),
        warnings);
  }

  private List<String> warnings() {
    List<String> warnings = new ArrayList<>(job.warnings());
    if (!far.isEmpty()) {
      warnings.add(
          (far.size() == 1 ? "1 image is" : far.size() + " images are")
              + " far from all that the pack was trained on, and so hardly to be trusted:"
              + " domain_distance in the manifest says how far each is");
    }
    if (!several.isEmpty()) {
      warnings.add(
          (several.size() == 1
                  ? "1 image holds more than one picture, as animations and pages do, and its first"
                      + " was taken: "
                  : several.size()
                      + " images hold more than one picture, as animations and pages do, and the"
                      + " first of each was taken: ")
              + some(several));
    }
    if (!rotated.isEmpty()) {
      warnings.add(
          (rotated.size() == 1
                  ? "1 original is stored rotated and stands beside its upright copies just so: "
                  : rotated.size()
                      + " originals are stored rotated and stand beside their upright copies just"
                      + " so: ")
              + some(rotated)
              + "; readers that don't heed EXIF's orientation, like torchvision's ImageFolder and"
              + " webdataset, show them lying (turn them upright in the data set first)");
    }
    return warnings;
  }

  private static String some(Set<String> images) {
    return images.stream().limit(NAMED).collect(joining(", "))
        + (images.size() > NAMED ? ", …" : "");
  }

  private void run(OutFolder folder) throws IOException {
    job.warnings().forEach(LOG::warn);
    FormerJob begun = folder.former();
    List<String> classes = begun == null ? names.classes() : begun.classes(names.classes());
    Settings settings = settings(begun, classes);
    ClassProbabilities probabilities = new ClassProbabilities(sgid, classes, job.labels()::text);
    KeepBounds bounds = begun == null ? null : begun.bounds(job.keep());
    if (bounds == null) {
      if (begun != null) { // nothing is measured for what is refused
        begun.requireSame(job, describe(settings, classes, KeepBounds.NONE));
      }
      bounds =
          new BoundsOfImages(job.keep(), probabilities)
              .bounds(job.in(), source -> read(source).image(), sgid, job.listener());
    }
    String description = describe(settings, classes, bounds);
    if (begun != null) {
      begun.requireSame(job, description);
    }
    stopIfInterrupted();
    former = FormerPictures.of(job, folder.history());
    names = names.keeping(former.names());
    foreign =
        folder.begin(
            job.format(),
            new Planned(
                names.all(job.in(), job.withOriginals()),
                classes,
                former.rank(),
                job.in().failures()),
            description,
            former.stale(),
            job.listener());
    Missing missing = Missing.of(job, folder.history());
    rejected = missing.rejected(job.in());
    droppedBefore = missing.dropped(job.in());
    alreadyThere = job.pictures() - rejected - droppedBefore - missing.pictures(job.in());
    DiskSpace.require(job, missing);
    job.listener()
        .started(
            new JobStart(
                job.in().folder(),
                job.out(),
                job.in().size(),
                job.pictures() - rejected,
                alreadyThere,
                description));
    job.in().failures().forEach(job.listener()::failed);
    augment(folder, settings, missing, new Judge(job.keep(), bounds, probabilities, sgid));
    if (budget == null || !budget.isSpent()) {
      folder.complete();
    }
    folder.mergeFailures(job.in(), job.copies());
  }

  /** What copies were captioned with that are there: later ones of the same image need no other. */
  private void rememberCaptions(OutFolder folder, Missing missing) throws IOException {
    try (Lines lines = folder.history().lines()) {
      for (Source source : job.in()) {
        Made made = folder.history().made(new PictureId(source.source(), 0));
        if (made != null && missing.copies(source) > 0) {
          String caption = lines.line(made).caption();
          if (caption != null) {
            captions.put(source.source(), caption);
          }
        }
      }
    }
  }

  private String describe(@Nullable Settings settings, List<String> classes, KeepBounds bounds) {
    return JobJson.job(
        job.asked(), sgid, settings == null ? sgid.settings() : settings, classes, bounds);
  }

  static void stopIfInterrupted() {
    if (Thread.currentThread().isInterrupted()) {
      throw SgidException.cancelled(Stage.CAPTION);
    }
  }

  /** Those of the job's own; null for the {@link Sgid}'s. */
  private @Nullable Settings settings(@Nullable FormerJob begun, List<String> classes) {
    CalibratedGuidance calibrated = job.calibration();
    if (calibrated == null) {
      return job.guidance() == null ? null : sgid.settings().withGuidance(job.guidance());
    }
    if (begun == null) {
      return sgid.settings()
          .withGuidance(
              calibrated.schedule(
                  new Calibration(this::read, job.captions()::of, sgid, job.listener())
                      .similarities(job.in())));
    }
    // the data set may have grown: the bounds that were found for it stay
    String found = begun.calibrated(calibrated.toString());
    if (found == null) {
      begun.requireSame(job, describe(null, classes, KeepBounds.NONE));
    }
    return sgid.settings().withGuidance(GuidanceSchedule.parse(requireNonNull(found, "found")));
  }

  private @Nullable Settings settings(String label, @Nullable Settings ofJob) {
    return job.labels().settings(label, ofJob, sgid.settings());
  }

  private void augment(OutFolder folder, @Nullable Settings settings, Missing missing, Judge judge)
      throws IOException {
    progress("", "");
    Requests requests =
        new Requests(
            this::read,
            work(folder, missing),
            job.labels(),
            label -> settings(label, settings),
            this::caption,
            budget);
    Making making = new Making(job.whenRejected(), job.imageFormat(), job.decoder(), job.labels());
    Place place = new FolderPlace(job, names, folder);
    CopiesOfImage image = null;
    try (AugmentationStream outcomes = sgid.stream(requests)) {
      while (outcomes.hasNext()) {
        stopIfInterrupted();
        Outcome outcome = outcomes.next();
        if (image == null || image.isDone()) {
          Read read = begin(requests, folder);
          Settings own = settings(read.source().label(), settings);
          image = new CopiesOfImage(making, sgid, judge, place, read, own, this);
        }
        image.take(outcome);
      }
      aside(requests, folder); // behind the last that was read
    }
  }

  private LoadedImage read(Source source) throws IOException {
    return LoadedImage.read(source, job.decoder());
  }

  /** What is known of an image; null to have it captioned. */
  private @Nullable String caption(Source source) {
    String own = job.captions().of(source);
    return own == null ? captions.get(source.source()) : own;
  }

  private Iterator<Task> work(OutFolder folder, Missing missing) throws IOException {
    if (budget == null) {
      return Work.inOrder(job.in(), missing);
    }
    // shards are what they are by the order in which they were written: there it stays the same
    boolean reorder = job.format().equals(OutputFormat.folders());
    if (reorder) {
      rememberCaptions(folder, missing);
    }
    Iterator<Task> work =
        Work.failedLast(
            job.in(), missing, folder.history(), reorder ? job.copies().most() : Work.AT_ONCE);
    budget.begin();
    return work;
  }

  /** The next image of which there are outcomes. */
  private Read begin(Requests requests, OutFolder folder) throws IOException {
    Read read = aside(requests, folder);
    if (read == null) {
      throw new IllegalStateException("An outcome of an image that was not read");
    }
    return read;
  }

  /** Passes images of which there are no outcomes, up to one of which there are, or the last. */
  private @Nullable Read aside(Requests requests, OutFolder folder) throws IOException {
    for (Read read = requests.poll(); read != null; read = requests.poll()) {
      Source source = read.source();
      if (budget == null || tried.add(source.source())) { // which may come once for each copy
        folder.retry(source.source());
      }
      if (read.failure() != null) {
        fail(folder, source, read.failure(), read.copies());
        continue;
      }
      if (read.several()) {
        several.add(source.source());
      }
      if (read.rotated()) {
        rotated.add(source.source());
      }
      if (read.bytes() != null) {
        ManifestLine line =
            ManifestLine.original(names.original(source), source, read.sha256(), read.identity());
        try (StageEvents events = writing(source, Origin.ALL)) {
          line = folder.add(line, read.bytes());
        }
        job.listener().made(line);
      }
      if (read.copies() > 0) {
        return read;
      }
    }
    return null;
  }

  /** Tells a flight recording of an image that is written. */
  private static StageEvents writing(Source source, int copy) {
    StageEvents.Subject subject = new StageEvents.Subject(source.source(), source.label(), copy);
    return StageEvents.begin(StageEvents.WRITE, List.of(subject), identity());
  }

  private void fail(OutFolder folder, Source source, String reason, int copies) throws IOException {
    Failure failure = new Failure(source.source(), reason);
    folder.add(failure);
    count(failure, source, copies);
  }

  private void progress(String current, String label) {
    job.listener()
        .progressed(
            JobProgress.of(Phase.AUGMENTING, job.pictures() - rejected - droppedBefore)
                .withDone(alreadyThere + pictures)
                .withFailed(failedPictures)
                .withDropped(dropped)
                .withAlreadyThere(alreadyThere)
                .withCurrent(current, label));
  }

  @Override
  public void made(ManifestLine line) {
    pictures++;
    Verdict verdict = line.verdict();
    settle(1);
    String caption = line.caption();
    if (budget != null && caption != null) {
      captions.put(line.source(), caption);
    }
    doubtful += verdict == null || verdict.kept() ? 0 : 1;
    job.listener().made(line);
    progress(line.source(), line.label());
  }

  @Override
  public void dropped(Source source) {
    settle(1);
    dropped++;
    progress(source.source(), source.label());
  }

  @Override
  public void failed(Failure failure, Source source, int copies) {
    settle(copies);
    count(failure, source, copies);
  }

  private void count(Failure failure, Source source, int copies) {
    failedPictures += copies;
    job.listener().failed(failure);
    progress(source.source(), source.label());
  }

  private void settle(int copies) {
    if (budget != null) {
      budget.settle(copies);
    }
  }

  @Override
  public void far(Source source) {
    far.add(source.source());
  }
}

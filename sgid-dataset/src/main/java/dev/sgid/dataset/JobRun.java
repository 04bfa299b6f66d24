package dev.sgid.dataset;

import dev.sgid.Augmentation;
import dev.sgid.AugmentationStream;
import dev.sgid.FailedCopy;
import dev.sgid.Outcome;
import dev.sgid.Settings;
import dev.sgid.Sgid;
import dev.sgid.SgidException;
import dev.sgid.Stage;
import dev.sgid.dataset.JobProgress.Phase;
import dev.sgid.dataset.OutFolder.Planned;
import dev.sgid.dataset.Requests.Read;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of a job. Images are read on a thread of the stream's, models run on others, and here
 * pictures are encoded and written in the data set's order.
 */
final class JobRun {
  private static final Logger LOG = LoggerFactory.getLogger(JobRun.class);

  private final AugmentJob job;
  private final Sgid sgid;
  private final OutputNames names;
  private final long start = System.nanoTime();

  private List<String> foreign = List.of();
  private int pictures;
  private int failedPictures;
  private int far; // images, by what the pack knows
  private boolean cancelled;

  JobRun(AugmentJob job, Sgid sgid) {
    this.job = job;
    this.sgid = sgid;
    this.names = job.names();
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
    return new JobSummary(
        job.out(),
        job.pictures(),
        pictures,
        taken.failures(),
        cancelled,
        Duration.ofNanos(System.nanoTime() - start),
        job.in().ignored(),
        foreign,
        warnings());
  }

  private List<String> warnings() {
    List<String> warnings = new ArrayList<>(job.warnings());
    if (far > 0) {
      warnings.add(
          (far == 1 ? "1 image is" : far + " images are")
              + " far from all that the pack was trained on, and so hardly to be trusted:"
              + " domain_distance in the manifest says how far each is");
    }
    return warnings;
  }

  private void run(OutFolder folder) throws IOException {
    job.warnings().forEach(LOG::warn);
    Settings settings = settings();
    List<String> classes = names.classes();
    Settings described = settings == null ? sgid.settings() : settings;
    String description = JobJson.job(job, sgid, described, classes);
    stopIfInterrupted();
    foreign = folder.begin(job.format(), new Planned(job.plannedNames(), classes), description);
    job.in().failures().forEach(folder::add);
    augment(folder, settings);
  }

  private static void stopIfInterrupted() {
    if (Thread.currentThread().isInterrupted()) {
      throw SgidException.cancelled(Stage.CAPTION);
    }
  }

  /** Those of the job's own; null for the {@link Sgid}'s. */
  private @Nullable Settings settings() {
    CalibratedGuidance calibrated = job.calibration();
    if (calibrated != null) {
      return sgid.settings()
          .withGuidance(calibrated.schedule(new Calibration(job, sgid).similarities()));
    }
    return job.guidance() == null ? null : sgid.settings().withGuidance(job.guidance());
  }

  private void augment(OutFolder folder, @Nullable Settings settings) throws IOException {
    progress("");
    Requests requests = new Requests(job, settings);
    Image image = null;
    try (AugmentationStream outcomes = sgid.stream(requests)) {
      while (outcomes.hasNext()) {
        stopIfInterrupted();
        Outcome outcome = outcomes.next();
        if (outcome.copy() == 0) {
          image = new Image(begin(requests, folder), folder);
        }
        if (image == null) {
          throw new IllegalStateException("An outcome of no image: " + outcome.id());
        }
        image.take(outcome);
      }
      unreadable(requests, folder); // behind the last that was read
    }
  }

  /** The next image that was read; those before it that could not be are failures. */
  private Read begin(Requests requests, OutFolder folder) throws IOException {
    Read read = unreadable(requests, folder);
    if (read == null) {
      throw new IllegalStateException("An outcome of an image that was not read");
    }
    if (read.bytes() != null) {
      Source source = read.source();
      folder.add(
          ManifestLine.original(names.original(source), source, read.sha256(), read.identity()),
          read.bytes());
    }
    return read;
  }

  private @Nullable Read unreadable(Requests requests, OutFolder folder) {
    Read read = requests.poll();
    while (read != null && read.failure() != null) {
      fail(folder, read.source(), read.failure(), job.copies());
      read = requests.poll();
    }
    return read;
  }

  private void fail(OutFolder folder, Source source, String reason, int copies) {
    folder.add(new Failure(source.source(), reason));
    failedPictures += copies;
    progress(source.source());
  }

  private void progress(String current) {
    job.listener()
        .progressed(
            new JobProgress(Phase.AUGMENTING, job.pictures(), pictures, failedPictures, current));
  }

  /** The copies of one image, as they come. */
  private final class Image {
    private final Read read;
    private final OutFolder folder;
    private final List<FailedCopy> failed = new ArrayList<>();
    private boolean isFar;

    Image(Read read, OutFolder folder) {
      this.read = read;
      this.folder = folder;
    }

    void take(Outcome outcome) throws IOException {
      if (outcome instanceof FailedCopy copy) {
        failed.add(copy);
      } else if (outcome instanceof Augmentation copy) {
        write(copy);
      }
      if (outcome.copy() == job.copies() - 1) {
        listFailures();
      }
    }

    private void write(Augmentation copy) throws IOException {
      Source source = read.source();
      String name = names.copy(source, copy.copy());
      folder.add(ManifestLine.copy(name, source, read.sha256(), copy), Png.encode(copy.image()));
      pictures++;
      double distance = copy.domainDistance().orElse(0);
      if (!isFar && sgid.domain().map(domain -> distance > domain.far()).orElse(false)) {
        isFar = true;
        far++;
      }
      progress(source.source());
    }

    /** One line where all failed for one reason, which is the image's then, else one each. */
    private void listFailures() {
      List<String> reasons = failed.stream().map(copy -> reason(copy.reason())).distinct().toList();
      if (failed.size() == job.copies() && reasons.size() == 1) {
        fail(folder, read.source(), reasons.get(0), failed.size());
        return;
      }
      for (FailedCopy copy : failed) {
        fail(folder, read.source(), "copy " + copy.copy() + ": " + reason(copy.reason()), 1);
      }
    }

    private static String reason(SgidException e) {
      return e.stage() + ": " + e.getMessage();
    }
  }
}

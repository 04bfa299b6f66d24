package dev.sgid.dataset;

import com.google.gson.JsonObject;
import dev.sgid.AugmentRequest;
import dev.sgid.Augmentation;
import dev.sgid.Settings;
import dev.sgid.Sgid;
import dev.sgid.SgidException;
import dev.sgid.Stage;
import dev.sgid.dataset.JobProgress.Phase;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run of a job: reads images, has chunks of them augmented and writes what comes out. */
final class JobRun {
  private static final Logger LOG = LoggerFactory.getLogger(JobRun.class);

  private final AugmentJob job;
  private final Sgid sgid;
  private final OutputNames names;
  private final long start = System.nanoTime();

  private int pictures;
  private int failedPictures;
  private boolean cancelled;

  JobRun(AugmentJob job, Sgid sgid) {
    this.job = job;
    this.sgid = sgid;
    this.names = new OutputNames(job.found().sources(), job.copies(), job.withOriginals());
  }

  JobSummary run() throws IOException {
    OutFolder.requireUsable(job.out(), job.overwrite());
    Settings settings;
    JsonObject description;
    try {
      settings = settings();
      description = Json.job(job, sgid, settings, job.guidance());
      stopIfInterrupted();
    } catch (SgidException e) {
      if (!e.isCancelled()) {
        throw e;
      }
      cancelled = true;
      return summary(0, List.of());
    }
    // only now: nothing is left to be refused
    List<String> foreign = Files.exists(job.out()) ? new FormerRun(job.out()).remove() : List.of();
    OutFolder folder = OutFolder.begin(job.out(), planned(), description);
    try (folder) {
      job.found().failures().forEach(folder::add);
      augment(folder, settings);
    }
    return summary(folder.failures(), foreign);
  }

  private static void stopIfInterrupted() {
    if (Thread.currentThread().isInterrupted()) {
      throw SgidException.cancelled(Stage.CAPTION);
    }
  }

  private Settings settings() {
    GuidanceText text = job.guidance();
    if (text == null) {
      return sgid.settings();
    }
    return sgid.settings()
        .withGuidance(text.schedule(() -> new Calibration(job, sgid).similarities()));
  }

  private List<String> planned() {
    List<String> planned = new ArrayList<>();
    for (Source source : job.found().sources()) {
      if (job.withOriginals()) {
        planned.add(names.original(source));
      }
      for (int copy = 0; copy < job.copies(); copy++) {
        planned.add(names.copy(source, copy));
      }
    }
    return planned;
  }

  private JobSummary summary(int failures, List<String> foreign) {
    return new JobSummary(
        job.out(),
        job.pictures(),
        pictures,
        failures,
        cancelled,
        Duration.ofNanos(System.nanoTime() - start),
        job.found().ignored(),
        foreign);
  }

  private void augment(OutFolder folder, Settings settings) throws IOException {
    try {
      progress("");
      Chunk chunk = new Chunk(job.chunk(), job.copies());
      for (Source source : job.found().sources()) {
        stopIfInterrupted();
        LoadedImage image = load(source, folder);
        if (image == null) {
          continue;
        }
        if (!chunk.hasRoomFor(image)) {
          make(chunk.take(), settings, folder);
        }
        chunk.add(image);
      }
      make(chunk.take(), settings, folder);
    } catch (SgidException e) {
      if (!e.isCancelled()) {
        throw e;
      }
      LOG.debug("Cancelled", e);
      cancelled = true;
    }
  }

  private @Nullable LoadedImage load(Source source, OutFolder folder) {
    try {
      return LoadedImage.read(source, job.decoder());
    } catch (NoSuchFileException e) {
      fail(folder, source, "there is no such file any more, or a link leads nowhere", job.copies());
    } catch (IOException e) {
      fail(folder, source, Reason.of(e), job.copies());
    }
    return null;
  }

  /** Makes the copies of all images at once; if that fails as a whole, image by image. */
  private void make(List<LoadedImage> images, Settings settings, OutFolder folder)
      throws IOException {
    if (images.isEmpty()) {
      return;
    }
    List<Augmentation> made;
    try {
      made = sgid.augmentAll(images.stream().map(image -> request(image, settings)).toList());
    } catch (SgidException e) {
      if (e.isCancelled()) {
        throw e;
      }
      if (images.size() == 1) {
        writeOriginal(images.get(0), folder);
        fail(folder, images.get(0).source(), reason(e), job.copies());
        return;
      }
      LOG.debug("{} images failed together, they are tried one by one", images.size(), e);
      for (LoadedImage image : images) {
        make(List.of(image), settings, folder);
      }
      return;
    }
    for (int i = 0; i < images.size(); i++) {
      write(images.get(i), made.subList(i * job.copies(), (i + 1) * job.copies()), folder);
    }
  }

  private AugmentRequest request(LoadedImage image, Settings settings) {
    Source source = image.source();
    return new AugmentRequest(
        image.image(), source.label(), source.source(), 0, job.copies(), null, settings);
  }

  private void write(LoadedImage image, List<Augmentation> copies, OutFolder folder)
      throws IOException {
    writeOriginal(image, folder);
    for (Augmentation copy : copies) {
      String failure = writeCopy(image, copy, folder);
      if (failure != null) {
        fail(folder, image.source(), "copy " + copy.copy() + ": " + failure, 1);
      }
    }
  }

  private void writeOriginal(LoadedImage image, OutFolder folder) throws IOException {
    if (job.withOriginals()) {
      Source source = image.source();
      String name = names.original(source);
      folder.add(name, image.bytes(), Json.original(name, source, image.sha256()));
    }
  }

  /** Writes a copy, or tells why it can't be. */
  private @Nullable String writeCopy(LoadedImage image, Augmentation copy, OutFolder folder)
      throws IOException {
    if (copy.failure().isPresent()) {
      return reason(copy.failure().get());
    }
    BufferedImage picture = copy.image();
    double consistency;
    try {
      consistency = sgid.similarity(picture, image.image());
    } catch (SgidException e) {
      if (e.isCancelled()) {
        throw e;
      }
      return reason(e);
    }
    Source source = image.source();
    String name = names.copy(source, copy.copy());
    JsonObject line = Json.copy(name, source, image.sha256(), copy, consistency);
    folder.add(name, Png.encode(picture), line);
    pictures++;
    progress(source.source());
    return null;
  }

  private static String reason(SgidException e) {
    return e.stage() + ": " + e.getMessage();
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
}

package dev.sgid.dataset;

import dev.sgid.Sgid;
import dev.sgid.dataset.JobProgress.Phase;
import dev.sgid.dataset.internal.keep.BoundsOfImages;
import dev.sgid.dataset.internal.keep.ClassProbabilities;
import dev.sgid.dataset.internal.keep.EvenSample;
import dev.sgid.dataset.internal.keep.KeepBounds;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds how real images score, on up to 512 of them, spread evenly over the data set: the bounds
 * for copies of each class are quantiles of that.
 */
final class KeepCalibration {
  private static final Logger LOG = LoggerFactory.getLogger(KeepCalibration.class);

  private final AugmentJob job;
  private final Sgid sgid;
  private final ClassProbabilities classes;

  KeepCalibration(AugmentJob job, Sgid sgid, ClassProbabilities classes) {
    this.job = job;
    this.sgid = sgid;
    this.classes = classes;
  }

  /** The bounds; those that the job gives are the same for all classes. */
  KeepBounds bounds() {
    Keep keep = job.keep();
    if (!keep.isConsistent()) {
      return KeepBounds.NONE;
    }
    Map<String, List<float[]>> images = keep.needsCalibration() ? embed() : Map.of();
    return new BoundsOfImages(keep, classes).bounds(images);
  }

  private Map<String, List<float[]>> embed() {
    Map<String, List<float[]>> byLabel = new LinkedHashMap<>();
    List<Source> all = new ArrayList<>();
    job.in().forEach(all::add);
    int total = Math.min(BoundsOfImages.MOST_IMAGES, all.size());
    JobProgress progress = JobProgress.of(Phase.CALIBRATING, total);
    int done = 0;
    for (Source source : EvenSample.of(all, BoundsOfImages.MOST_IMAGES)) {
      JobRun.stopIfInterrupted();
      job.listener()
          .progressed(progress.withDone(done++).withCurrent(source.source(), source.label()));
      try {
        LoadedImage image = LoadedImage.read(source, job.decoder());
        byLabel
            .computeIfAbsent(source.label(), label -> new ArrayList<>())
            .add(sgid.embedImages(List.of(image.image())).get(0));
      } catch (IOException e) {
        LOG.debug("Not used for calibration, it will be among the failures: {}", source, e);
      }
    }
    return byLabel;
  }
}

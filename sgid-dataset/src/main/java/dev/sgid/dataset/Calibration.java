package dev.sgid.dataset;

import dev.sgid.AugmentRequest;
import dev.sgid.ScoredCaption;
import dev.sgid.Sgid;
import dev.sgid.SgidException;
import dev.sgid.dataset.JobProgress.Phase;
import dev.sgid.dataset.internal.keep.EvenSample;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Captions images of the data set, evenly spread over it, to see how similar captions are. The
 * {@link Sgid} remembers them, so that none is captioned again when its copies are made.
 */
final class Calibration {
  private static final Logger LOG = LoggerFactory.getLogger(Calibration.class);
  private static final int MOST_IMAGES = 512;
  private static final int MOST_TOGETHER = 16;
  private static final long MOST_PIXELS_TOGETHER = 16_000_000; // 64 MB

  private final AugmentJob job;
  private final Sgid sgid;
  private final List<Double> similarities = new ArrayList<>();

  Calibration(AugmentJob job, Sgid sgid) {
    this.job = job;
    this.sgid = sgid;
  }

  /** The similarities; images that can't be read or captioned have none. */
  double[] similarities() {
    int total = Math.min(MOST_IMAGES, job.in().size());
    progress(JobProgress.of(Phase.CALIBRATING, total));
    List<LoadedImage> images = new ArrayList<>();
    long pixels = 0;
    List<Source> all = new ArrayList<>();
    job.in().forEach(all::add);
    for (Source source : EvenSample.of(all, MOST_IMAGES)) {
      try {
        LoadedImage image = LoadedImage.read(source, job.decoder());
        pixels += image.pixels();
        if (images.size() == MOST_TOGETHER || pixels > MOST_PIXELS_TOGETHER) {
          score(images);
          progress(
              JobProgress.of(Phase.CALIBRATING, total)
                  .withCurrent(source.source(), source.label()));
          images.clear();
          pixels = image.pixels();
        }
        images.add(image);
      } catch (IOException e) {
        LOG.debug("Not used for calibration, it will be among the failures: {}", source, e);
      }
    }
    score(images);
    return similarities.stream().mapToDouble(Double::doubleValue).toArray();
  }

  /** Scores images together; one by one if that fails, so that one alone is lost. */
  private void score(List<LoadedImage> images) {
    try {
      sgid.captionAll(images.stream().map(this::request).toList()).stream()
          .map(ScoredCaption::similarity)
          .forEach(similarities::add);
    } catch (SgidException e) {
      if (e.isCancelled()) {
        throw e;
      }
      if (images.size() > 1) {
        images.forEach(image -> score(List.of(image)));
      } else {
        LOG.debug("Not used for calibration: {}", images.get(0).source(), e);
      }
    }
  }

  private AugmentRequest request(LoadedImage image) {
    return AugmentRequest.of(image.image(), image.source().label())
        .withCaption(job.captions().of(image.source()));
  }

  private void progress(JobProgress progress) {
    job.listener().progressed(progress.withDone(similarities.size()));
  }
}

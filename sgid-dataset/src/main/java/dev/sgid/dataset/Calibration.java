package dev.sgid.dataset;

import dev.sgid.AugmentRequest;
import dev.sgid.ScoredCaption;
import dev.sgid.Sgid;
import dev.sgid.SgidException;
import dev.sgid.dataset.JobProgress.Phase;
import dev.sgid.dataset.Requests.Captioned;
import dev.sgid.dataset.Requests.Images;
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

  private final Images images;
  private final Captioned captions;
  private final Sgid sgid;
  private final JobListener listener;
  private final List<Double> similarities = new ArrayList<>();

  Calibration(Images images, Captioned captions, Sgid sgid, JobListener listener) {
    this.images = images;
    this.captions = captions;
    this.sgid = sgid;
    this.listener = listener;
  }

  /** The similarities; images that can't be read or captioned have none. */
  double[] similarities(Iterable<Source> in) {
    List<Source> all = new ArrayList<>();
    in.forEach(all::add);
    List<Source> some = EvenSample.of(all, MOST_IMAGES);
    int total = some.size();
    progress(JobProgress.of(Phase.CALIBRATING, total));
    List<LoadedImage> together = new ArrayList<>();
    long pixels = 0;
    for (Source source : some) {
      try {
        LoadedImage image = images.read(source);
        pixels += image.pixels();
        if (together.size() == MOST_TOGETHER || pixels > MOST_PIXELS_TOGETHER) {
          score(together);
          progress(
              JobProgress.of(Phase.CALIBRATING, total)
                  .withCurrent(source.source(), source.label()));
          together.clear();
          pixels = image.pixels();
        }
        together.add(image);
      } catch (IOException e) {
        LOG.debug("Not used for calibration, it will be among the failures: {}", source, e);
      }
    }
    score(together);
    return similarities.stream().mapToDouble(Double::doubleValue).toArray();
  }

  /** Scores images together; one by one if that fails, so that one alone is lost. */
  private void score(List<LoadedImage> together) {
    try {
      sgid.captionAll(together.stream().map(this::request).toList()).stream()
          .map(ScoredCaption::similarity)
          .forEach(similarities::add);
    } catch (SgidException e) {
      if (e.isCancelled()) {
        throw e;
      }
      if (together.size() > 1) {
        together.forEach(image -> score(List.of(image)));
      } else {
        LOG.debug("Not used for calibration: {}", together.get(0).source(), e);
      }
    }
  }

  private AugmentRequest request(LoadedImage image) {
    return AugmentRequest.of(image.image(), image.source().label())
        .withCaption(captions.of(image.source()));
  }

  private void progress(JobProgress progress) {
    listener.progressed(progress.withDone(similarities.size()));
  }
}

package dev.sgid.dataset;

import dev.sgid.AugmentRequest;
import dev.sgid.ScoredCaption;
import dev.sgid.Sgid;
import dev.sgid.dataset.JobProgress.Phase;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Captions images of the data set, evenly spread over it, to see how similar captions are. */
final class Calibration {
  private static final Logger LOG = LoggerFactory.getLogger(Calibration.class);
  private static final int MOST_IMAGES = 512;

  private final AugmentJob job;
  private final Sgid sgid;
  private final List<Double> similarities = new ArrayList<>();

  Calibration(AugmentJob job, Sgid sgid) {
    this.job = job;
    this.sgid = sgid;
  }

  /** The similarities; images that can't be read have none. */
  double[] similarities() {
    List<Source> sample = sample();
    Chunk chunk = new Chunk(job.chunk(), 1);
    for (Source source : sample) {
      try {
        LoadedImage image = LoadedImage.read(source, job.decoder());
        if (!chunk.hasRoomFor(image)) {
          score(chunk.take());
          progress(sample, source);
        }
        chunk.add(image);
      } catch (IOException e) {
        LOG.debug("Not used for calibration, it will be among the failures: {}", source, e);
      }
    }
    score(chunk.take());
    return similarities.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private List<Source> sample() {
    List<Source> all = job.found().sources();
    if (all.size() <= MOST_IMAGES) {
      return all;
    }
    List<Source> sample = new ArrayList<>();
    for (int i = 0; i < MOST_IMAGES; i++) {
      sample.add(all.get((int) ((long) i * all.size() / MOST_IMAGES)));
    }
    return sample;
  }

  private void score(List<LoadedImage> images) {
    sgid
        .captionAll(
            images.stream()
                .map(image -> AugmentRequest.of(image.image(), image.source().label()))
                .toList())
        .stream()
        .map(ScoredCaption::similarity)
        .forEach(similarities::add);
  }

  private void progress(List<Source> sample, Source source) {
    job.listener()
        .progressed(
            new JobProgress(
                Phase.CALIBRATING, sample.size(), similarities.size(), 0, source.source()));
  }
}

package dev.sgid.dataset;

import dev.sgid.AugmentRequest;
import dev.sgid.Augmentation;
import dev.sgid.AugmentationStream;
import dev.sgid.Outcome;
import dev.sgid.Settings;
import dev.sgid.Sgid;
import dev.sgid.dataset.JobProgress.Phase;
import dev.sgid.dataset.internal.keep.EvenSample;
import dev.sgid.dataset.plan.Pace;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a few pictures as the job would, and looks how long it takes. One picture, which isn't
 * counted, warms up: models are opened and compiled then. Then pictures are made for some seconds,
 * of images evenly spread over the data set and with as many copies of each as the job makes, side
 * by side as in the job; of ten batches the first, in which the lanes fill, and the last, in which
 * they run dry, don't count. Where one picture alone takes long, two more are made one by one.
 */
final class PaceMeter {
  private static final Logger LOG = LoggerFactory.getLogger(PaceMeter.class);
  private static final Duration USUAL = Duration.ofSeconds(12);
  private static final int MOST_IMAGES = 1000; // whose captions are not remembered from before
  private static final int BATCHES = 10;
  private static final int ALONE = 2;

  private final AugmentJob job;
  private final Sgid sgid;
  private final @Nullable Settings settings;
  private final List<Source> images;
  private final long budget; // nanoseconds
  private final LongSupplier clock; // nanoseconds
  private long begun; // by the clock

  /** Of the images that can be read. */
  PaceMeter(AugmentJob job, Sgid sgid, List<Source> readable) {
    this(job, sgid, readable, USUAL, System::nanoTime);
  }

  PaceMeter(AugmentJob job, Sgid sgid, List<Source> readable, Duration budget, LongSupplier clock) {
    this.job = job;
    this.sgid = sgid;
    this.settings = job.guidance() == null ? null : sgid.settings().withGuidance(job.guidance());
    this.images =
        EvenSample.of(
            readable.stream().filter(source -> job.copies().of(source) > 0).toList(), MOST_IMAGES);
    this.budget = budget.toNanos();
    this.clock = clock;
  }

  /**
   * Measures.
   *
   * @return null where no picture could be made
   * @throws dev.sgid.SgidException if nothing works, or the thread is interrupted
   */
  @Nullable Pace measure() {
    if (images.isEmpty()) {
      return null;
    }
    begun = clock.getAsLong();
    progress();
    long begin = begun;
    boolean warm = isMade(images.get(0));
    long first = clock.getAsLong() - begin;
    if (warm && first > budget / 4) {
      return alone();
    }
    return sideBySide();
  }

  /** Slow models: a few pictures, one after the other. */
  private @Nullable Pace alone() {
    List<Double> seconds = new ArrayList<>();
    for (Source source : EvenSample.of(images, ALONE)) {
      long begin = clock.getAsLong();
      if (isMade(source)) {
        seconds.add((clock.getAsLong() - begin) / 1e9);
      }
      progress();
    }
    return pace(seconds.size(), seconds);
  }

  private boolean isMade(Source source) {
    AugmentRequest request = request(source, 1);
    return request != null
        && sgid.augmentAll(List.of(request)).stream().anyMatch(Augmentation.class::isInstance);
  }

  private @Nullable Pace sideBySide() {
    List<Long> times = new ArrayList<>(); // at which pictures arrived
    long begin = clock.getAsLong();
    try (AugmentationStream outcomes = sgid.stream(new Sample(begin + budget))) {
      while (outcomes.hasNext()) {
        JobRun.stopIfInterrupted();
        Outcome outcome = outcomes.next();
        if (outcome instanceof Augmentation) {
          times.add(clock.getAsLong());
          progress();
        }
      }
    }
    int batches = Math.min(BATCHES, times.size());
    List<Double> seconds = new ArrayList<>();
    long last = begin;
    int made = 0;
    for (int batch = 1; batch <= batches; batch++) {
      int until = (int) ((long) times.size() * batch / batches);
      long end = times.get(until - 1);
      seconds.add((end - last) / 1e9 / (until - made));
      last = end;
      made = until;
    }
    return pace(times.size(), batches == BATCHES ? seconds.subList(1, BATCHES - 1) : seconds);
  }

  private static @Nullable Pace pace(int pictures, List<Double> seconds) {
    return seconds.isEmpty()
        ? null
        : Pace.of(pictures, seconds.stream().mapToDouble(Double::doubleValue).toArray());
  }

  private @Nullable AugmentRequest request(Source source, int copies) {
    try {
      String label = source.label();
      return AugmentRequest.of(
              LoadedImage.read(source, job.decoder()).image(), job.labels().text(label))
          .withCopies(copies)
          .withCaption(job.captions().of(source))
          .withSettings(job.labels().settings(label, settings, sgid.settings()));
    } catch (IOException e) {
      LOG.debug("Not used to measure, it will be among the failures: {}", source, e);
      return null;
    }
  }

  /** Seconds, since how many pictures there will be is not known. */
  private void progress() {
    int seconds = (int) Duration.ofNanos(budget).toSeconds();
    int passed = (int) Duration.ofNanos(clock.getAsLong() - begun).toSeconds();
    job.listener()
        .progressed(JobProgress.of(Phase.MEASURING, seconds).withDone(Math.min(passed, seconds)));
  }

  /** Requests until the time is over. */
  private final class Sample implements Iterator<AugmentRequest> {
    private final long end;
    private final Iterator<Source> left = images.iterator();
    private @Nullable AugmentRequest next;

    Sample(long end) {
      this.end = end;
    }

    @Override
    public boolean hasNext() {
      while (next == null && left.hasNext() && clock.getAsLong() < end) {
        Source source = left.next();
        next = request(source, job.copies().of(source));
      }
      return next != null;
    }

    @Override
    public AugmentRequest next() {
      AugmentRequest request = hasNext() ? next : null;
      if (request == null) {
        throw new NoSuchElementException("There are no more images");
      }
      next = null;
      return request;
    }
  }
}

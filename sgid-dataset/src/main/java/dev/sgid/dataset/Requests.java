package dev.sgid.dataset;

import static java.util.Objects.requireNonNull;

import dev.sgid.AugmentRequest;
import dev.sgid.Settings;
import dev.sgid.internal.RgbImage;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * What is missing of a data set as requests, its images read and decoded one by one as the stream
 * asks for them, on a thread of its own. What was read, or why it could not be, is told to the
 * thread that writes in the same order, through a queue: no longer than what the stream has on its
 * way.
 */
final class Requests implements Iterator<AugmentRequest> {
  private final AugmentJob job;
  private final Missing missing;
  private final ClassSettings settings;
  private final Iterator<Source> sources;
  private final Queue<Read> read = new ConcurrentLinkedQueue<>();
  private final Queue<AugmentRequest> next = new ArrayDeque<>();

  /**
   * An image that was asked for.
   *
   * @param source which
   * @param copies how many outcomes there will be for it
   * @param sha256 of its file; empty where it could not be read
   * @param identity of its pixels, where it is to stand beside its copies
   * @param bytes its file, where it is to stand beside its copies
   * @param several whether its file holds more frames or pages, of which the first was read
   * @param decoded its pixels; null where it could not be read
   * @param failure why it could not be read
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Read(
      Source source,
      int copies,
      String sha256,
      String identity,
      byte @Nullable [] bytes,
      boolean several,
      @Nullable BufferedImage decoded,
      @Nullable String failure) {
    /** The image, which could be read. */
    BufferedImage image() {
      return requireNonNull(decoded, "decoded");
    }
  }

  /** The settings of a class; null for those of the stream. */
  interface ClassSettings {
    @Nullable Settings of(String label);
  }

  /** Requests for what is missing. */
  Requests(AugmentJob job, Missing missing, ClassSettings settings) {
    this.job = job;
    this.missing = missing;
    this.settings = settings;
    this.sources = job.in().iterator();
  }

  @Override
  public boolean hasNext() {
    while (next.isEmpty() && sources.hasNext()) {
      Source source = sources.next();
      if (!missing.any(source)) {
        continue;
      }
      try {
        request(LoadedImage.read(source, job.decoder()));
      } catch (IOException e) {
        read.add(new Read(source, missing.copies(source), "", "", null, false, null, Reason.of(e)));
      }
    }
    return !next.isEmpty();
  }

  @Override
  public AugmentRequest next() {
    if (!hasNext()) {
      throw new NoSuchElementException("There are no more images");
    }
    return next.remove();
  }

  private void request(LoadedImage image) {
    Source source = image.source();
    boolean beside = missing.original(source);
    String identity = beside ? RgbImage.of(image.image()).identity() : "";
    read.add(
        new Read(
            source,
            missing.copies(source),
            image.sha256(),
            identity,
            beside ? image.bytes() : null,
            image.isFirstOfSeveral(),
            image.image(),
            null));
    for (Missing.Range range : missing.ranges(source)) {
      next.add(
          AugmentRequest.of(image.image(), job.labels().text(source.label()))
              .withId(source.source())
              .withFirstCopy(range.first())
              .withCopies(range.count())
              .withCaption(job.captions().of(source))
              .withSettings(settings.of(source.label())));
    }
  }

  /** What was read next, in order; null for nothing yet. */
  @Nullable Read poll() {
    return read.poll();
  }
}

package dev.sgid.dataset;

import dev.sgid.AugmentRequest;
import dev.sgid.Settings;
import dev.sgid.internal.RgbImage;
import java.io.IOException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * The images of a data set as requests, read and decoded one by one as the stream asks for them, on
 * a thread of its own. What was read, or why it could not be, is told to the thread that writes in
 * the same order, through a queue: no longer than what the stream has on its way.
 */
final class Requests implements Iterator<AugmentRequest> {
  private final AugmentJob job;
  private final @Nullable Settings settings;
  private final Iterator<Source> sources;
  private final Queue<Read> read = new ConcurrentLinkedQueue<>();
  private @Nullable AugmentRequest next;

  /**
   * An image that was asked for.
   *
   * @param source which
   * @param sha256 of its file; empty where it could not be read
   * @param identity of its pixels, where it is to stand beside its copies
   * @param bytes its file, where it is to stand beside its copies
   * @param failure why it could not be read
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Read(
      Source source,
      String sha256,
      String identity,
      byte @Nullable [] bytes,
      @Nullable String failure) {}

  /** Requests with settings of their own, or those of the stream where there are none. */
  Requests(AugmentJob job, @Nullable Settings settings) {
    this.job = job;
    this.settings = settings;
    this.sources = job.in().iterator();
  }

  @Override
  public boolean hasNext() {
    while (next == null && sources.hasNext()) {
      Source source = sources.next();
      try {
        next = request(LoadedImage.read(source, job.decoder()));
      } catch (IOException e) {
        read.add(new Read(source, "", "", null, Reason.of(e)));
      }
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

  private AugmentRequest request(LoadedImage image) {
    boolean beside = job.withOriginals();
    String identity = beside ? RgbImage.of(image.image()).identity() : "";
    Source source = image.source();
    read.add(new Read(source, image.sha256(), identity, beside ? image.bytes() : null, null));
    return AugmentRequest.of(image.image(), source.label())
        .withId(source.source())
        .withCopies(job.copies())
        .withSettings(settings);
  }

  /** What was read next, in order; null for nothing yet. */
  @Nullable Read poll() {
    return read.poll();
  }
}

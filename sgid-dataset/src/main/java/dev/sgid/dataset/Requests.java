package dev.sgid.dataset;

import static java.util.Objects.requireNonNull;

import dev.sgid.AugmentRequest;
import dev.sgid.Settings;
import dev.sgid.dataset.Work.Task;
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
  private final Images images;
  private final Iterator<Task> work;
  private final Labels labels;
  private final ClassSettings settings;
  private final Captioned captions;
  private final @Nullable Budget budget;
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
   * @param rotated whether it is to stand beside its copies, and its file is stored rotated
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
      boolean rotated,
      @Nullable BufferedImage decoded,
      @Nullable String failure) {
    /** The image, which could be read. */
    BufferedImage image() {
      return requireNonNull(decoded, "decoded");
    }
  }

  /** Reads an image. */
  interface Images {
    LoadedImage read(Source source) throws IOException;
  }

  /** The caption of an image where there is one; null to have it captioned. */
  interface Captioned {
    @Nullable String of(Source source);
  }

  /** The settings of a class; null for those of the stream. */
  interface ClassSettings {
    @Nullable Settings of(String label);
  }

  /**
   * Requests.
   *
   * @param work what is to be made
   * @param labels what labels mean
   * @param budget the time for it; null for as much as it takes
   */
  Requests(
      Images images,
      Iterator<Task> work,
      Labels labels,
      ClassSettings settings,
      Captioned captions,
      @Nullable Budget budget) {
    this.images = images;
    this.work = work;
    this.labels = labels;
    this.settings = settings;
    this.captions = captions;
    this.budget = budget;
  }

  @Override
  public boolean hasNext() {
    while (next.isEmpty() && work.hasNext()) {
      Task task = work.next();
      if (budget != null && !budget.allows(task.copies(), task.failedBefore())) {
        return false;
      }
      try {
        request(task, images.read(task.source()));
      } catch (IOException e) {
        if (budget != null) {
          budget.settle(task.copies()); // here, where nobody has to be told of it first
        }
        read.add(
            new Read(task.source(), task.copies(), "", "", null, false, false, null, Reason.of(e)));
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

  private void request(Task task, LoadedImage image) throws IOException {
    Source source = task.source();
    boolean beside = task.original();
    String identity = beside ? RgbImage.of(image.image()).identity() : "";
    read.add(
        new Read(
            source,
            task.copies(),
            image.sha256(),
            identity,
            beside ? image.bytes() : null,
            image.isFirstOfSeveral(),
            beside && image.isStoredRotated(),
            image.image(),
            null));
    String caption = captions.of(source);
    for (Missing.Range range : task.ranges()) {
      next.add(
          AugmentRequest.of(image.image(), labels.text(source.label()))
              .withId(source.source())
              .withFirstCopy(range.first())
              .withCopies(range.count())
              .withCaption(caption)
              .withSettings(settings.of(source.label())));
    }
  }

  /** What was read next, in order; null for nothing yet. */
  @Nullable Read poll() {
    return read.poll();
  }
}

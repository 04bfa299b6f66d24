package dev.sgid.dataset;

import static java.util.Objects.requireNonNull;

import dev.sgid.AugmentationStream;
import dev.sgid.Outcome;
import dev.sgid.SgidException;
import dev.sgid.dataset.CopiesOfImage.Counts;
import dev.sgid.dataset.CopiesOfImage.Place;
import dev.sgid.dataset.Missing.Range;
import dev.sgid.dataset.Requests.Read;
import dev.sgid.dataset.Work.Task;
import dev.sgid.internal.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Pictures of images, those of an image next to each other, in the order in which images came. For
 * one thread; closing it ends the work within one run of a model.
 */
public final class RowPictures implements Iterator<RowPicture>, AutoCloseable {
  private static final int ORIGINAL = -1;

  private final RowJob job;
  private final Iterator<RowImage> images;
  // between the thread that reads and the one that writes
  private final Map<String, RowImage> underWay = new ConcurrentHashMap<>();
  private final Requests requests;
  private final AugmentationStream outcomes;
  private final Deque<RowPicture> ready = new ArrayDeque<>();
  private @Nullable CopiesOfImage image;
  private boolean over;

  RowPictures(RowJob job, Iterator<RowImage> images) {
    this.job = job;
    this.images = requireNonNull(images, "images");
    this.requests =
        new Requests(
            source -> LoadedImage.read(source, image(source).content(), new ImageDecoder()),
            new Tasks(),
            job.labels(),
            job::settings,
            Source::caption,
            null);
    this.outcomes = job.sgid().stream(requests);
  }

  private RowImage image(Source source) {
    return requireNonNull(underWay.get(source.source()), source.source());
  }

  /** Images as they are asked for. */
  private final class Tasks implements Iterator<Task> {
    @Override
    public boolean hasNext() {
      return images.hasNext();
    }

    @Override
    public Task next() {
      RowImage next = images.next();
      if (underWay.putIfAbsent(next.source(), next) != null) {
        throw new IllegalArgumentException(
            "There are two images of the name " + next.source() + ": names must differ");
      }
      List<Range> copies = next.copies() == 0 ? List.of() : List.of(new Range(0, next.copies()));
      boolean original = job.withOriginals() && !next.made().contains(ORIGINAL);
      return new Task(next.toSource(), copies, original, false);
    }
  }

  /**
   * Waits until it is known whether there is one more.
   *
   * @throws SgidException if the thread is interrupted, or nothing works any more
   */
  @Override
  public boolean hasNext() {
    try {
      while (ready.isEmpty() && !over) {
        advance();
      }
    } catch (IOException e) { // of encoding a picture in memory
      throw new UncheckedIOException(e);
    }
    return !ready.isEmpty();
  }

  @Override
  public RowPicture next() {
    if (!hasNext()) {
      throw new NoSuchElementException("There are no more pictures");
    }
    return ready.remove();
  }

  private void advance() throws IOException {
    if (!outcomes.hasNext()) {
      Read none = aside(); // behind the last that was read
      over = none == null;
      return;
    }
    Outcome outcome = outcomes.next();
    if (image == null || image.isDone()) {
      Read read = aside();
      if (read == null) {
        throw new IllegalStateException("An outcome of an image that was not read");
      }
      RowImage row = image(read.source());
      image =
          new CopiesOfImage(
              job.making(),
              job.sgid(),
              job.judge(),
              new InRows(row, job.names(row)),
              read,
              job.settings(read.source().label()),
              NOBODY);
      underWay.remove(row.source());
    }
    image.take(outcome);
  }

  /** Passes images of which there are no outcomes, up to one of which there are, or the last. */
  private @Nullable Read aside() {
    for (Read read = requests.poll(); read != null; read = requests.poll()) {
      Source source = read.source();
      RowImage row = image(source);
      if (read.failure() != null) {
        ready.add(RowPicture.failed(source.label(), new Failure(source.source(), read.failure())));
        underWay.remove(source.source());
        continue;
      }
      if (read.bytes() != null) {
        ready.add(
            RowPicture.made(
                ManifestLine.original(
                        job.names(row).original(source), source, read.sha256(), read.identity())
                    .withFileSha256(read.sha256()),
                read.bytes()));
      }
      if (read.copies() > 0) {
        return read;
      }
      underWay.remove(source.source());
    }
    return null;
  }

  /** Rows as the place that copies go to; what is there already is made for those behind it. */
  private final class InRows implements Place {
    private final RowImage row;
    private final OutputNames names;

    InRows(RowImage row, OutputNames names) {
      this.row = row;
      this.names = names;
    }

    @Override
    public int copies(Source source) {
      return row.copies();
    }

    @Override
    public String name(Source source, int copy) {
      return names.copy(source, copy);
    }

    @Override
    public @Nullable String caption(Source source) {
      return source.caption();
    }

    @Override
    public byte @Nullable [] former(Source source, int copy) {
      return null;
    }

    @Override
    public ManifestLine add(ManifestLine line, byte[] file) {
      ManifestLine whole = line.withFileSha256(Sha256.hex(file));
      if (!row.made().contains(line.copy())) {
        ready.add(RowPicture.made(whole, file));
      }
      return whole;
    }

    @Override
    public void drop(ManifestLine line) {
      if (!row.made().contains(line.copy())) {
        ready.add(RowPicture.dropped(line));
      }
    }

    @Override
    public void add(Failure failure) {
      ready.add(RowPicture.failed(row.label(), failure));
    }
  }

  /** What becomes of copies, the rows themselves say. */
  private static final Counts NOBODY =
      new Counts() {
        @Override
        public void made(ManifestLine line) {}

        @Override
        public void dropped(Source source) {}

        @Override
        public void failed(Failure failure, Source source, int copies) {}

        @Override
        public void far(Source source) {}
      };

  @Override
  public void close() {
    outcomes.close();
  }
}

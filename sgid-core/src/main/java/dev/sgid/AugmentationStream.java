package dev.sgid;

import java.lang.ref.Cleaner;
import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * Outcomes, one for each copy of each request, in the requests' order, as they are done.
 *
 * <pre>{@code
 * try (AugmentationStream outcomes = sgid.stream(requests.iterator())) {
 *   while (outcomes.hasNext()) {
 *     Outcome outcome = outcomes.next();
 *     …
 *   }
 * }
 * }</pre>
 *
 * <p>Work begins with the first call and goes on in threads of its own, a little ahead of the
 * consumer: at most two times lanes × batch pictures are on their way or waiting, fewer where they
 * are large for the heap, and as many requests as are captioned together are read ahead. So memory
 * does not depend on how many requests there are, nor on their copies.
 *
 * <p>For one thread at a time. Closing it ends the work within one run of a model.
 */
public final class AugmentationStream implements Iterator<Outcome>, AutoCloseable {
  private static final Cleaner FORGOTTEN = Cleaner.create();

  private final StreamRun run;
  private final Runnable onClose;

  AugmentationStream(StreamRun run, Runnable onClose) {
    this.run = run;
    this.onClose = onClose;
    Cleaner.Cleanable ignored = FORGOTTEN.register(this, run::stop); // run knows nothing of this
  }

  /**
   * Waits until it is known whether there is one more outcome.
   *
   * @throws SgidException if the thread is interrupted, which closes the stream; or if so many
   *     images failed one after the other that the device or the models must be at fault
   * @throws IllegalStateException if closed
   */
  @Override
  public boolean hasNext() {
    try {
      return run.hasNext();
    } catch (SgidException e) {
      if (e.isCancelled()) {
        close();
      }
      throw e;
    }
  }

  /**
   * The next outcome.
   *
   * @throws NoSuchElementException if there is none
   * @throws SgidException as {@link #hasNext}
   * @throws IllegalStateException if closed
   */
  @Override
  public Outcome next() {
    if (!hasNext()) {
      throw new NoSuchElementException("There are no more outcomes");
    }
    return run.next();
  }

  /**
   * Stops the work and waits until no model runs any more. What the iterator of requests is asked
   * for at that moment may still be read. A second call does nothing.
   *
   * @throws IllegalStateException if called from within the work, as by a listener
   */
  @Override
  public void close() {
    run.close();
    onClose.run();
  }
}

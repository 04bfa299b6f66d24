package dev.sgid;

import dev.sgid.internal.Lifetime;
import java.lang.ref.Cleaner;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Set;

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
 * are large for the heap, and so many requests are read ahead, too. So memory depends neither on
 * how many requests there are nor on their copies.
 *
 * <p>For one thread at a time. Closing it ends the work within one run of a model.
 */
public final class AugmentationStream implements Iterator<Outcome>, AutoCloseable {
  private static final Cleaner FORGOTTEN = Cleaner.create();

  private final StreamRun run;
  private final Lifetime lifetime;
  private final Set<StreamRun> open;

  /**
   * A stream of {@code run}, which knows nothing of it, so that it can be seen to be forgotten.
   *
   * @param open has {@code run} as long as it isn't closed
   */
  AugmentationStream(StreamRun run, Lifetime lifetime, Set<StreamRun> open) {
    this.run = run;
    this.lifetime = lifetime;
    this.open = open;
    Cleaner.Cleanable ignored =
        FORGOTTEN.register(
            this,
            () -> {
              run.stop();
              open.remove(run);
            });
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
    lifetime.requireOutside();
    run.close();
    open.remove(run);
  }
}

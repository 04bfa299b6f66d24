package dev.sgid;

import static java.util.Objects.requireNonNull;

import dev.sgid.internal.Attempts;
import dev.sgid.internal.Lifetime;
import java.awt.image.BufferedImage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Requests in, outcomes out in their order, with a bounded number of pictures between.
 *
 * <p>A reader thread takes requests from the caller's iterator, a little ahead. Lanes, threads that
 * each run {@link Img2ImgGenerator#generate(Img2ImgFeed)}, come here for the next picture whenever
 * they have a free seat; a lane that finds none prepared has the next requests prepared itself, so
 * that whatever there is to do, as many threads work on it as there are lanes. What they bring back
 * waits until the consumer has been handed everything before it.
 *
 * <p>Pictures are numbered over the whole stream. None is begun that is more than {@link #window}
 * ahead of the consumer, so nobody works when nobody pulls.
 *
 * <p>Thread-safe; {@link #hasNext} and {@link #next()} are for one consumer.
 */
final class StreamRun implements Img2ImgFeed {
  /** So many images that fail one after the other can't all be to blame themselves. */
  static final int HOPELESS = 32;

  /** An image of 12 megapixels and a copy of it are begun together in a heap of 384 MB. */
  private static final long BYTES_OF_HEAP_PER_PIXEL = 16;

  private final Pipeline pipeline;
  private final Lifetime lifetime;
  private final Iterator<? extends AugmentRequest> requests;
  private final StepListener listener;
  private final int lanes;
  private final int together; // requests that are prepared in one go, at most
  private final long window; // pictures
  private final long mostPixels;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final List<Thread> threads = new ArrayList<>(); // the lanes', and the reader's last
  private final Deque<Slot> read = new ArrayDeque<>();
  private final PriorityQueue<Slot> prepared =
      new PriorityQueue<>(Comparator.comparingLong((Slot slot) -> slot.first));
  private final Map<Long, Slot> flying = new HashMap<>(); // begun, by number of the picture
  private final Map<Long, Arrived> arrived = new HashMap<>(); // not handed out yet, by number
  private long pixels; // of the originals and the pictures between the two ends
  private long planned; // pictures of the requests read so far
  private long handedOut;
  private int preparing; // requests
  private int waiting; // lanes with nothing to do
  private int running; // lanes
  private boolean readAll;
  private boolean stopped;
  private @Nullable Throwable end; // what ended the stream before its time
  private @Nullable Slot lastFailed;
  private int failedInARow; // requests

  /** A request on its way. */
  private static final class Slot {
    final Draft draft;
    final long first; // number of its first picture
    final long pixels; // of the original; a copy is counted as as many
    int begun; // copies
    int left; // copies not handed out yet

    Slot(Draft draft, long first) {
      this.draft = draft;
      this.first = first;
      BufferedImage image = draft.request.image();
      this.pixels = (long) image.getWidth() * image.getHeight();
      this.left = draft.request.copies();
    }

    int copy(long number) {
      return draft.request.firstCopy() + (int) (number - first);
    }
  }

  private record Arrived(Slot slot, Outcome outcome) {}

  StreamRun(
      Pipeline pipeline,
      Lifetime lifetime,
      Iterator<? extends AugmentRequest> requests,
      StepListener listener) {
    this.pipeline = pipeline;
    this.lifetime = lifetime;
    this.requests = requests;
    this.listener = listener;
    this.lanes = pipeline.generator().lanes();
    this.together = pipeline.generator().batch();
    this.window = 2L * lanes * together;
    this.mostPixels = Runtime.getRuntime().maxMemory() / BYTES_OF_HEAP_PER_PIXEL;
  }

  private void start() {
    if (!threads.isEmpty() || stopped) {
      return;
    }
    for (int i = 0; i < lanes; i++) {
      threads.add(new Thread(this::lane, "sgid-lane-" + i));
    }
    threads.add(new Thread(this::read, "sgid-reader"));
    running = lanes;
    for (Thread thread : threads) {
      thread.setDaemon(true); // a stream that nobody closes keeps no JVM alive
      thread.start();
    }
  }

  // The reader

  private void read() {
    try {
      while (mayRead() && requests.hasNext()) {
        AugmentRequest request = requireNonNull(requests.next(), "request");
        Draft draft = pipeline.draft(request);
        locked(
            () -> {
              Slot slot = new Slot(draft, planned);
              planned += request.copies();
              pixels += slot.pixels;
              read.add(slot);
            });
      }
      locked(() -> readAll = true);
    } catch (RuntimeException | Error e) { // the caller's own: the consumer gets it, in its turn
      locked(
          () -> {
            readAll = true;
            end = end == null ? e : end;
          });
    }
  }

  /** Waits for room; false if the stream has been stopped. */
  private boolean mayRead() {
    lock.lock();
    try {
      while (!stopped
          && (read.size() >= Math.max(together, lanes) || (pixels > 0 && pixels >= mostPixels))) {
        changed.awaitUninterruptibly();
      }
      return !stopped;
    } finally {
      lock.unlock();
    }
  }

  // The lanes

  private void lane() {
    try (Lifetime.Use use = lifetime.share()) {
      pipeline.generator().generate(this);
    } catch (RuntimeException | Error e) {
      locked(
          () -> {
            if (!stopped) {
              end = end == null ? e : end;
              stop();
            }
          });
    } finally {
      locked(() -> running--);
    }
  }

  @Override
  public StepListener listener() {
    return listener;
  }

  @Override
  public @Nullable Ticket next(boolean wait) {
    while (true) {
      List<Slot> toPrepare;
      lock.lock();
      try {
        requireRunning();
        Ticket ticket = begin(wait);
        if (ticket != null) {
          return ticket;
        }
        toPrepare = toPrepare();
        if (toPrepare.isEmpty()) {
          boolean over = readAll && prepared.isEmpty() && preparing == 0;
          if (over || !wait) {
            return null;
          }
          waitAsLane();
          continue;
        }
      } finally {
        lock.unlock();
      }
      prepare(toPrepare);
    }
  }

  /** The next picture that may be begun; null if there is none prepared, or none may be begun. */
  private @Nullable Ticket begin(boolean wait) {
    while (!prepared.isEmpty()) {
      Slot slot = prepared.element();
      long number = slot.first + slot.begun;
      boolean idleLanes = !wait && waiting > 0; // they come first
      boolean alone = flying.isEmpty() && arrived.isEmpty();
      boolean full = !alone && pixels + slot.pixels > mostPixels;
      if (number >= handedOut + window || idleLanes || full) {
        return null;
      }
      slot.begun++;
      if (slot.begun == slot.draft.request.copies()) {
        prepared.remove();
      }
      pixels += slot.pixels;
      if (slot.draft.hasFailed()) {
        put(slot, number, failed(slot, number, slot.draft.failure()));
        continue;
      }
      flying.put(number, slot);
      return new Ticket(number, pipeline.request(slot.draft, slot.copy(number)));
    }
    return null;
  }

  /** What the calling lane is to prepare: where nothing is prepared, the next that were read. */
  private List<Slot> toPrepare() {
    List<Slot> slots = new ArrayList<>();
    while (prepared.isEmpty() && !read.isEmpty() && slots.size() < together) {
      slots.add(read.remove());
    }
    preparing += slots.size();
    changed.signalAll(); // the reader has room
    return slots;
  }

  @SuppressWarnings("WaitNotInLoop") // the loop is the caller's
  private void waitAsLane() {
    waiting++;
    try {
      changed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw SgidException.cancelled(Stage.DENOISE);
    } finally {
      waiting--;
    }
  }

  private void prepare(List<Slot> slots) {
    pipeline.prepare(slots.stream().map(slot -> slot.draft).toList());
    locked(
        () -> {
          preparing -= slots.size();
          prepared.addAll(slots);
        });
  }

  @Override
  public void done(List<Done> results) {
    Map<Long, Slot> slots = new HashMap<>();
    locked(
        () -> {
          requireRunning();
          for (Done result : results) {
            long number = result.ticket().index();
            Slot slot = flying.remove(number);
            if (slot == null) {
              throw new IllegalStateException("Picture " + number + " was not begun, or is done");
            }
            slots.put(number, slot);
          }
        });
    Map<Long, Outcome> outcomes = outcomes(results, slots);
    locked(
        () ->
            outcomes.forEach(
                (number, outcome) -> put(requireNonNull(slots.get(number)), number, outcome)));
  }

  /** Embeds the pictures, all in one call, to see how much of their originals is left in them. */
  private Map<Long, Outcome> outcomes(List<Done> results, Map<Long, Slot> slots) {
    Map<Long, Outcome> outcomes = new HashMap<>();
    List<Done> pictures = new ArrayList<>();
    for (Done result : results) {
      long number = result.ticket().index();
      if (result.result() instanceof Img2ImgResult.Failure failure) {
        outcomes.put(number, failed(requireNonNull(slots.get(number)), number, failure.reason()));
      } else {
        pictures.add(result);
      }
    }
    Attempts.each(
        Stage.SIMILARITY,
        pictures,
        some -> pipeline.embed(some.stream().map(one -> one.result().orThrow().image()).toList()),
        (result, embedding, failure) -> {
          long number = result.ticket().index();
          Slot slot = requireNonNull(slots.get(number));
          outcomes.put(
              number,
              embedding == null
                  ? failed(slot, number, requireNonNull(failure))
                  : pipeline.outcome(slot.draft, slot.copy(number), result, embedding));
        });
    return outcomes;
  }

  private static FailedCopy failed(Slot slot, long number, SgidException reason) {
    Draft draft = slot.draft;
    return new FailedCopy(draft.request.id(), draft.label, slot.copy(number), reason);
  }

  /** Keeps an outcome for the consumer; ends the stream where nothing works any more. */
  private void put(Slot slot, long number, Outcome outcome) {
    arrived.put(number, new Arrived(slot, outcome));
    if (!(outcome instanceof FailedCopy copy) || copy.reason().isRejection()) {
      failedInARow = 0;
      return;
    }
    failedInARow += slot == lastFailed ? 0 : 1;
    lastFailed = slot;
    if (failedInARow >= HOPELESS && end == null) {
      SgidException reason = copy.reason();
      end =
          new SgidException(
              reason.stage(),
              "The last "
                  + failedInARow
                  + " images failed one after the other, so not they are to blame but the device or"
                  + " the models; the last one: "
                  + reason.getMessage(),
              reason);
      stop();
    }
  }

  // The consumer

  /**
   * Waits until it is known whether there is one more outcome.
   *
   * @throws SgidException if the thread is interrupted, or the stream has ended before its time
   */
  boolean hasNext() {
    lock.lock();
    try {
      start();
      while (!arrived.containsKey(handedOut)) {
        boolean over = readAll && handedOut == planned;
        if (end != null && (over || stopped || running == 0)) {
          throw rethrown(end);
        } else if (stopped) {
          throw new IllegalStateException("The stream is closed");
        } else if (over) {
          return false;
        } else if (running == 0) {
          throw new SgidException(
              Stage.DENOISE,
              "The generator's lanes ended before picture " + handedOut + " was done");
        }
        changed.await();
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw SgidException.cancelled(Stage.DENOISE);
    } finally {
      lock.unlock();
    }
  }

  /** The next outcome, for which {@link #hasNext} has waited. */
  Outcome next() {
    lock.lock();
    try {
      Arrived next = requireNonNull(arrived.remove(handedOut));
      handedOut++;
      pixels -= next.slot.pixels;
      if (--next.slot.left == 0) {
        pixels -= next.slot.pixels; // the original's
      }
      changed.signalAll();
      return next.outcome;
    } finally {
      lock.unlock();
    }
  }

  private static RuntimeException rethrown(Throwable end) {
    if (end instanceof Error error) {
      throw error;
    }
    return (RuntimeException) end;
  }

  private void requireRunning() {
    if (stopped) {
      throw SgidException.cancelled(Stage.DENOISE);
    }
  }

  /** Tells everybody to stop, and does not wait for it. */
  void stop() {
    locked(
        () -> {
          stopped = true;
          threads.forEach(Thread::interrupt);
        });
  }

  /**
   * Stops, and waits until no model runs any more. An interrupt does not end the waiting; the
   * thread's flag stays set.
   */
  void close() {
    lifetime.requireOutside();
    stop();
    lock.lock();
    try {
      while (running > 0) {
        changed.awaitUninterruptibly();
      }
      read.clear();
      prepared.clear();
      arrived.clear();
    } finally {
      lock.unlock();
    }
  }

  private void locked(Runnable change) {
    lock.lock();
    try {
      change.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}

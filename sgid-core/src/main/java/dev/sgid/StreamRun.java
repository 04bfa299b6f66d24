package dev.sgid;

import static java.util.Objects.requireNonNull;

import dev.sgid.internal.Lifetime;
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
import java.util.function.Supplier;
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
  /** An image of 12 megapixels and a copy of it are begun together in a heap of 384 MB. */
  private static final long BYTES_OF_HEAP_PER_PIXEL = 16;

  private final Pipeline pipeline;
  private final Supplier<Lifetime.Use> use;
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
  private final Map<Long, Flight> flying = new HashMap<>(); // begun, by number of the picture
  private final Map<Long, Arrived> arrived = new HashMap<>(); // not handed out yet, by number
  private long pixels; // of the originals and the pictures between the two ends
  private long planned; // pictures of the requests read so far
  private long handedOut;
  private int preparing; // requests
  private int waiting; // lanes with nothing to do
  private int running; // lanes
  private boolean readAll;
  private boolean stopped;
  private @Nullable Throwable readFailure; // the iterator's own, which counts as its end
  private @Nullable Throwable end; // what stopped the stream before its time
  private final FailureStreak failures = new FailureStreak();
  private final FlaggedPictures flagged;

  private record Flight(Slot slot, Thread lane) {}

  private record Arrived(Slot slot, Outcome outcome) {}

  /**
   * A run that has not begun: it does with {@link #hasNext}.
   *
   * @param use lets a lane in, for as long as it runs
   */
  StreamRun(
      Pipeline pipeline,
      Supplier<Lifetime.Use> use,
      Iterator<? extends AugmentRequest> requests,
      StepListener listener) {
    this(
        pipeline,
        use,
        requests,
        listener,
        Runtime.getRuntime().maxMemory() / BYTES_OF_HEAP_PER_PIXEL);
  }

  /** The same with so many pixels between the two ends, so long as there is another way. */
  StreamRun(
      Pipeline pipeline,
      Supplier<Lifetime.Use> use,
      Iterator<? extends AugmentRequest> requests,
      StepListener listener,
      long mostPixels) {
    this.pipeline = pipeline;
    this.use = use;
    this.requests = requests;
    this.listener = listener;
    this.lanes = pipeline.generator().lanes();
    this.together = pipeline.generator().batch();
    this.window = 2L * lanes * together;
    this.mostPixels = mostPixels;
    this.flagged = new FlaggedPictures(pipeline.notices());
  }

  private void start() {
    if (!threads.isEmpty() || stopped) {
      return;
    }
    try {
      for (int i = 0; i < lanes; i++) {
        start("sgid-lane-" + i, this::lane);
        running++; // it can't end before, for want of the lock
      }
      start("sgid-reader", this::read);
    } catch (OutOfMemoryError e) { // the system has no thread left
      end = e;
      stop();
    }
  }

  private void start(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true); // a stream that nobody closes keeps no JVM alive
    threads.add(thread);
    thread.start();
  }

  // The reader

  private void read() {
    try {
      while (mayRead() && requests.hasNext()) {
        AugmentRequest request = requireNonNull(requests.next(), "request");
        Draft draft = pipeline.draft(request);
        locked(
            () -> {
              if (stopped) {
                return;
              }
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
            readFailure = e;
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
    try (Lifetime.Use running = use.get()) {
      pipeline.generator().generate(this);
      locked(this::requireAllDone);
    } catch (RuntimeException | Error e) {
      locked(
          () -> {
            if (!stopped) {
              end = e;
              stop();
            }
          });
    } finally {
      locked(() -> running--);
    }
  }

  /** Refuses a lane that ends with pictures begun: the consumer would wait for them for ever. */
  private void requireAllDone() {
    flying.forEach(
        (number, flight) -> {
          if (flight.lane == Thread.currentThread()) {
            throw endedBefore(number);
          }
        });
  }

  private static SgidException endedBefore(long number) {
    return new SgidException(
        Stage.DENOISE, "The generator ended its lane before picture " + number + " was done");
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
          boolean over = readAll && prepared.isEmpty() && preparing == 0; // none is flagged
          if (over || !wait) {
            return null;
          }
          waiting++;
          try {
            changed.await();
          } finally {
            waiting--;
          }
          continue;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw SgidException.cancelled(Stage.DENOISE);
      } finally {
        lock.unlock();
      }
      prepare(toPrepare);
    }
  }

  /** The next picture that may be begun; null if there is none prepared, or none may be begun. */
  private @Nullable Ticket begin(boolean wait) {
    FlaggedPictures.Again again = flagged.next(); // has its place and its pixels already
    if (again != null) {
      return fly(again.slot(), again.number(), again.attempt());
    }
    while (!prepared.isEmpty()) {
      Slot slot = prepared.element();
      long number = slot.next();
      boolean idleLanes = !wait && waiting > 0; // they come first
      // what the consumer waits for is begun in any case, or nothing would ever go on
      boolean full = number > handedOut && pixels + slot.pixels > mostPixels;
      if (number >= handedOut + window || idleLanes || full) {
        return null;
      }
      slot.begun++;
      if (slot.begun == slot.draft.request.copies()) {
        prepared.remove();
      }
      pixels += slot.pixels;
      if (slot.draft.hasFailed()) {
        put(slot, number, slot.failed(number, slot.draft.failure()));
        requireRunning(); // it may have been one failure too many
        continue;
      }
      return fly(slot, number, 0);
    }
    return null;
  }

  private Ticket fly(Slot slot, long number, int attempt) {
    flying.put(number, new Flight(slot, Thread.currentThread()));
    int copy = slot.copy(number);
    return new Ticket(number, pipeline.request(slot.draft, copy, attempt), slot.draft.origin(copy));
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
    List<Done> settled = new ArrayList<>();
    locked(
        () -> {
          requireRunning();
          for (Done result : results) {
            long number = result.ticket().index();
            Flight flight = flying.remove(number);
            if (flight == null) {
              throw new IllegalStateException("Picture " + number + " was not begun, or is done");
            }
            Done done = flagged.settle(flight.slot, result);
            if (done != null) {
              settled.add(done);
              slots.put(number, flight.slot);
            }
          }
        });
    Map<Long, Outcome> outcomes = new Comparison(pipeline, slots).outcomes(settled);
    locked(
        () ->
            outcomes.forEach(
                (number, outcome) -> put(requireNonNull(slots.get(number)), number, outcome)));
  }

  /** Keeps an outcome for the consumer; ends the stream where nothing works any more. */
  private void put(Slot slot, long number, Outcome outcome) {
    arrived.put(number, new Arrived(slot, outcome));
    changed.signalAll();
    SgidException hopeless = failures.note(slot, outcome);
    if (hopeless != null && !stopped) {
      end = hopeless;
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
    try {
      lock.lockInterruptibly();
      try {
        start();
        while (!arrived.containsKey(handedOut)) {
          if (isOver()) {
            return false;
          }
          changed.await();
        }
        return true;
      } finally {
        lock.unlock();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw SgidException.cancelled(Stage.DENOISE);
    }
  }

  /** Whether all has been handed out; throws what ended the stream instead, if something did. */
  private boolean isOver() {
    if (end != null) {
      throw rethrown(end);
    }
    if (stopped) {
      throw closed();
    }
    boolean over = readAll && handedOut == planned;
    if (over && readFailure != null) {
      throw rethrown(readFailure);
    }
    if (!over && running == 0) {
      throw endedBefore(handedOut);
    }
    return over;
  }

  private static IllegalStateException closed() {
    return new IllegalStateException("The stream is closed");
  }

  /** The next outcome, for which {@link #hasNext} has waited. */
  Outcome next() {
    lock.lock();
    try {
      Arrived next = arrived.remove(handedOut);
      if (next == null) { // closed in between, by another thread
        throw closed();
      }
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
    stop();
    lock.lock();
    try {
      while (running > 0) {
        changed.awaitUninterruptibly();
      }
      read.clear();
      prepared.clear();
      arrived.clear();
      end = null;
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

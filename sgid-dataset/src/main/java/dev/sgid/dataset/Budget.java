package dev.sgid.dataset;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * The time that a run may take. Nothing is begun that would not be done by its end, as far as the
 * pace until then tells. Thread-safe.
 */
final class Budget {
  private static final int FIRST = 8; // pictures that tell the pace
  private static final long LOOK_MILLIS = 50; // whether the time is over

  private final long end;
  private final LongSupplier clock; // nanoseconds
  private final AtomicLong begun = new AtomicLong();
  private final AtomicInteger asked = new AtomicInteger();
  private final AtomicInteger settled = new AtomicInteger();
  private volatile boolean over;
  private volatile boolean spent;

  /**
   * A budget that runs from now on.
   *
   * @param clock in nanoseconds
   */
  Budget(Duration time, LongSupplier clock) {
    this.clock = clock;
    this.end = clock.getAsLong() + time.toNanos();
    this.begun.set(clock.getAsLong());
  }

  /** The first picture is begun now: what came before tells nothing of the pace. */
  void begin() {
    begun.set(clock.getAsLong());
  }

  /**
   * Whether there is time for so many pictures more; waits until the first ones tell the pace; if
   * not, there is none for any later.
   *
   * @param failedBefore whether it is but a try of what failed before, without which all is done
   */
  boolean allows(int pictures, boolean failedBefore) {
    awaitPace();
    long now = clock.getAsLong();
    int done = settled.get();
    double each = done == 0 ? 0 : (now - begun.get()) / (double) done;
    if (over || now + each * (asked.get() - done + pictures) > end) {
      over = true;
      spent |= !failedBefore;
      return false;
    }
    asked.addAndGet(pictures);
    return true;
  }

  /** Lets nothing more be asked for while nobody knows how long a picture takes. */
  private synchronized void awaitPace() {
    while (asked.get() >= FIRST && settled.get() < FIRST && clock.getAsLong() < end) {
      try {
        wait(LOOK_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        JobRun.stopIfInterrupted();
      }
    }
  }

  /** So many of the pictures asked for are out of the way. */
  synchronized void settle(int pictures) {
    settled.addAndGet(pictures);
    notifyAll();
  }

  /** Whether something was not begun for lack of time. */
  boolean isSpent() {
    return spent;
  }
}

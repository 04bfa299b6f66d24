package dev.sgid.dataset;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * The time that a run may take. Nothing is begun that would not be done by its end, as far as the
 * pace until then tells. Thread-safe.
 */
final class Budget {
  private static final int FIRST = 8; // pictures that tell the pace
  private static final long LOOK_MILLIS = 50; // whether the time is over

  private final LongSupplier clock; // nanoseconds
  private final long end;
  private long begun; // guarded by this, as all below
  private int asked;
  private int settled;
  private boolean over;
  private boolean spent;

  /**
   * A budget that runs from now on.
   *
   * @param clock in nanoseconds
   */
  Budget(Duration time, LongSupplier clock) {
    this.clock = clock;
    this.begun = clock.getAsLong();
    this.end = begun + time.toNanos();
  }

  /** The first picture is begun now: what came before tells nothing of the pace. */
  synchronized void begin() {
    begun = clock.getAsLong();
  }

  /**
   * Whether there is time for so many pictures more; if not, there is none for any later. Waits
   * until the first ones tell the pace.
   *
   * @param failedBefore whether it is but a try of what failed before, without which all is done
   */
  synchronized boolean allows(int pictures, boolean failedBefore) {
    awaitPace();
    long now = clock.getAsLong();
    double each = settled == 0 ? 0 : (now - begun) / (double) settled;
    if (over || now + each * (asked - settled + pictures) > end) {
      over = true;
      spent |= !failedBefore;
      return false;
    }
    asked += pictures;
    return true;
  }

  /** Lets nothing more be asked for while nobody knows how long a picture takes. */
  private synchronized void awaitPace() {
    while (asked >= FIRST && settled < FIRST && clock.getAsLong() < end) {
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
    settled += pictures;
    notifyAll();
  }

  /** Whether something was not begun for lack of time. */
  synchronized boolean isSpent() {
    return spent;
  }
}

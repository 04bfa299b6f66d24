package dev.sgid.dataset;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * The time that a run may take. Nothing is begun that would not be done by its end, as far as the
 * pace until then tells. Thread-safe.
 */
final class Budget {
  private static final int FIRST = 8; // pictures that tell the pace
  private static final int FEW = 3; // that tell it but roughly
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
   * Whether there is time for so many pictures more; if not, there is none for any later. Until the
   * first picture tells the pace nothing more is begun, so that however slow the models are, no
   * more than that picture goes beyond the time.
   *
   * @param failedBefore whether it is but a try of what failed before, without which all is done
   */
  synchronized boolean allows(int pictures, boolean failedBefore) {
    long now = clock.getAsLong();
    while (!over && now <= end && isUntold(pictures, now)) {
      try {
        wait(LOOK_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        JobRun.stopIfInterrupted();
      }
      now = clock.getAsLong();
    }
    if (over || now > end || !fits(pictures, now)) {
      over = true;
      spent |= !failedBefore;
      return false;
    }
    asked += pictures;
    return true;
  }

  /** Whether pictures on their way will tell better how long one takes. */
  private synchronized boolean isUntold(int pictures, long now) {
    if (asked == settled) {
      return false;
    }
    return settled == 0
        || (settled < FIRST && asked >= FIRST)
        || (settled < FEW && !fits(pictures, now)); // the first may have been slow to get going
  }

  private synchronized boolean fits(int pictures, long now) {
    double each = settled == 0 ? 0 : (now - begun) / (double) settled;
    return now + each * (asked - settled + pictures) <= end;
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

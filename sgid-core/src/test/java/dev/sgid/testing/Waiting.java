package dev.sgid.testing;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what no latch can tell of, like a thread that waits itself. */
public final class Waiting {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final long PAUSE_NANOS = 100_000;

  private Waiting() {}

  /** Waits until {@code condition} holds; an {@link AssertionError} if it doesn't in a minute. */
  public static void until(BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("Waited a minute in vain");
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  /** Waits until {@code thread} waits for something without an end. */
  public static void untilItWaits(Thread thread) {
    until(() -> thread.getState() == Thread.State.WAITING);
  }
}

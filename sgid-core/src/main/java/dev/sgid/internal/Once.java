package dev.sgid.internal;

import java.util.concurrent.atomic.AtomicBoolean;

/** Lets the first of any number of calls do what is to be done once. Thread-safe. */
public final class Once {
  private final AtomicBoolean done = new AtomicBoolean();

  /** Whether this is the first call. */
  public boolean first() {
    return !done.get() && done.compareAndSet(false, true);
  }
}

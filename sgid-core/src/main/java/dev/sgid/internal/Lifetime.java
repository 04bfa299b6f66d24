package dev.sgid.internal;

/**
 * Lets any number of calls use a resource, and closes it once, after the last of them has returned.
 *
 * <p>Thread-safe.
 */
public final class Lifetime {
  private final String name;
  private final Runnable free;
  private final ThreadLocal<Integer> ownUses = ThreadLocal.withInitial(() -> 0);
  private int uses;
  private boolean closing; // nobody new is let in
  private boolean closed;

  /** A lifetime of {@code name}, ended by {@code free}, which runs at most once. */
  public Lifetime(String name, Runnable free) {
    this.name = name;
    this.free = free;
  }

  /** A use of the resource, from its making to {@link #close()}. */
  public interface Use extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Begins a use; close it in the same thread.
   *
   * @throws IllegalStateException if the resource is closed, or is being closed and this thread
   *     does not use it already
   */
  public synchronized Use use() {
    if (closing && ownUses.get() == 0) {
      throw new IllegalStateException(name + " is closed");
    }
    return begin();
  }

  /**
   * Begins a use that is part of another thread's, which goes on until this one has ended: it is
   * let in also while {@link #close()} waits for that one. Close it in the same thread.
   */
  public synchronized Use share() {
    if (closed) {
      throw new IllegalStateException(name + " is closed");
    }
    return begin();
  }

  private Use begin() {
    uses++;
    ownUses.set(ownUses.get() + 1);
    return this::end;
  }

  private synchronized void end() {
    uses--;
    int left = ownUses.get() - 1;
    if (left == 0) {
      ownUses.remove();
    } else {
      ownUses.set(left);
    }
    notifyAll();
  }

  /** Refuses a thread that is within a use, which would wait for itself. */
  public void requireOutside() {
    if (ownUses.get() > 0) {
      throw new IllegalStateException(name + " can't be closed from within one of its own calls");
    }
  }

  /**
   * Lets nobody new in; {@link #close()} waits for those who are.
   *
   * @throws IllegalStateException if called from within a use
   */
  public void refuse() {
    requireOutside();
    synchronized (this) {
      closing = true;
    }
  }

  /**
   * Waits for the running uses and frees the resource. A second call does nothing, but also waits.
   * An interrupt does not end the waiting; the thread's flag stays set.
   *
   * @throws IllegalStateException if called from within a use, which would wait for itself
   */
  public void close() {
    refuse();
    boolean interrupted = false;
    try {
      synchronized (this) {
        while (uses > 0) {
          try {
            wait();
          } catch (InterruptedException e) {
            interrupted = true;
          }
        }
        if (!closed) {
          closed = true;
          free.run();
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}

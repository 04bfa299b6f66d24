package dev.sgid.internal;

import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Lets any number of calls use a resource, and closes it once, after the last of them has returned.
 *
 * <p>Thread-safe.
 */
public final class Lifetime {
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private final String name;
  private final Runnable free;
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
   * @throws IllegalStateException if the resource is closed
   */
  public Use use() {
    lock.readLock().lock();
    if (closed) {
      lock.readLock().unlock();
      throw new IllegalStateException(name + " is closed");
    }
    return lock.readLock()::unlock;
  }

  /**
   * Waits for the running uses and frees the resource. A second call does nothing.
   *
   * @throws IllegalStateException if called from within a use, which would wait for itself
   */
  public void close() {
    if (lock.getReadHoldCount() > 0) {
      throw new IllegalStateException(name + " can't be closed from within one of its own calls");
    }
    lock.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        free.run();
      }
    } finally {
      lock.writeLock().unlock();
    }
  }
}

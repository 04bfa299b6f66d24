package dev.sgid.onnx.internal.runtime;

import ai.onnxruntime.OrtException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Sessions of which only one is open at a time: the one that was used last. Whoever needs another
 * waits until nobody uses that one, closes it and opens its own.
 *
 * <p>Thread-safe.
 */
final class Turns {
  /** Those of large models, where memory is to be saved. */
  static final Turns LARGE_MODELS = new Turns();

  private final ReentrantLock lock = new ReentrantLock(true); // fair: nobody waits for ever
  private final Condition empty = lock.newCondition();
  private @Nullable SharedSession open;
  private int users; // of the open one

  private Turns() {}

  /** Waits for a turn; {@code session} is open until the use is closed. */
  SharedSession.Use enter(SharedSession session) throws InterruptedException, OrtException {
    lock.lockInterruptibly();
    try {
      while (open != session && users > 0) {
        empty.await();
      }
      if (open != session) {
        closeOpen();
        session.opened();
        open = session;
      }
      users++;
      return SharedSession.stay(session.opened(), this::leave);
    } finally {
      lock.unlock();
    }
  }

  private void leave() {
    lock.lock();
    try {
      users--;
      if (users == 0) {
        empty.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  private void closeOpen() {
    if (open != null) {
      SharedSession closing = open;
      open = null;
      closing.suspend();
    }
  }

  /** Closes a session that nobody uses any more. */
  void remove(SharedSession session) {
    lock.lock();
    try {
      if (open == session) {
        closeOpen();
      }
    } finally {
      lock.unlock();
    }
  }
}

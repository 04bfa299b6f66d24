package dev.sgid.onnx.internal;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;

/**
 * What a stage has opened and will close, the last first. While it is being opened, {@link
 * #opening} closes what there is already when something fails. Not thread-safe.
 */
public final class Owned {
  private final Deque<Runnable> closers = new ArrayDeque<>();

  /** Takes a resource that {@code close} frees. */
  public <T> T add(T resource, Runnable close) {
    closers.push(close);
    return resource;
  }

  /** Runs {@code open}; if it fails, closes what it has added. */
  public <T> T opening(Supplier<T> open) {
    try {
      return open.get();
    } catch (RuntimeException | Error e) {
      try {
        close();
      } catch (RuntimeException second) {
        e.addSuppressed(second);
      }
      throw e;
    }
  }

  /** Closes everything, also where closing something fails; throws the first failure. */
  public void close() {
    RuntimeException failure = null;
    while (!closers.isEmpty()) {
      try {
        closers.pop().run();
      } catch (RuntimeException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}

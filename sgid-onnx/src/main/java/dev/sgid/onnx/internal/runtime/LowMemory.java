package dev.sgid.onnx.internal.runtime;

import java.util.function.Supplier;

/** Whether what a thread opens is to take little memory, and more time for it. */
public final class LowMemory {
  private static final ThreadLocal<Boolean> WANTED = ThreadLocal.withInitial(() -> false);

  private LowMemory() {}

  /**
   * Opens models.
   *
   * @param wanted whether large ones are to be open one at a time, while they run
   */
  public static <T> T opening(boolean wanted, Supplier<T> open) {
    boolean before = WANTED.get();
    WANTED.set(wanted);
    try {
      return open.get();
    } finally {
      if (before) {
        WANTED.set(true);
      } else {
        WANTED.remove();
      }
    }
  }

  /** Whether it is wanted of what this thread opens now. */
  static boolean isWanted() {
    return WANTED.get();
  }
}

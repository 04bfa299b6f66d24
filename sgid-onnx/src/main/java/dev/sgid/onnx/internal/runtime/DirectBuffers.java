package dev.sgid.onnx.internal.runtime;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Direct memory that is used again. A direct buffer is freed only when the garbage collector finds
 * it, which a small heap may put off for long; so what is given back is kept for the next call.
 *
 * <p>Thread-safe.
 */
final class DirectBuffers {
  /** The largest buffer, in bytes. */
  static final long LARGEST = 1L << 30;

  private static final long KEPT_AT_MOST = 256L << 20; // bytes
  private static final int SMALLEST = 256; // bytes

  private final IntFunction<ByteBuffer> allocator;
  private final Map<Integer, Deque<ByteBuffer>> free = new HashMap<>(); // by capacity
  private long kept;

  DirectBuffers() {
    this(ByteBuffer::allocateDirect);
  }

  DirectBuffers(IntFunction<ByteBuffer> allocator) {
    this.allocator = allocator;
  }

  /**
   * A buffer of {@code bytes} bytes, at most {@link #LARGEST}, in native order; what it holds is
   * left over from its last use.
   */
  ByteBuffer borrow(long bytes) {
    if (bytes > LARGEST) {
      throw new IllegalArgumentException(
          "A tensor of " + bytes + " bytes is over the 1 GiB that one buffer may take");
    }
    int capacity = Math.max(SMALLEST, Integer.highestOneBit((int) Math.max(1, bytes - 1)) << 1);
    ByteBuffer buffer = take(capacity);
    if (buffer == null) {
      buffer = allocate(capacity);
    }
    return buffer.clear().limit((int) bytes).order(ByteOrder.nativeOrder());
  }

  private ByteBuffer allocate(int capacity) {
    try {
      return allocator.apply(capacity);
    } catch (OutOfMemoryError e) { // what is kept in other sizes may be what is missing
      forget();
      return allocator.apply(capacity);
    }
  }

  private synchronized void forget() {
    free.clear();
    kept = 0;
  }

  private synchronized @Nullable ByteBuffer take(int capacity) {
    Deque<ByteBuffer> same = free.get(capacity);
    ByteBuffer buffer = same == null ? null : same.poll();
    if (buffer != null) {
      kept -= capacity;
    }
    return buffer;
  }

  /** Takes a borrowed buffer back; nobody may use it afterwards. */
  synchronized void giveBack(ByteBuffer buffer) {
    if (kept + buffer.capacity() <= KEPT_AT_MOST) {
      free.computeIfAbsent(buffer.capacity(), c -> new ArrayDeque<>()).push(buffer);
      kept += buffer.capacity();
    }
  }
}

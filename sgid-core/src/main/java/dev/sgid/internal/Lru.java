package dev.sgid.internal;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What was used last, by key; of more than {@code capacity} entries, the one unused for longest
 * goes.
 *
 * <p>Thread-safe.
 *
 * @param <K> with {@code equals} and {@code hashCode}
 * @param <V> shared by all who ask for it, so not to be changed
 */
public final class Lru<K, V> {
  private final int capacity;
  private final Map<K, V> entries = new LinkedHashMap<>(16, 0.75f, true); // by last use

  /** An empty one of at most {@code capacity} entries, at least 1. */
  public Lru(int capacity) {
    this.capacity = Require.atLeast(1, capacity, "capacity");
  }

  /** The value of {@code key}, which counts as a use of it; null if it isn't here. */
  public synchronized @Nullable V get(K key) {
    return entries.get(key);
  }

  /** Keeps {@code value}, in place of an earlier one. */
  public synchronized void put(K key, V value) {
    entries.put(key, value);
    if (entries.size() > capacity) {
      entries.remove(entries.keySet().iterator().next());
    }
  }

  /**
   * The value of {@code key}, made if it isn't here. Nobody waits for {@code make}: two that ask at
   * the same time may both make it, and both get the one that was ready first. What it throws comes
   * through, and nothing is kept.
   */
  public V computeIfAbsent(K key, Function<? super K, ? extends V> make) {
    V known = get(key);
    if (known != null) {
      return known;
    }
    V made = make.apply(key);
    synchronized (this) {
      V earlier = get(key);
      if (earlier != null) {
        return earlier;
      }
      put(key, made);
    }
    return made;
  }

  /** How many entries there are. */
  public synchronized int size() {
    return entries.size();
  }
}

package dev.sgid.onnx.clip;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The embeddings of the texts used last. Thread-safe. */
final class EmbeddingCache {
  private final Map<String, float[]> entries; // the one unused for longest first

  EmbeddingCache(int capacity) {
    this.entries =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<String, float[]> eldest) {
            return size() > capacity;
          }
        };
  }

  synchronized float @Nullable [] get(String text) {
    return entries.get(text);
  }

  synchronized void put(String text, float[] embedding) {
    entries.put(text, embedding);
  }

  synchronized int size() {
    return entries.size();
  }
}

package dev.sgid.dataset.evaluate;

import dev.sgid.Sgid;
import dev.sgid.SgidException;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Embeds pictures together as they come, with no more in memory than a batch needs. */
final class Embedder {
  private static final Logger LOG = LoggerFactory.getLogger(Embedder.class);
  private static final int MOST_TOGETHER = 32;
  private static final long MOST_PIXELS_TOGETHER = 16_000_000; // 64 MB

  private final Sgid sgid;
  private final List<Waiting> waiting = new ArrayList<>();
  private long pixels;

  Embedder(Sgid sgid) {
    this.sgid = sgid;
  }

  /** Hears of a picture; in the order in which pictures were added. */
  interface Receiver {
    void embedded(float[] embedding);

    void failed(String reason);
  }

  private record Waiting(BufferedImage image, Receiver receiver) {}

  void add(BufferedImage image, Receiver receiver) {
    waiting.add(new Waiting(image, receiver));
    pixels += (long) image.getWidth() * image.getHeight();
    if (waiting.size() >= MOST_TOGETHER || pixels >= MOST_PIXELS_TOGETHER) {
      flush();
    }
  }

  /** Embeds what waits. */
  void flush() {
    List<Waiting> batch = List.copyOf(waiting);
    waiting.clear();
    pixels = 0;
    if (!batch.isEmpty()) {
      embed(batch);
    }
  }

  /** One by one where that fails, so that one alone is lost. */
  private void embed(List<Waiting> batch) {
    List<float[]> embeddings;
    try {
      embeddings = sgid.embedImages(batch.stream().map(Waiting::image).toList());
    } catch (SgidException e) {
      if (e.isCancelled()) {
        throw e;
      }
      LOG.debug("{} pictures can't be embedded together", batch.size(), e);
      if (batch.size() == 1) {
        batch.get(0).receiver().failed(String.valueOf(e.getMessage()));
      } else {
        batch.forEach(one -> embed(List.of(one)));
      }
      return;
    }
    for (int i = 0; i < batch.size(); i++) {
      batch.get(i).receiver().embedded(embeddings.get(i));
    }
  }
}

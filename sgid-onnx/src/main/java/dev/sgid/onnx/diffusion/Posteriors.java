package dev.sgid.onnx.diffusion;

import dev.sgid.Fit;
import dev.sgid.internal.Lru;
import java.awt.image.BufferedImage;
import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;

/**
 * What the VAE's encoder said of the images seen last, so that the copies of an image share it.
 * Images are told apart by instance, and not kept alive. Thread-safe.
 */
final class Posteriors {
  private final Lru<Key, Posterior> seen;

  Posteriors(int capacity) {
    seen = new Lru<>(capacity);
  }

  /** An image, fitted. */
  static final class Key {
    private final WeakReference<BufferedImage> image;
    private final int hash;
    private final Fit fit;

    Key(BufferedImage image, Fit fit) {
      this.image = new WeakReference<>(image);
      this.hash = 31 * System.identityHashCode(image) + fit.hashCode();
      this.fit = fit;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      if (!(other instanceof Key key) || !fit.equals(key.fit)) {
        return false;
      }
      BufferedImage own = image.get();
      return own == null ? this == key : own == key.image.get();
    }

    @Override
    public int hashCode() {
      return hash;
    }
  }

  @Nullable Posterior get(Key key) {
    return seen.get(key);
  }

  void put(Key key, Posterior posterior) {
    seen.put(key, posterior);
  }
}

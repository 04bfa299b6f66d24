package dev.sgid.onnx.clip;

import dev.sgid.LogitScale;
import dev.sgid.SgidException;
import dev.sgid.internal.RgbImage;
import dev.sgid.onnx.internal.text.TextTokenizer;
import java.util.List;

/** CLIP's two encoders, however many files they are in. Thread-safe. */
interface ClipModel {
  /**
   * Embeddings of length 1, in order; either list may be empty.
   *
   * @param images (width) each
   * @param texts (width) each
   */
  record Embeddings(List<float[]> images, List<float[]> texts) {
    public Embeddings {
      images = List.copyOf(images);
      texts = List.copyOf(texts);
    }
  }

  /**
   * Embeds images and texts in one go; either list may be empty.
   *
   * @throws SgidException if a model fails or the thread is interrupted
   */
  Embeddings embed(List<RgbImage> images, List<TextTokenizer.Encoded> texts);

  /** Whether images, or texts, that share a call change one another's embeddings. */
  boolean dependsOnBatch();

  /**
   * What the graph multiplies cosines by; {@link LogitScale#USUAL} where it doesn't say.
   *
   * @throws SgidException if a model fails or the thread is interrupted
   */
  default LogitScale logitScale() {
    return LogitScale.USUAL;
  }
}

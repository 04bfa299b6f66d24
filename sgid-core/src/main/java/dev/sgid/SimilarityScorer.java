package dev.sgid;

import dev.sgid.internal.Embeddings;
import java.awt.image.BufferedImage;
import java.util.List;

/**
 * Puts images and texts into one space, where what belongs together lies close. CLIP in the paper.
 *
 * <p>Implementations are thread-safe and never change an image.
 */
public interface SimilarityScorer {
  /**
   * Embeds images, in batches of whatever size suits the model.
   *
   * @param images any sizes
   * @return one vector of length 1 per image, in order, each depending on its own image alone; all
   *     as long as those of texts
   * @throws SgidException if the model fails or the thread is interrupted
   */
  List<float[]> embedImages(List<BufferedImage> images);

  /**
   * Embeds texts, as {@link #embedImages} does images.
   *
   * @param texts may be blank; what is too long is cut
   * @throws SgidException if the model fails or the thread is interrupted
   */
  List<float[]> embedTexts(List<String> texts);

  /** What cosines are multiplied by before a softmax over labels. */
  default LogitScale logitScale() {
    return LogitScale.USUAL;
  }

  /**
   * The cosine of the image's embedding and each text's.
   *
   * @param image any size
   * @param texts at least one
   * @return one cosine per text, in order, each in [-1, 1]
   * @throws IllegalArgumentException if there are no texts
   * @throws SgidException if the model fails or the thread is interrupted
   */
  default double[] score(BufferedImage image, List<String> texts) {
    if (texts.isEmpty()) {
      throw new IllegalArgumentException("texts must not be empty");
    }
    float[] embedded = embedImages(List.of(image)).get(0);
    return embedTexts(texts).stream().mapToDouble(t -> Embeddings.cosine(embedded, t)).toArray();
  }

  /**
   * The cosine of two images' embeddings, in [-1, 1].
   *
   * @throws SgidException if the model fails or the thread is interrupted
   */
  default double similarity(BufferedImage a, BufferedImage b) {
    List<float[]> embedded = embedImages(List.of(a, b));
    return Embeddings.cosine(embedded.get(0), embedded.get(1));
  }
}

package dev.sgid;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;

/**
 * Tells how well texts, or another image, match an image. CLIP in the paper.
 *
 * <p>Implementations are thread-safe and never change an image.
 */
public interface SimilarityScorer {
  /**
   * The cosine of the image's embedding and each text's.
   *
   * @param image any size
   * @param texts at least one
   * @return one cosine per text, in order, each in [-1, 1]
   * @throws IllegalArgumentException if there are no texts
   * @throws SgidException if the model fails or the thread is interrupted
   */
  double[] score(BufferedImage image, List<String> texts);

  /**
   * The cosine of two images' embeddings, in [-1, 1].
   *
   * @throws SgidException if the model fails or the thread is interrupted
   */
  double similarity(BufferedImage a, BufferedImage b);

  /**
   * Scores several images, each against its own texts; a backend that can batch them overrides
   * this.
   *
   * @return one array per image, in order, equal to what {@link #score} gives
   * @throws IllegalArgumentException if there are not as many lists of texts as images
   */
  default List<double[]> scoreAll(List<BufferedImage> images, List<List<String>> texts) {
    if (images.size() != texts.size()) {
      throw new IllegalArgumentException(
          images.size() + " images need as many lists of texts, there are " + texts.size());
    }
    List<double[]> scores = new ArrayList<>();
    for (int i = 0; i < images.size(); i++) {
      scores.add(score(images.get(i), texts.get(i)));
    }
    return scores;
  }
}

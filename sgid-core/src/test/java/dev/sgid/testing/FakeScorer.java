package dev.sgid.testing;

import static java.util.Objects.requireNonNull;

import dev.sgid.SimilarityScorer;
import dev.sgid.Stage;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Cosines of made-up embeddings, a function of pixels and texts. Thread-safe. */
public final class FakeScorer implements SimilarityScorer {
  private static final int DIMENSIONS = 8;

  private final CallLog log;

  /** A scorer whose calls nobody wants to know of. */
  public FakeScorer() {
    this(new CallLog());
  }

  /** A scorer that notes {@code score WIDTHxHEIGHT [TEXT, …]} for each image. */
  public FakeScorer(CallLog log) {
    this.log = log;
  }

  @Override
  public double[] score(BufferedImage image, List<String> texts) {
    requireNonNull(image, "image");
    if (texts.isEmpty()) {
      throw new IllegalArgumentException("texts must not be empty");
    }
    Fakes.stopIfInterrupted(Stage.SIMILARITY);
    log.add("score %dx%d %s".formatted(image.getWidth(), image.getHeight(), texts));
    double[] embedding = embedding(image);
    return texts.stream().mapToDouble(t -> cosine(embedding, embedding(t.hashCode()))).toArray();
  }

  @Override
  public double similarity(BufferedImage a, BufferedImage b) {
    Fakes.stopIfInterrupted(Stage.SIMILARITY);
    return cosine(embedding(a), embedding(b));
  }

  private static double[] embedding(BufferedImage image) {
    return embedding(Arrays.hashCode(Fakes.pixels(image)));
  }

  private static double[] embedding(int hash) {
    return new Random(hash).doubles(DIMENSIONS, -1, 1).toArray();
  }

  private static double cosine(double[] a, double[] b) {
    double dot = 0;
    double squareA = 0;
    double squareB = 0;
    for (int i = 0; i < a.length; i++) {
      dot += a[i] * b[i];
      squareA += a[i] * a[i];
      squareB += b[i] * b[i];
    }
    return Math.max(-1, Math.min(1, dot / Math.sqrt(squareA * squareB)));
  }
}

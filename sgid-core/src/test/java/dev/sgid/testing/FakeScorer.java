package dev.sgid.testing;

import static java.util.Objects.requireNonNull;

import dev.sgid.SimilarityScorer;
import dev.sgid.Stage;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

/** Made-up embeddings, a function of pixels and texts. Thread-safe, as its functions are. */
public final class FakeScorer implements SimilarityScorer {
  private static final int DIMENSIONS = 8;

  private final CallLog log;
  private final Function<BufferedImage, float[]> images;
  private final Function<String, float[]> texts;

  /** A scorer whose calls nobody wants to know of. */
  public FakeScorer() {
    this(new CallLog());
  }

  /** A scorer that notes {@code embed images COUNT} and {@code embed texts COUNT}. */
  public FakeScorer(CallLog log) {
    this(
        log,
        image -> embedding(Arrays.hashCode(Fakes.pixels(image))),
        text -> embedding(text.hashCode()));
  }

  private FakeScorer(
      CallLog log, Function<BufferedImage, float[]> images, Function<String, float[]> texts) {
    this.log = log;
    this.images = images;
    this.texts = texts;
  }

  /** This with embeddings of images of the test's own, which may throw. */
  public FakeScorer withImages(Function<BufferedImage, float[]> embedding) {
    return new FakeScorer(log, embedding, texts);
  }

  /** This with embeddings of texts of the test's own, which may throw. */
  public FakeScorer withTexts(Function<String, float[]> embedding) {
    return new FakeScorer(log, images, embedding);
  }

  /** A scorer that gives every text this cosine with every image, and images 1 with each other. */
  public static FakeScorer ofCosine(double cosine) {
    return new FakeScorer()
        .withImages(image -> new float[] {1, 0})
        .withTexts(text -> atCosine(cosine));
  }

  /**
   * The vector of two numbers that has this product with (1, 0), of length 1 where there is one.
   */
  public static float[] atCosine(double cosine) {
    return new float[] {(float) cosine, (float) Math.sqrt(Math.max(0, 1 - cosine * cosine))};
  }

  @Override
  public List<float[]> embedImages(List<BufferedImage> pictures) {
    pictures.forEach(image -> requireNonNull(image, "image"));
    Fakes.stopIfInterrupted(Stage.SIMILARITY);
    log.add("embed images " + pictures.size());
    return pictures.stream().map(images).toList();
  }

  @Override
  public List<float[]> embedTexts(List<String> words) {
    words.forEach(text -> requireNonNull(text, "text"));
    Fakes.stopIfInterrupted(Stage.SIMILARITY);
    log.add("embed texts " + words.size());
    return words.stream().map(texts).toList();
  }

  private static float[] embedding(int hash) {
    double[] vector = new Random(hash).doubles(DIMENSIONS, -1, 1).toArray();
    double length = Math.sqrt(Arrays.stream(vector).map(v -> v * v).sum());
    float[] unit = new float[DIMENSIONS];
    for (int i = 0; i < DIMENSIONS; i++) {
      unit[i] = (float) (vector[i] / length);
    }
    return unit;
  }
}

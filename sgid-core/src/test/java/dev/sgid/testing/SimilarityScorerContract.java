package dev.sgid.testing;

import static dev.sgid.testing.ImageAssert.assertThatImage;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import dev.sgid.SgidException;
import dev.sgid.SimilarityScorer;
import dev.sgid.Stage;
import java.awt.image.BufferedImage;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** What every {@link SimilarityScorer} keeps. Implement it in a test class of the scorer's own. */
public interface SimilarityScorerContract {
  /** Texts of several lengths. */
  List<String> TEXTS = List.of("a bag", "a bright shirt with long sleeves, seen from above", "");

  /** The scorer under test; closed by whoever made it. */
  SimilarityScorer scorer();

  /** At least two different images. */
  default List<BufferedImage> images() {
    return List.of(
        TestImages.gradient(40, 32, 60), TestImages.noise(32, 32, 1), TestImages.noise(20, 50, 2));
  }

  /** How far scores of a batch may be from those of its images one by one. */
  default double tolerance() {
    return 1e-6;
  }

  @Test
  default void score_texts_givesACosineForEach() {
    for (BufferedImage image : images()) {
      double[] scores = scorer().score(image, TEXTS);

      assertThat(scores).hasSize(TEXTS.size());
      for (double score : scores) {
        assertThat(score).isBetween(-1.0, 1.0);
      }
    }
  }

  @Test
  default void score_sameArguments_sameScores() {
    BufferedImage image = images().get(0);

    assertThat(scorer().score(image, TEXTS)).isEqualTo(scorer().score(image, TEXTS));
  }

  @Test
  default void score_textsInOtherOrder_scoresGoWithThem() {
    BufferedImage image = images().get(0);
    double[] scores = scorer().score(image, TEXTS);

    double[] swapped = scorer().score(image, List.of(TEXTS.get(1), TEXTS.get(0)));

    assertThat(swapped).containsExactly(new double[] {scores[1], scores[0]}, offset());
  }

  @Test
  default void score_image_isNotChanged() {
    BufferedImage image = images().get(0);
    BufferedImage before = TestImages.copy(image);

    assertThat(scorer().score(image, TEXTS)).isNotEmpty();
    assertThat(scorer().similarity(image, images().get(1))).isBetween(-1.0, 1.0);

    assertThatImage(image).hasPixelsOf(before);
  }

  @Test
  default void embedImages_severalImages_areOfLengthOneAndSameAsOneByOne() {
    List<BufferedImage> images = images();

    List<float[]> embedded = scorer().embedImages(images);

    assertThat(embedded).hasSameSizeAs(images);
    for (int i = 0; i < images.size(); i++) {
      assertThat(length(embedded.get(i))).isCloseTo(1, within(1e-5));
      assertSame(embedded.get(i), scorer().embedImages(List.of(images.get(i))).get(0));
    }
  }

  @Test
  default void embedImages_otherOrder_embeddingsGoWithTheImages() {
    BufferedImage a = images().get(0);
    BufferedImage b = images().get(1);

    List<float[]> there = scorer().embedImages(List.of(a, b));
    List<float[]> back = scorer().embedImages(List.of(b, a));

    assertSame(back.get(0), there.get(1));
    assertSame(back.get(1), there.get(0));
  }

  @Test
  default void embedTexts_severalTexts_areOfLengthOneAndSameAsOneByOne() {
    List<float[]> embedded = scorer().embedTexts(TEXTS);

    assertThat(embedded).hasSameSizeAs(TEXTS);
    for (int i = 0; i < TEXTS.size(); i++) {
      assertThat(length(embedded.get(i))).isCloseTo(1, within(1e-5));
      assertSame(embedded.get(i), scorer().embedTexts(List.of(TEXTS.get(i))).get(0));
    }
  }

  @Test
  default void embeddings_ofImagesAndTexts_areAsLong() {
    assertThat(scorer().embedTexts(TEXTS).get(0))
        .hasSameSizeAs(scorer().embedImages(images()).get(0));
  }

  @Test
  default void embedTexts_moreThanFitIntoABatch_sameAsOneByOne() {
    List<String> texts =
        IntStream.range(0, 40).mapToObj(i -> "a bag" + " and a shirt".repeat(i % 7)).toList();

    List<float[]> embedded = scorer().embedTexts(texts);

    assertThat(embedded).hasSize(40);
    for (int i = 0; i < texts.size(); i++) {
      assertSame(embedded.get(i), scorer().embedTexts(List.of(texts.get(i))).get(0));
    }
  }

  @Test
  default void embed_nothing_givesNothing() {
    assertThat(scorer().embedImages(List.of())).isEmpty();
    assertThat(scorer().embedTexts(List.of())).isEmpty();
  }

  @Test
  default void embed_null_isRefused() {
    assertThatNullPointerException().isThrownBy(() -> scorer().embedImages(Nulls.nothing()));
    assertThatNullPointerException().isThrownBy(() -> scorer().embedTexts(Nulls.nothing()));
    assertThatNullPointerException()
        .isThrownBy(() -> scorer().embedImages(Collections.singletonList(Nulls.nothing())));
    assertThatNullPointerException()
        .isThrownBy(() -> scorer().embedTexts(Collections.singletonList(Nulls.nothing())));
  }

  @Test
  default void score_texts_areTheCosinesOfTheEmbeddings() {
    BufferedImage image = images().get(0);
    float[] embedded = scorer().embedImages(List.of(image)).get(0);
    double[] cosines =
        scorer().embedTexts(TEXTS).stream().mapToDouble(text -> dot(embedded, text)).toArray();

    assertThat(scorer().score(image, TEXTS)).containsExactly(cosines, offset());
  }

  @Test
  default void logitScale_scorer_isAboveZero() {
    assertThat(scorer().logitScale().value()).isPositive().isFinite();
  }

  @Test
  default void score_noTexts_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> scorer().score(images().get(0), List.of()))
        .withMessage("texts must not be empty");
  }

  @Test
  default void score_null_isRefused() {
    assertThatNullPointerException().isThrownBy(() -> scorer().score(Nulls.nothing(), TEXTS));
    assertThatNullPointerException()
        .isThrownBy(() -> scorer().score(images().get(0), Nulls.nothing()));
  }

  @Test
  default void similarity_imageAndItself_isOne() {
    BufferedImage image = images().get(0);

    assertThat(scorer().similarity(image, TestImages.copy(image))).isCloseTo(1, within(1e-5));
  }

  @Test
  default void similarity_twoImages_isSymmetricAndACosine() {
    BufferedImage a = images().get(0);
    BufferedImage b = images().get(1);

    assertThat(scorer().similarity(a, b))
        .isBetween(-1.0, 1.0)
        .isCloseTo(scorer().similarity(b, a), offset());
  }

  @Test
  default void score_fourThreads_sameAsOne() throws Exception {
    BufferedImage image = images().get(0);
    double[] alone = scorer().score(image, TEXTS);

    for (double[] scores : Concurrent.call(4, () -> scorer().score(image, TEXTS))) {
      assertThat(scores).isEqualTo(alone);
    }
  }

  @Test
  default void score_interruptedThread_isCancelledAndKeepsTheFlag() {
    Thread.currentThread().interrupt();
    try {
      SgidException failure =
          catchThrowableOfType(SgidException.class, () -> scorer().score(images().get(0), TEXTS));

      assertThat(Thread.currentThread().isInterrupted()).isTrue();
      assertThat(failure.isCancelled()).isTrue();
      assertThat(failure.stage()).isEqualTo(Stage.SIMILARITY);
    } finally {
      Thread.interrupted();
    }
  }

  private Offset<Double> offset() {
    return within(tolerance());
  }

  private void assertSame(float[] actual, float[] expected) {
    assertThat(actual).containsExactly(expected, within((float) tolerance()));
  }

  private static double length(float[] vector) {
    return Math.sqrt(dot(vector, vector));
  }

  private static double dot(float[] a, float[] b) {
    return IntStream.range(0, a.length).mapToDouble(i -> (double) a[i] * b[i]).sum();
  }
}

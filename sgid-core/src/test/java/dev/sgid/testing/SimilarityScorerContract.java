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
import java.util.List;
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
  default void scoreAll_severalImages_sameAsOneByOne() {
    List<BufferedImage> images = images();
    List<List<String>> texts =
        images.stream().map(image -> TEXTS.subList(0, 1 + images.indexOf(image) % 3)).toList();

    List<double[]> scores = scorer().scoreAll(images, texts);

    assertThat(scores).hasSameSizeAs(images);
    for (int i = 0; i < images.size(); i++) {
      assertThat(scores.get(i))
          .containsExactly(scorer().score(images.get(i), texts.get(i)), offset());
    }
  }

  @Test
  default void scoreAll_noImages_noScores() {
    assertThat(scorer().scoreAll(List.of(), List.of())).isEmpty();
  }

  @Test
  default void scoreAll_fewerTextsThanImages_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> scorer().scoreAll(images(), List.of(TEXTS)))
        .withMessageContaining("texts");
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
}

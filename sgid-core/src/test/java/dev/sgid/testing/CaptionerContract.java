package dev.sgid.testing;

import static dev.sgid.testing.ImageAssert.assertThatImage;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sgid.Captioner;
import dev.sgid.SgidException;
import dev.sgid.Stage;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What every {@link Captioner} keeps. Implement it in a test class of the captioner's own. */
public interface CaptionerContract {
  /** The captioner under test; closed by whoever made it. */
  Captioner captioner();

  /** At least two different images. */
  default List<BufferedImage> images() {
    return List.of(
        TestImages.gradient(40, 32, 60), TestImages.noise(32, 32, 1), TestImages.noise(20, 50, 2));
  }

  @Test
  default void caption_threeCandidates_givesOneToThreeDistinctOnes() {
    for (BufferedImage image : images()) {
      assertThat(captioner().caption(image, 3, 5))
          .hasSizeBetween(1, 3)
          .doesNotHaveDuplicates()
          .doesNotContainNull();
    }
  }

  @Test
  default void caption_sameArguments_sameCaptions() {
    BufferedImage image = images().get(0);

    assertThat(captioner().caption(image, 2, 9)).isEqualTo(captioner().caption(image, 2, 9));
  }

  @Test
  default void caption_image_isNotChanged() {
    BufferedImage image = images().get(0);
    BufferedImage before = TestImages.copy(image);

    List<String> captions = captioner().caption(image, 2, 0);

    assertThat(captions).isNotEmpty();
    assertThatImage(image).hasPixelsOf(before);
  }

  @Test
  default void captionAll_severalImages_sameAsOneByOne() {
    List<BufferedImage> images = images();
    List<Long> seeds = new ArrayList<>();
    List<List<String>> oneByOne = new ArrayList<>();
    for (int i = 0; i < images.size(); i++) {
      seeds.add(100L + i);
      oneByOne.add(captioner().caption(images.get(i), 2, 100L + i));
    }

    assertThat(captioner().captionAll(images, 2, seeds)).isEqualTo(oneByOne);
  }

  @Test
  default void captionAll_noImages_noCaptions() {
    assertThat(captioner().captionAll(List.of(), 2, List.of())).isEmpty();
  }

  @Test
  default void captionAll_fewerSeedsThanImages_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> captioner().captionAll(images(), 2, List.of(1L)))
        .withMessageContaining("seeds");
  }

  @Test
  default void caption_noCandidates_isRefusedWithTheValue() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> captioner().caption(images().get(0), 0, 0))
        .withMessage("candidates must be at least 1, is 0");
  }

  @Test
  default void caption_nullImage_isRefused() {
    assertThatNullPointerException()
        .isThrownBy(() -> captioner().caption(Nulls.nothing(), 1, 0))
        .withMessageContaining("image");
  }

  @Test
  default void caption_fourThreads_sameAsOne() throws Exception {
    BufferedImage image = images().get(0);
    List<String> alone = captioner().caption(image, 2, 3);

    assertThat(Concurrent.call(4, () -> captioner().caption(image, 2, 3))).containsOnly(alone);
  }

  @Test
  default void caption_interruptedThread_isCancelledAndKeepsTheFlag() {
    Thread.currentThread().interrupt();
    try {
      SgidException failure =
          catchThrowableOfType(
              SgidException.class, () -> captioner().caption(images().get(0), 1, 0));

      assertThat(Thread.currentThread().isInterrupted()).isTrue();
      assertThat(failure.isCancelled()).isTrue();
      assertThat(failure.stage()).isEqualTo(Stage.CAPTION);
    } finally {
      Thread.interrupted();
    }
  }
}

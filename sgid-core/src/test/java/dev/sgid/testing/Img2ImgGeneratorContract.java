package dev.sgid.testing;

import static dev.sgid.testing.ImageAssert.assertThatImage;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sgid.Img2ImgGenerator;
import dev.sgid.Img2ImgRequest;
import dev.sgid.Img2ImgResult;
import dev.sgid.OutputSize;
import dev.sgid.SgidException;
import dev.sgid.StepListener;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What every {@link Img2ImgGenerator} keeps. Implement it in a test class of its own. */
public interface Img2ImgGeneratorContract {
  /** The generator under test; closed by whoever made it. */
  Img2ImgGenerator generator();

  /** How many 8-bit levels a picture of a batch may be from the one made alone. */
  default int tolerance() {
    return 0;
  }

  /** A request of ten DDIM steps; override it where the models need another. */
  default Img2ImgRequest request(
      BufferedImage image, String prompt, double guidanceScale, double noiseRate, long seed) {
    return new Img2ImgRequest(
        image,
        prompt,
        "",
        guidanceScale,
        noiseRate,
        10,
        "DDIMScheduler",
        0,
        null,
        OutputSize.ORIGINAL,
        seed);
  }

  /** Requests that differ in everything; three pictures of the first image. */
  default List<Img2ImgRequest> requests() {
    BufferedImage first = TestImages.gradient(32, 32, 90);
    BufferedImage second = TestImages.noise(37, 29, 4);
    return List.of(
        request(first, "a bag", 3, 0.5, 1),
        request(first, "a bag", 7.5, 0.3, 2),
        request(second, "ankle boot, dark", 1, 0.9, 0xffff_ffffL),
        request(first, "", 5, 0.5, 1),
        request(second, "a bag", 2.5, 0.1, 3));
  }

  /** The only picture of a request. */
  default BufferedImage picture(Img2ImgRequest request) {
    return image(generator().generate(List.of(request), StepListener.NONE).get(0));
  }

  @Test
  default void generate_sameRequestTwice_samePicture() {
    Img2ImgRequest request = requests().get(0);

    assertThatImage(picture(request)).hasPixelsOf(picture(request));
  }

  @Test
  default void generate_mixedRequests_samePicturesAsOneByOne() {
    List<Img2ImgResult> together = generator().generate(requests(), StepListener.NONE);

    assertThat(together).hasSameSizeAs(requests());
    for (int i = 0; i < together.size(); i++) {
      assertThatImage(image(together.get(i)))
          .as("request %d", i)
          .isWithin(tolerance())
          .of(picture(requests().get(i)));
    }
  }

  @Test
  default void generate_otherSeed_otherPicture() {
    BufferedImage image = TestImages.gradient(32, 32, 90);

    assertThatImage(picture(request(image, "a bag", 3, 0.5, 1)))
        .hasOtherPixelsThan(picture(request(image, "a bag", 3, 0.5, 2)));
  }

  @Test
  default void generate_image_isNotChanged() {
    Img2ImgRequest request = requests().get(2);
    BufferedImage before = TestImages.copy(request.image());

    assertThatImage(picture(request)).isNotNull();

    assertThatImage(request.image()).hasPixelsOf(before);
  }

  @Test
  default void generate_originalSizeWanted_isTheInputs() {
    assertThatImage(picture(request(TestImages.noise(37, 29, 4), "a bag", 3, 0.5, 1)))
        .hasSize(37, 29);
  }

  @Test
  default void generate_tenStepsOfVariousRates_runsDiffusersNumber() {
    assertThat(generator().generate(requests(), StepListener.NONE))
        .extracting(Img2ImgResult::stepsRun)
        .containsExactly(5, 3, 9, 5, 1);
  }

  @Test
  default void generate_listener_hearsEveryStepOfEveryRequestOnceAndInOrder() {
    Map<Integer, Integer> heard = new TreeMap<>();

    List<Img2ImgResult> results =
        generator()
            .generate(
                requests(),
                (request, step, steps, timestep) -> {
                  assertThat(step).isEqualTo(heard.getOrDefault(request, 0) + 1);
                  assertThat(timestep).isNotNegative();
                  heard.put(request, step);
                });

    assertThat(results).hasSize(5);
    assertThat(heard).isEqualTo(Map.of(0, 5, 1, 3, 2, 9, 3, 5, 4, 1));
  }

  @Test
  default void generate_noRequests_noResults() {
    assertThat(generator().generate(List.of(), StepListener.NONE)).isEmpty();
  }

  @Test
  default void generate_null_isRefused() {
    assertThatNullPointerException()
        .isThrownBy(() -> generator().generate(Nulls.nothing(), StepListener.NONE));
    assertThatNullPointerException()
        .isThrownBy(() -> generator().generate(requests(), Nulls.nothing()));
  }

  @Test
  default void generate_fourThreads_samePictureAsOne() throws Exception {
    Img2ImgRequest request = requests().get(0);
    BufferedImage alone = picture(request);

    for (BufferedImage picture : Concurrent.call(4, () -> picture(request))) {
      assertThatImage(picture).isWithin(tolerance()).of(alone);
    }
  }

  @Test
  default void generate_interruptedAtTheFirstStep_isCancelledAndKeepsTheFlag() {
    int[] stepsDone = {0};
    try {
      SgidException failure =
          catchThrowableOfType(
              SgidException.class,
              () ->
                  generator()
                      .generate(
                          requests().subList(0, 1),
                          (request, step, steps, timestep) -> {
                            stepsDone[0]++;
                            Thread.currentThread().interrupt();
                          }));

      assertThat(Thread.currentThread().isInterrupted()).isTrue();
      assertThat(failure.isCancelled()).isTrue();
      assertThat(stepsDone[0]).isEqualTo(1);
    } finally {
      Thread.interrupted();
    }
  }

  private static BufferedImage image(Img2ImgResult result) {
    assertThat(result.failure()).isNull();
    return requireNonNull(result.image(), "image");
  }
}

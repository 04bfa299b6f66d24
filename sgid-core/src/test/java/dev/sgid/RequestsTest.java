package dev.sgid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.sgid.testing.Nulls;
import dev.sgid.testing.TestImages;
import java.awt.image.BufferedImage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestsTest {
  private final BufferedImage image = TestImages.gradient(4, 4, 0);

  @Test
  void of_imageAndLabel_isTheFirstCopyOnly() {
    AugmentRequest request = AugmentRequest.of(image, "bag");

    assertThat(request).isEqualTo(new AugmentRequest(image, "bag", "", 0, 1, null, null));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "_", "_ _", "\t"})
  void augmentRequest_labelWithoutText_isRefusedAsGiven(String label) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AugmentRequest.of(image, label))
        .withMessage("label must not be blank, is \"" + label + "\"");
  }

  @Test
  void augmentRequest_outOfRange_isRefusedWithValueAndRange() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> augmentRequest(-1, 1, null))
        .withMessage("firstCopy must be at least 0, is -1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> augmentRequest(0, 0, null))
        .withMessage("copies must be at least 1, is 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> augmentRequest(Integer.MAX_VALUE, 1, null))
        .withMessage(
            "firstCopy and copies must be at most 2147483647 together, are 2147483647 and 1");
    assertThat(augmentRequest(Integer.MAX_VALUE - 1, 1, null).copies()).isEqualTo(1);
  }

  @Test
  void augmentRequest_settingsThatLeaveNoStep_areRefused() {
    Settings settings = Settings.DEFAULTS.withNoiseRate(0.01);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> augmentRequest(0, 1, settings))
        .withMessageStartingWith("noiseRate must be at least 0.0334");
  }

  @Test
  void augmentRequest_null_isRefusedWithTheName() {
    assertThatNullPointerException()
        .isThrownBy(() -> AugmentRequest.of(Nulls.nothing(), "bag"))
        .withMessage("image");
    assertThatNullPointerException()
        .isThrownBy(() -> AugmentRequest.of(image, Nulls.nothing()))
        .withMessage("label");
    assertThatNullPointerException()
        .isThrownBy(() -> new AugmentRequest(image, "bag", Nulls.nothing(), 0, 1, null, null))
        .withMessage("id");
  }

  @Test
  void img2ImgRequest_outOfRange_isRefusedWithValueAndRange() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> img2Img(-1, 0.5, 10, "DDIMScheduler", 0))
        .withMessage("guidanceScale must be finite and at least 0.0, is -1.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> img2Img(Double.POSITIVE_INFINITY, 0.5, 10, "DDIMScheduler", 0))
        .withMessage("guidanceScale must be finite and at least 0.0, is Infinity");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> img2Img(Double.NaN, 0.5, 10, "DDIMScheduler", 0))
        .withMessage("guidanceScale must be finite and at least 0.0, is NaN");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> img2Img(1, 2, 10, "DDIMScheduler", 0))
        .withMessage("noiseRate must be in (0, 1], is 2.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> img2Img(1, 0.05, 10, "DDIMScheduler", 0))
        .withMessage("noiseRate must be at least 0.1 to run one of 10 steps, is 0.05");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> img2Img(1, 0.5, 0, "DDIMScheduler", 0))
        .withMessage("steps must be at least 1, is 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> img2Img(1, 0.5, 10, "", 0))
        .withMessage("scheduler must not be blank, is \"\"");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> img2Img(1, 0.5, 10, "DDIMScheduler", -0.1))
        .withMessage("eta must be in [0.0, 1.0], is -0.1");
    Size size = new Size(1, 715_827_883);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new Img2ImgRequest(image, "", "", 1, 1, 1, "D", 0, size, OutputSize.ORIGINAL, 0))
        .withMessage("size must be of at most 715827882 pixels, is 1x715827883");
  }

  @Test
  void img2ImgRequest_null_isRefusedWithTheName() {
    assertThatNullPointerException()
        .isThrownBy(() -> img2Img(1, 0.5, 10, Nulls.nothing(), 0))
        .withMessage("scheduler");
    assertThatNullPointerException()
        .isThrownBy(
            () ->
                new Img2ImgRequest(
                    image, Nulls.nothing(), "", 1, 1, 1, "D", 0, null, OutputSize.ORIGINAL, 0))
        .withMessage("prompt");
    assertThatNullPointerException()
        .isThrownBy(
            () -> new Img2ImgRequest(image, "", "", 1, 1, 1, "D", 0, null, Nulls.nothing(), 0))
        .withMessage("outputSize");
  }

  private AugmentRequest augmentRequest(int firstCopy, int copies, @Nullable Settings settings) {
    return new AugmentRequest(image, "bag", "", firstCopy, copies, null, settings);
  }

  private Img2ImgRequest img2Img(
      double scale, double noiseRate, int steps, String scheduler, double eta) {
    return new Img2ImgRequest(
        image, "", "", scale, noiseRate, steps, scheduler, eta, null, OutputSize.ORIGINAL, 0);
  }
}

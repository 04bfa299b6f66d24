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
    Settings settings = Settings.DEFAULTS.withGeneration(g -> g.withNoiseRate(0.01));

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
        .isThrownBy(() -> AugmentRequest.of(image, "bag").withId(Nulls.nothing()))
        .withMessage("id");
  }

  @Test
  void augmentRequestWithers_eachOnItsOwn_changeThatComponentOnly() {
    AugmentRequest all =
        new AugmentRequest(image, "bag", "id", 4, 3, "a caption", Settings.DEFAULTS);

    AugmentRequest changed =
        AugmentRequest.of(image, "bag")
            .withSettings(Settings.DEFAULTS)
            .withCaption("a caption")
            .withCopies(3)
            .withFirstCopy(4)
            .withId("id");

    assertThat(changed).isEqualTo(all);
    assertThat(
            changed.withCaption(null).withSettings(null).withId("").withFirstCopy(0).withCopies(1))
        .isEqualTo(AugmentRequest.of(image, "bag"));
  }

  @Test
  void of_imageAndPrompt_hasTheDefaults() {
    Img2ImgRequest request = Img2ImgRequest.of(image, "a bag");

    assertThat(request)
        .isEqualTo(new Img2ImgRequest(image, "a bag", 7.5, GenerationSettings.DEFAULTS, 0));
  }

  @Test
  void img2ImgRequestWithers_eachOnItsOwn_changeThatComponentOnly() {
    GenerationSettings settings = GenerationSettings.DEFAULTS.withSteps(4);

    assertThat(
            Img2ImgRequest.of(image, "a bag")
                .withSeed(9)
                .withSettings(settings)
                .withGuidanceScale(1)
                .withPrompt("a coat"))
        .isEqualTo(new Img2ImgRequest(image, "a coat", 1, settings, 9));
  }

  @ParameterizedTest
  @ValueSource(doubles = {-1, Double.POSITIVE_INFINITY, Double.NaN})
  void img2ImgRequest_scaleOutOfRange_isRefusedWithValueAndRange(double scale) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Img2ImgRequest.of(image, "").withGuidanceScale(scale))
        .withMessage("guidanceScale must be finite and at least 0.0, is " + scale);
  }

  @Test
  void img2ImgRequest_settingsThatLeaveNoStep_areRefused() {
    GenerationSettings none = GenerationSettings.DEFAULTS.withNoiseRate(0.05).withSteps(10);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Img2ImgRequest.of(image, "").withSettings(none))
        .withMessage("noiseRate must be at least 0.1 to run one of 10 steps, is 0.05");
  }

  @Test
  void img2ImgRequest_null_isRefusedWithTheName() {
    assertThatNullPointerException()
        .isThrownBy(() -> Img2ImgRequest.of(Nulls.nothing(), ""))
        .withMessage("image");
    assertThatNullPointerException()
        .isThrownBy(() -> Img2ImgRequest.of(image, Nulls.nothing()))
        .withMessage("prompt");
    assertThatNullPointerException()
        .isThrownBy(() -> Img2ImgRequest.of(image, "").withSettings(Nulls.nothing()))
        .withMessage("settings");
  }

  @Test
  void ticketAndDone_null_areRefusedWithTheName() {
    Img2ImgFeed.Ticket ticket = new Img2ImgFeed.Ticket(0, Img2ImgRequest.of(image, ""));
    assertThat(ticket.origin()).isEqualTo(new Origin("", "", Origin.ALL));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Origin("", "", -2))
        .withMessage("copy must be at least -1, is -2");

    assertThatNullPointerException()
        .isThrownBy(() -> new Img2ImgFeed.Ticket(0, Nulls.nothing()))
        .withMessage("request");
    assertThatNullPointerException()
        .isThrownBy(() -> new Img2ImgFeed.Done(ticket, Nulls.nothing()))
        .withMessage("result");
  }

  private AugmentRequest augmentRequest(int firstCopy, int copies, @Nullable Settings settings) {
    return new AugmentRequest(image, "bag", "", firstCopy, copies, null, settings);
  }
}

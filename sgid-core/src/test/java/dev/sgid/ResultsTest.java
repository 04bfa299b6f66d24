package dev.sgid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.sgid.testing.Nulls;
import dev.sgid.testing.TestImages;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ResultsTest {
  private static final Fit FIT = new Fit(new Size(32, 24), 1, 2, 3, 4);

  private final BufferedImage image = TestImages.gradient(4, 4, 0);
  private final SgidException failure = new SgidException(Stage.DECODE, "black");

  @Test
  void img2ImgResult_bothOrNeitherOfImageAndFailure_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> result(null, null, 1))
        .withMessage("A result has either an image or a failure, got image null, failure null");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> result(image, failure, 1))
        .withMessageStartingWith("A result has either an image or a failure, got image Buffered");
  }

  @Test
  void img2ImgResult_negativeSteps_areRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> result(image, null, -1))
        .withMessage("stepsRun must be at least 0, is -1");
  }

  @Test
  void img2ImgResult_null_isRefusedWithTheName() {
    assertThatNullPointerException()
        .isThrownBy(() -> new Img2ImgResult(image, null, FIT, 1, "", true, Nulls.nothing()))
        .withMessage("timings");
  }

  @Test
  void timings_anyOrder_comeInTheStagesOrderAndCannotBeChanged() {
    Map<Stage, Duration> timings = new LinkedHashMap<>();
    timings.put(Stage.DECODE, Duration.ofMillis(3));
    timings.put(Stage.CAPTION, Duration.ofMillis(1));
    timings.put(Stage.DENOISE, Duration.ofMillis(2));

    Img2ImgResult result = new Img2ImgResult(image, null, FIT, 1, "", true, timings);
    timings.clear();

    assertThat(result.timings().keySet())
        .containsExactly(Stage.CAPTION, Stage.DENOISE, Stage.DECODE);
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> result.timings().remove(Stage.DECODE));
  }

  @Test
  void augmentation_pictureThere_handsItOutWithItsSize() {
    Augmentation augmentation = augmentation(result(image, null, 7));

    assertThat(augmentation.image()).isSameAs(image);
    assertThat(augmentation.failure()).isEmpty();
    assertThat(augmentation.fit()).isEqualTo(FIT);
    assertThat(augmentation.size()).isEqualTo(new Size(36, 30));
    assertThat(augmentation.cutText()).isEqualTo("cut");
    assertThat(augmentation.noiseRate()).isEqualTo(0.5);
    assertThat(augmentation.steps()).isEqualTo(30);
  }

  @Test
  void image_failedCopy_throwsWhatFailed() {
    Augmentation augmentation = augmentation(result(null, failure, 0));

    assertThat(augmentation.failure()).containsSame(failure);
    assertThatExceptionOfType(SgidException.class)
        .isThrownBy(augmentation::image)
        .isSameAs(failure);
  }

  @Test
  void augmentation_outOfRange_isRefusedWithNameAndValue() {
    Img2ImgResult result = result(image, null, 7);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> augmentation(result, -1, 0, 3, Map.of()))
        .withMessage("copy must be at least 0, is -1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> augmentation(result, 0, Double.NaN, 3, Map.of()))
        .withMessage("similarity must be in [-1.0, 1.0], is NaN");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> augmentation(result, 0, 0, -3, Map.of()))
        .withMessage("guidanceScale must be finite and at least 0.0, is -3.0");
    assertThatNullPointerException()
        .isThrownBy(() -> augmentation(result, 0, 0, 3, Nulls.nothing()))
        .withMessage("timings");
  }

  @Test
  void scoredCaption_outOfRange_isRefusedWithNameAndValue() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ScoredCaption("a bag", 1.1))
        .withMessage("similarity must be in [-1.0, 1.0], is 1.1");
  }

  @Test
  void fit_outOfRange_isRefusedWithNameAndValue() {
    Size size = new Size(8, 8);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Fit(size, -1, 0, 0, 0))
        .withMessage("left must be at least 0, is -1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Fit(size, 0, -2, 0, 0))
        .withMessage("top must be at least 0, is -2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Fit(size, 0, 0, -3, 0))
        .withMessage("right must be at least 0, is -3");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Fit(size, 0, 0, 0, -4))
        .withMessage("bottom must be at least 0, is -4");
    assertThatNullPointerException()
        .isThrownBy(() -> new Fit(Nulls.nothing(), 0, 0, 0, 0))
        .withMessage("scaled");
  }

  @Test
  void none_size_isGeneratedAsItIs() {
    assertThat(Fit.none(new Size(8, 6)).padded()).isEqualTo(new Size(8, 6));
  }

  @Test
  void packInfo_null_isRefusedWithTheName() {
    assertThatNullPointerException()
        .isThrownBy(() -> new PackInfo(Nulls.nothing(), "", "", "", ""))
        .withMessage("name");
    assertThatNullPointerException()
        .isThrownBy(() -> new PackInfo("", "", "", "", Nulls.nothing()))
        .withMessage("dtype");
  }

  @Test
  void backendOptions_outOfRange_areRefusedWithNameAndValue() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new BackendOptions(Device.CPU, -1, 0, null, null, Set.of(), null))
        .withMessage("threads must be at least 0, is -1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new BackendOptions(Device.CPU, 0, -1, null, null, Set.of(), null))
        .withMessage("batch must be at least 0, is -1");
    assertThatNullPointerException()
        .isThrownBy(() -> new BackendOptions(Nulls.nothing(), 0, 0, null, null, Set.of(), null))
        .withMessage("device");
    assertThatNullPointerException()
        .isThrownBy(() -> new BackendOptions(Device.CPU, 0, 0, null, null, Nulls.nothing(), null))
        .withMessage("replaced");
  }

  @Test
  void sgidException_withModel_endsWithItsPath() {
    Path model = Path.of("pack", "unet");
    IllegalStateException cause = new IllegalStateException("why");

    SgidException exception = new SgidException(Stage.OPEN, model, "No such file", cause);

    assertThat(exception).hasMessage("No such file: " + model).hasCause(cause);
    assertThat(exception.model()).contains(model);
    assertThat(exception.stage()).isEqualTo(Stage.OPEN);
    assertThat(exception.isCancelled()).isFalse();
  }

  @Test
  void cancelled_stage_isNamed() {
    SgidException exception = SgidException.cancelled(Stage.DENOISE);

    assertThat(exception).hasMessage("Cancelled: the thread was interrupted during DENOISE");
    assertThat(exception.isCancelled()).isTrue();
    assertThat(exception.model()).isEmpty();
  }

  private static Img2ImgResult result(
      @Nullable BufferedImage image, @Nullable SgidException failure, int stepsRun) {
    return new Img2ImgResult(image, failure, FIT, stepsRun, "cut", true, Map.of());
  }

  private static Augmentation augmentation(Img2ImgResult result) {
    return augmentation(result, 0, 0, 3, Map.of());
  }

  private static Augmentation augmentation(
      Img2ImgResult result,
      int copy,
      double similarity,
      double guidanceScale,
      Map<Stage, Duration> timings) {
    return new Augmentation(
        result,
        "bag",
        "",
        "id",
        copy,
        "",
        similarity,
        "bag",
        guidanceScale,
        Settings.DEFAULTS,
        1,
        PackInfo.CUSTOM,
        timings);
  }
}

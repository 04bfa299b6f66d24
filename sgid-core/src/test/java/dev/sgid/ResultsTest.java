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
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ResultsTest {
  private static final Fit FIT = new Fit(new Size(32, 24), 1, 2, 3, 4);

  private final BufferedImage image = TestImages.gradient(4, 4, 0);
  private final SgidException failure = new SgidException(Stage.DECODE, "black");

  @Test
  void orThrow_pictureAndFailure_givesTheOneAndThrowsTheOther() {
    Img2ImgResult.Picture picture = picture(7, Map.of());

    assertThat(picture.orThrow()).isSameAs(picture);
    assertThatExceptionOfType(SgidException.class)
        .isThrownBy(() -> new Img2ImgResult.Failure(failure).orThrow())
        .isSameAs(failure);
  }

  @Test
  void picture_negativeSteps_areRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> picture(-1, Map.of()))
        .withMessage("stepsRun must be at least 0, is -1");
  }

  @Test
  void results_null_areRefusedWithTheName() {
    assertThatNullPointerException()
        .isThrownBy(() -> picture(1, Nulls.nothing()))
        .withMessage("timings");
    assertThatNullPointerException()
        .isThrownBy(() -> new Img2ImgResult.Failure(Nulls.nothing()))
        .withMessage("reason");
    assertThatNullPointerException()
        .isThrownBy(() -> new FailedCopy("", "bag", 0, Nulls.nothing()))
        .withMessage("reason");
  }

  @Test
  void timings_anyOrder_comeInTheStagesOrderAndCannotBeChanged() {
    Map<Stage, Duration> timings = new LinkedHashMap<>();
    timings.put(Stage.DECODE, Duration.ofMillis(3));
    timings.put(Stage.CAPTION, Duration.ofMillis(1));
    timings.put(Stage.DENOISE, Duration.ofMillis(2));

    Img2ImgResult.Picture picture = picture(1, timings);
    timings.clear();

    assertThat(picture.timings().keySet())
        .containsExactly(Stage.CAPTION, Stage.DENOISE, Stage.DECODE);
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> picture.timings().remove(Stage.DECODE));
  }

  @Test
  void augmentation_picture_handsOutWhatItHas() {
    Augmentation augmentation = augmentation(0, 0, 3, 0.5, Map.of());

    assertThat(augmentation.orThrow()).isSameAs(augmentation);
    assertThat(augmentation.image()).isSameAs(image);
    assertThat(augmentation.fit()).isEqualTo(FIT);
    assertThat(augmentation.size()).isEqualTo(new Size(36, 30));
    assertThat(augmentation.cutText()).isEqualTo("cut");
    assertThat(augmentation.noiseRate()).isEqualTo(0.5);
    assertThat(augmentation.steps()).isEqualTo(30);
  }

  @Test
  void noiseRate_stepsThatAreRun_isTheOneThatTheyComeTo() {
    Settings settings =
        Settings.DEFAULTS.withGeneration(g -> g.withNoiseRate(0.7).withSteps(Steps.run(5)));
    Augmentation augmentation = augmentation(settings, 0, 0, 3, 0.5, Map.of());

    assertThat(augmentation.steps()).isEqualTo(7);
    assertThat(augmentation.noiseRate()).isEqualTo(5.0 / 7);
  }

  @Test
  void pictures_mixedOutcomes_areThoseThatHaveOneInOrder() {
    Augmentation first = augmentation(0, 0, 3, 0.5, Map.of());
    FailedCopy failed = new FailedCopy("id", "bag", 1, failure);
    Augmentation last = augmentation(2, 0, 3, 0.5, Map.of());

    assertThat(Outcome.pictures(List.of(first, failed, last))).containsExactly(first, last);
    assertThatExceptionOfType(SgidException.class).isThrownBy(failed::orThrow).isSameAs(failure);
  }

  @Test
  void outcomes_outOfRange_areRefusedWithNameAndValue() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> augmentation(-1, 0, 3, 0, Map.of()))
        .withMessage("copy must be at least 0, is -1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new FailedCopy("", "bag", -1, failure))
        .withMessage("copy must be at least 0, is -1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> augmentation(0, Double.NaN, 3, 0, Map.of()))
        .withMessage("similarity must be in [-1.0, 1.0], is NaN");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> augmentation(0, 0, -3, 0, Map.of()))
        .withMessage("guidanceScale must be finite and at least 0.0, is -3.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> augmentation(0, 0, 3, 1.5, Map.of()))
        .withMessage("consistency must be in [-1.0, 1.0], is 1.5");
    assertThatNullPointerException()
        .isThrownBy(() -> augmentation(0, 0, 3, 0, Nulls.nothing()))
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
        .isThrownBy(
            () ->
                new BackendOptions(Device.CPU, -1, 0, 0, Map.of(), Set.of(), true, null, false, ""))
        .withMessage("threads must be at least 0, is -1");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new BackendOptions(Device.CPU, 0, -1, 0, Map.of(), Set.of(), true, null, false, ""))
        .withMessage("lanes must be at least 0, is -1");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new BackendOptions(Device.CPU, 0, 0, -1, Map.of(), Set.of(), true, null, false, ""))
        .withMessage("batch must be at least 0, is -1");
    assertThatNullPointerException()
        .isThrownBy(
            () ->
                new BackendOptions(
                    Nulls.nothing(), 0, 0, 0, Map.of(), Set.of(), true, null, false, ""))
        .withMessage("device");
    assertThatNullPointerException()
        .isThrownBy(
            () ->
                new BackendOptions(
                    Device.CPU, 0, 0, 0, Nulls.nothing(), Set.of(), true, null, false, ""))
        .withMessage("folders");
    assertThatNullPointerException()
        .isThrownBy(
            () ->
                new BackendOptions(
                    Device.CPU, 0, 0, 0, Map.of(), Nulls.nothing(), true, null, false, ""))
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

  @Test
  void kinds_ofExceptions_areToldApart() {
    SgidException rejected = SgidException.rejected(Stage.DECODE, "plain");

    assertThat(rejected.isRejection()).isTrue();
    assertThat(rejected.isCancelled()).isFalse();
    assertThat(rejected).hasMessage("plain");
    assertThat(failure.isRejection()).isFalse();
    assertThat(SgidException.cancelled(Stage.OPEN).isRejection()).isFalse();
    assertThat(SgidException.shuttingDown(Stage.DENOISE))
        .hasMessage("Cancelled: the JVM shuts down, during DENOISE")
        .matches(SgidException::isCancelled);
  }

  private Img2ImgResult.Picture picture(int stepsRun, Map<Stage, Duration> timings) {
    return new Img2ImgResult.Picture(
        image, FIT, stepsRun, TimestepSpacing.LEADING, "cut", true, timings);
  }

  private Augmentation augmentation(
      int copy,
      double similarity,
      double guidanceScale,
      double consistency,
      Map<Stage, Duration> timings) {
    return augmentation(Settings.DEFAULTS, copy, similarity, guidanceScale, consistency, timings);
  }

  private Augmentation augmentation(
      Settings settings,
      int copy,
      double similarity,
      double guidanceScale,
      double consistency,
      Map<Stage, Duration> timings) {
    return new Augmentation(
        picture(7, Map.of()),
        "bag",
        "",
        "id",
        copy,
        "",
        similarity,
        "bag",
        guidanceScale,
        settings,
        1,
        consistency,
        OptionalDouble.empty(),
        PackInfo.CUSTOM,
        timings);
  }
}

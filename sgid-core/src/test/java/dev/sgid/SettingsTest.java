package dev.sgid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.sgid.testing.Nulls;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
  private static final Pattern SMALLEST = Pattern.compile("must be at least (\\S+) to run one");

  @Test
  void defaults_are_whatTheDocumentsSay() {
    Settings s = Settings.DEFAULTS;

    assertThat(s.noiseRate()).isEqualTo(0.5);
    assertThat(s.steps()).isEqualTo(30);
    assertThat(s.scheduler()).isEqualTo("DDIMScheduler");
    assertThat(s.eta()).isZero();
    assertThat(s.guidance()).isEqualTo(GuidanceSchedule.linear(0.15, 0.35, 3, 7.5));
    assertThat(s.prompt()).hasToString("{label}, {caption}");
    assertThat(s.negativePrompt()).isEmpty();
    assertThat(s.captions()).isEqualTo(3);
    assertThat(s.captionChoice()).isSameAs(CaptionChoice.best());
    assertThat(s.size()).isNull();
    assertThat(s.outputSize()).isEqualTo(OutputSize.ORIGINAL);
  }

  @Test
  void withers_eachOnItsOwn_changeThatComponentOnly() {
    Settings d = Settings.DEFAULTS;
    GuidanceSchedule guidance = GuidanceSchedule.constant(4);
    PromptTemplate prompt = new PromptTemplate("{label}");
    CaptionChoice first = CaptionChoice.first();
    Size size = new Size(64, 32);
    Settings all =
        new Settings(
            0.3, 7, "PNDM", 0.1, guidance, prompt, "n", 2, first, size, OutputSize.GENERATED);

    Settings changed =
        d.withOutputSize(OutputSize.GENERATED)
            .withSize(size)
            .withCaptionChoice(first)
            .withCaptions(2)
            .withNegativePrompt("n")
            .withPrompt(prompt)
            .withGuidance(guidance)
            .withEta(0.1)
            .withScheduler("PNDM")
            .withSteps(7)
            .withNoiseRate(0.3);

    assertThat(changed).isEqualTo(all);
    assertThat(changed.withSize(null).size()).isNull();
    assertThat(d).isEqualTo(Settings.DEFAULTS.withSteps(30));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -0.1, 1.0000001, Double.NaN, Double.POSITIVE_INFINITY})
  void withNoiseRate_outOfRange_isRefusedWithValueAndRange(double noiseRate) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Settings.DEFAULTS.withNoiseRate(noiseRate))
        .withMessage("noiseRate must be in (0, 1], is " + noiseRate);
  }

  @Test
  void withers_outOfRange_areRefusedWithValueAndRange() {
    Settings d = Settings.DEFAULTS;

    assertThatIllegalArgumentException()
        .isThrownBy(() -> d.withSteps(0))
        .withMessage("steps must be at least 1, is 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> d.withScheduler(" "))
        .withMessage("scheduler must not be blank, is \" \"");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> d.withEta(1.5))
        .withMessage("eta must be in [0.0, 1.0], is 1.5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> d.withEta(Double.NaN))
        .withMessage("eta must be in [0.0, 1.0], is NaN");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> d.withCaptions(-1))
        .withMessage("captions must be in [1, 100], is -1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> d.withCaptions(101))
        .withMessage("captions must be in [1, 100], is 101");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> d.withSize(new Size(100_000, 100_000)))
        .withMessage("size must be of at most 715827882 pixels, is 100000x100000");
  }

  @Test
  void withers_null_areRefusedWithTheName() {
    Settings d = Settings.DEFAULTS;

    assertThatNullPointerException()
        .isThrownBy(() -> d.withScheduler(Nulls.nothing()))
        .withMessage("scheduler");
    assertThatNullPointerException()
        .isThrownBy(() -> d.withGuidance(Nulls.nothing()))
        .withMessage("guidance");
    assertThatNullPointerException()
        .isThrownBy(() -> d.withPrompt(Nulls.nothing()))
        .withMessage("prompt");
    assertThatNullPointerException()
        .isThrownBy(() -> d.withNegativePrompt(Nulls.nothing()))
        .withMessage("negativePrompt");
    assertThatNullPointerException()
        .isThrownBy(() -> d.withCaptionChoice(Nulls.nothing()))
        .withMessage("captionChoice");
    assertThatNullPointerException()
        .isThrownBy(() -> d.withOutputSize(Nulls.nothing()))
        .withMessage("outputSize");
  }

  @ParameterizedTest
  @CsvSource({
    "0.58, 50, 28", // 28.999… in double, 29 in float
    "0.29, 100, 28",
    "0.57, 100, 56",
    "0.5, 30, 15",
    "0.1, 10, 1",
    "0.7, 10, 7",
    "0.3, 10, 3",
    "0.999, 10, 9",
    "1, 1000, 1000",
    "1, 1, 1",
    "0.99, 1, 0",
    "0.001, 1000, 1"
  })
  void stepsRun_pairsThatRoundingDecides_areDiffusers(double noiseRate, int steps, int expected) {
    assertThat(Settings.stepsRun(noiseRate, steps)).isEqualTo(expected);
  }

  static LongStream seeds() {
    return LongStream.range(0, 5);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void stepsRun_anyPair_isTheRoundedProductCutOff(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 2_000; i++) {
      int steps = 1 + random.nextInt(1000);
      double noiseRate = (1 + random.nextInt(1000)) / 1000.0;
      // the product as IEEE 754 rounds it, by another road than double's own multiplication
      double product = new BigDecimal(noiseRate).multiply(BigDecimal.valueOf(steps)).doubleValue();

      assertThat(Settings.stepsRun(noiseRate, steps))
          .as("seed %d: %s of %d", seed, noiseRate, steps)
          .isEqualTo(new BigDecimal(product).setScale(0, RoundingMode.DOWN).intValueExact());
    }
  }

  @Test
  void requireSteps_rateTooLow_namesValueAndSmallest() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Settings.requireSteps(0.01, 30))
        .withMessage("noiseRate must be at least 0.0334 to run one of 30 steps, is 0.01");
  }

  static IntStream stepCounts() {
    return IntStream.rangeClosed(2, 1000);
  }

  @Test
  void requireSteps_smallestRateOfTheMessage_isAllowedAndNoneFourDecimalsLess() {
    assertThat(stepCounts())
        .allSatisfy(
            steps -> {
              String smallest = smallestRateInMessage(steps);
              assertThat(smallest).matches("0\\.\\d{1,4}|1\\.0E-4");
              BigDecimal rate = new BigDecimal(smallest);
              assertThatCode(() -> Settings.requireSteps(rate.doubleValue(), steps))
                  .as("%s of %d", rate, steps)
                  .doesNotThrowAnyException();
              double less = rate.subtract(new BigDecimal("0.0001")).doubleValue();
              assertThat(Settings.stepsRun(less, steps)).as("%s of %d", less, steps).isZero();
            });
  }

  private static String smallestRateInMessage(int steps) {
    try {
      Settings.requireSteps(1e-12, steps);
    } catch (IllegalArgumentException e) {
      Matcher matcher = SMALLEST.matcher(String.valueOf(e.getMessage()));
      assertThat(matcher.find()).isTrue();
      return matcher.group(1);
    }
    throw new AssertionError("a rate of 1e-12 was let through");
  }

  @Test
  void requireSteps_oneStep_needsTheWholeSchedule() {
    assertThat(smallestRateInMessage(1)).isEqualTo("1.0");
  }

  @ParameterizedTest
  @ValueSource(ints = {20_000, 1_000_000, Integer.MAX_VALUE})
  void requireSteps_moreStepsThanFourDecimalsResolve_smallestIsAllowed(int steps) {
    double rate = Double.parseDouble(smallestRateInMessage(steps));

    assertThatCode(() -> Settings.requireSteps(rate, steps)).doesNotThrowAnyException();
  }
}

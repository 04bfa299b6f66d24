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

class GenerationSettingsTest {
  private static final Pattern SMALLEST = Pattern.compile("must be at least (\\S+) to run one");

  private final GenerationSettings defaults = GenerationSettings.DEFAULTS;

  @Test
  void defaults_are_whatTheDocumentsSay() {
    assertThat(defaults.noiseRate()).isEqualTo(0.5);
    assertThat(defaults.steps()).isEqualTo(Steps.of(30));
    assertThat(defaults.scheduler()).isEqualTo(Scheduler.ddim());
    assertThat(defaults.timestepSpacing()).isNull();
    assertThat(defaults.negativePrompt()).isEmpty();
    assertThat(defaults.size()).isNull();
    assertThat(defaults.outputSize()).isEqualTo(OutputSize.ORIGINAL);
  }

  @Test
  void withers_eachOnItsOwn_changeThatComponentOnly() {
    Size size = new Size(64, 32);
    GenerationSettings all =
        new GenerationSettings(
            0.3,
            Steps.run(7),
            Scheduler.lcm(),
            TimestepSpacing.LINSPACE,
            "n",
            size,
            OutputSize.GENERATED);

    GenerationSettings changed =
        defaults
            .withOutputSize(OutputSize.GENERATED)
            .withSize(size)
            .withNegativePrompt("n")
            .withTimestepSpacing(TimestepSpacing.LINSPACE)
            .withScheduler(Scheduler.lcm())
            .withSteps(Steps.run(7))
            .withNoiseRate(0.3);

    assertThat(changed).isEqualTo(all);
    assertThat(changed.withSize(null).size()).isNull();
    assertThat(changed.withTimestepSpacing(null).timestepSpacing()).isNull();
    assertThat(defaults).isEqualTo(GenerationSettings.DEFAULTS.withSteps(30));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -0.1, 1.0000001, Double.NaN, Double.POSITIVE_INFINITY})
  void withNoiseRate_outOfRange_isRefusedWithValueAndRange(double noiseRate) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> defaults.withNoiseRate(noiseRate))
        .withMessage("noiseRate must be in (0, 1], is " + noiseRate);
  }

  @Test
  void withers_outOfRange_areRefusedWithValueAndRange() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> defaults.withSteps(0))
        .withMessage("steps must be at least 1, is 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Steps.run(0))
        .withMessage("unetCalls must be at least 1, is 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> defaults.withSize(new Size(100_000, 100_000)))
        .withMessage("size must be of at most 715827882 pixels, is 100000x100000");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> defaults.withSize(new Size(1, 715_827_883)))
        .withMessage("size must be of at most 715827882 pixels, is 1x715827883");
  }

  @Test
  void withers_null_areRefusedWithTheName() {
    assertThatNullPointerException()
        .isThrownBy(() -> defaults.withSteps(Nulls.<Steps>nothing()))
        .withMessage("steps");
    assertThatNullPointerException()
        .isThrownBy(() -> defaults.withScheduler(Nulls.nothing()))
        .withMessage("scheduler");
    assertThatNullPointerException()
        .isThrownBy(() -> defaults.withNegativePrompt(Nulls.nothing()))
        .withMessage("negativePrompt");
    assertThatNullPointerException()
        .isThrownBy(() -> defaults.withOutputSize(Nulls.nothing()))
        .withMessage("outputSize");
  }

  @Test
  void toString_steps_saysWhatIsCounted() {
    assertThat(Steps.of(30)).hasToString("30");
    assertThat(Steps.run(8)).hasToString("8 run");
  }

  @Test
  void stepsRun_fixedNumberOfUnetCalls_isThatNumberAtEveryNoiseRate() {
    for (int calls = 1; calls <= 50; calls++) {
      for (int rate = 1; rate <= 100; rate++) {
        GenerationSettings g =
            defaults.withNoiseRate(rate / 100.0).withSteps(Steps.run(calls)).requireRunnable();

        assertThat(g.stepsRun()).as("%s", g).isEqualTo(calls);
        assertThat(g.scheduleSteps())
            .isEqualTo((int) Math.max(calls, Math.rint(calls / g.noiseRate())));
        assertRunsAsDiffusers(g);
      }
    }
  }

  @Test
  void noiseRateRun_wholeSchedules_runsTheSameStepsAndIsNoHigherThanAsked() {
    for (int steps = 1; steps <= 120; steps++) {
      for (int rate = 1; rate <= 200; rate++) {
        GenerationSettings g = defaults.withNoiseRate(rate / 200.0).withSteps(steps);
        if (g.stepsRun() > 0) {
          assertThat(g.scheduleSteps()).isEqualTo(steps);
          assertThat(g.noiseRateRun()).as("%s", g).isLessThanOrEqualTo(g.noiseRate());
          assertRunsAsDiffusers(g);
        }
      }
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void noiseRateRun_anySettings_runsTheSameSteps(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      int count = 1 + random.nextInt(1000);
      GenerationSettings g =
          defaults
              .withNoiseRate(1 - random.nextDouble())
              .withSteps(random.nextBoolean() ? Steps.of(count) : Steps.run(count));
      if (g.stepsRun() > 0) {
        assertRunsAsDiffusers(g);
      }
    }
  }

  /** What diffusers makes of {@code num_inference_steps} and {@code strength}. */
  private static void assertRunsAsDiffusers(GenerationSettings g) {
    assertThat(g.noiseRateRun()).as("%s", g).isPositive().isLessThanOrEqualTo(1);
    assertThat((int) (g.scheduleSteps() * g.noiseRateRun())).as("%s", g).isEqualTo(g.stepsRun());
  }

  @ParameterizedTest
  @CsvSource({"4, 0.5", "4, 1", "8, 0.3", "1, 0.01"})
  void stepsRun_lcm_isTheWholeScheduleAtTheNoiseRateItself(int steps, double noiseRate) {
    for (Steps kind : new Steps[] {Steps.of(steps), Steps.run(steps)}) {
      GenerationSettings g =
          defaults.withScheduler(Scheduler.lcm()).withNoiseRate(noiseRate).withSteps(kind);

      assertThat(g.stepsRun()).isEqualTo(steps);
      assertThat(g.scheduleSteps()).isEqualTo(steps);
      assertThat(g.noiseRateRun()).isEqualTo(noiseRate);
      assertThat(g.requireRunnable()).isSameAs(g);
    }
  }

  private int stepsRun(double noiseRate, int steps) {
    return defaults.withNoiseRate(noiseRate).withSteps(steps).stepsRun();
  }

  private GenerationSettings requireRunnable(double noiseRate, int steps) {
    return defaults.withNoiseRate(noiseRate).withSteps(steps).requireRunnable();
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
    assertThat(stepsRun(noiseRate, steps)).isEqualTo(expected);
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

      assertThat(stepsRun(noiseRate, steps))
          .as("seed %d: %s of %d", seed, noiseRate, steps)
          .isEqualTo(new BigDecimal(product).setScale(0, RoundingMode.DOWN).intValueExact());
    }
  }

  @Test
  void requireRunnable_rateTooLow_namesValueAndSmallest() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> requireRunnable(0.01, 30))
        .withMessage("noiseRate must be at least 0.0334 to run one of 30 steps, is 0.01");
  }

  static IntStream stepCounts() {
    return IntStream.rangeClosed(2, 1000);
  }

  @Test
  void requireRunnable_smallestRateOfTheMessage_isAllowedAndNoneFourDecimalsLess() {
    assertThat(stepCounts())
        .allSatisfy(
            steps -> {
              String smallest = smallestRateInMessage(steps);
              assertThat(smallest).matches("0\\.\\d{1,4}|1\\.0E-4");
              BigDecimal rate = new BigDecimal(smallest);
              assertThatCode(() -> requireRunnable(rate.doubleValue(), steps))
                  .as("%s of %d", rate, steps)
                  .doesNotThrowAnyException();
              double less = rate.subtract(new BigDecimal("0.0001")).doubleValue();
              assertThat(stepsRun(less, steps)).as("%s of %d", less, steps).isZero();
            });
  }

  private String smallestRateInMessage(int steps) {
    try {
      GenerationSettings passed = requireRunnable(1e-12, steps);
      throw new AssertionError("a rate of 1e-12 was let through: " + passed);
    } catch (IllegalArgumentException e) {
      Matcher matcher = SMALLEST.matcher(String.valueOf(e.getMessage()));
      assertThat(matcher.find()).isTrue();
      return matcher.group(1);
    }
  }

  @Test
  void requireRunnable_oneStep_needsTheWholeSchedule() {
    assertThat(smallestRateInMessage(1)).isEqualTo("1.0");
  }

  @ParameterizedTest
  @ValueSource(ints = {20_000, 1_000_000, Integer.MAX_VALUE})
  void requireRunnable_moreStepsThanFourDecimalsResolve_smallestIsAllowed(int steps) {
    double rate = Double.parseDouble(smallestRateInMessage(steps));

    assertThatCode(() -> requireRunnable(rate, steps)).doesNotThrowAnyException();
  }

  /** PNDM makes a call more than steps, and unetCalls count all of them. */
  @Test
  void steps_pndm_countTheCallsOfItsBeginning() {
    GenerationSettings pndm = GenerationSettings.DEFAULTS.withScheduler(Scheduler.pndm());
    assertThat(pndm.withSteps(20).stepsRun()).isEqualTo(11);
    assertThat(pndm.withSteps(20).noiseRateRun()).isEqualTo(0.5);
    GenerationSettings eleven = pndm.withSteps(Steps.run(11)).requireRunnable();
    assertThat(eleven.scheduleSteps()).isEqualTo(20);
    assertThat(eleven.stepsRun()).isEqualTo(11);
    assertThat(eleven.noiseRateRun()).isEqualTo(0.5);
    assertThat(pndm.withNoiseRate(1).withSteps(Steps.run(1)).requireRunnable().scheduleSteps())
        .isEqualTo(1);
  }

  @Test
  void requireRunnable_callsThatPndmCantMake_areRefused() {
    GenerationSettings pndm =
        GenerationSettings.DEFAULTS.withScheduler(Scheduler.pndm()).withSteps(Steps.run(1));
    assertThatIllegalArgumentException()
        .isThrownBy(pndm::requireRunnable)
        .withMessage(
            "unetCalls must be another number with the scheduler pndm, whose beginning takes calls"
                + " of its own, is 1: it would run 2");
  }
}

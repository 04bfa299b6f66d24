package dev.sgid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.within;

import dev.sgid.testing.Nulls;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class GuidanceScheduleTest {
  private static final double[] SAMPLE = {0.31, 0.12, 0.27, 0.44, 0.2, 0.19, 0.333};

  @ParameterizedTest
  @CsvSource({"-1, 3", "0.15, 3", "0.2, 4.125", "0.25, 5.25", "0.35, 7.5", "0.9, 7.5"})
  void linear_similarity_growsBetweenTheBoundsAndIsClampedOutside(double similarity, double scale) {
    assertThat(GuidanceSchedule.linear(0.15, 0.35, 3, 7.5).scaleFor(similarity))
        .isCloseTo(scale, within(1e-12));
  }

  @ParameterizedTest
  @CsvSource({"-1, 7.5", "0.15, 7.5", "0.2, 6.375", "0.25, 5.25", "0.35, 3", "1, 3"})
  void inverse_similarity_fallsBetweenTheBoundsAndIsClampedOutside(
      double similarity, double scale) {
    assertThat(GuidanceSchedule.inverse(0.15, 0.35, 3, 7.5).scaleFor(similarity))
        .isCloseTo(scale, within(1e-12));
  }

  @Test
  void constant_anySimilarity_isTheScale() {
    assertThat(GuidanceSchedule.constant(4.5).scaleFor(-1)).isEqualTo(4.5);
    assertThat(GuidanceSchedule.constant(0).scaleFor(1)).isZero();
  }

  @ParameterizedTest
  @CsvSource({ // numpy.quantile(SAMPLE, [q0, q1]), numpy 2.4.6
    "0.05, 0.95, 0.14100000000000001, 0.40789999999999993",
    "0.1, 0.5, 0.162, 0.27",
    "0, 1, 0.12, 0.44",
    "0.25, 0.75, 0.195, 0.3215"
  })
  void calibrated_sample_boundsAreNumpysQuantiles(double q0, double q1, double low, double high) {
    double[] sample = SAMPLE.clone();

    GuidanceSchedule schedule = GuidanceSchedule.calibrated(sample, q0, q1, 3, 7.5);

    GuidanceSchedules.Linear linear = (GuidanceSchedules.Linear) schedule;
    assertThat(linear.similarity0()).isCloseTo(low, within(1e-15));
    assertThat(linear.similarity1()).isCloseTo(high, within(1e-15));
    assertThat(linear.scale0()).isEqualTo(3);
    assertThat(linear.scale1()).isEqualTo(7.5);
    assertThat(sample).isEqualTo(SAMPLE);
  }

  static LongStream seeds() {
    return LongStream.range(0, 10);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void linear_anyBounds_isMonotoneWithinTheScalesAndMirroredByInverse(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 200; i++) {
      double s0 = -1 + 1.5 * random.nextDouble();
      double s1 = s0 + 1e-3 + random.nextDouble() * (0.999 - s0);
      double w0 = 10 * random.nextDouble();
      double w1 = w0 + 10 * random.nextDouble();
      GuidanceSchedule linear = GuidanceSchedule.linear(s0, s1, w0, w1);
      GuidanceSchedule inverse = GuidanceSchedule.inverse(s0, s1, w0, w1);
      double before = 0;
      for (double s = -1; s <= 1; s += 1.0 / 64) {
        double scale = linear.scaleFor(s);
        assertThat(scale).as("seed %d: %s at %s", seed, linear, s).isBetween(w0, w1 + 1e-12);
        assertThat(scale).isGreaterThanOrEqualTo(before);
        assertThat(scale + inverse.scaleFor(s)).isCloseTo(w0 + w1, within(1e-9));
        before = scale;
      }
    }
  }

  @Test
  void scaleFor_cosineJustPastOne_isClamped() {
    assertThat(GuidanceSchedule.linear(0.15, 1, 3, 7).scaleFor(1.0000002)).isEqualTo(7);
  }

  @ParameterizedTest
  @ValueSource(doubles = {1.01, -1.01, Double.NaN})
  void scaleFor_noCosine_isRefused(double similarity) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GuidanceSchedule.linear(0.15, 0.35, 3, 7.5).scaleFor(similarity))
        .withMessage("similarity must be in [-1.0001, 1.0001], is " + similarity);
  }

  @Test
  void factories_outOfRange_areRefusedWithNameAndValue() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GuidanceSchedule.constant(-1))
        .withMessage("scale must be finite and at least 0.0, is -1.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GuidanceSchedule.linear(-2, 0, 1, 2))
        .withMessage("similarity0 must be in [-1.0, 1.0], is -2.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GuidanceSchedule.linear(0, Double.NaN, 1, 2))
        .withMessage("similarity1 must be in [-1.0, 1.0], is NaN");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GuidanceSchedule.inverse(0.3, 0.3, 1, 2))
        .withMessage("similarity0 must be less than similarity1, are 0.3 and 0.3");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GuidanceSchedule.inverse(0.2, 0.3, -1, 2))
        .withMessage("scale0 must be finite and at least 0.0, is -1.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GuidanceSchedule.linear(0.2, 0.3, 3, 2))
        .withMessage("scale0 must be at most scale1, are 3.0 and 2.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GuidanceSchedule.linear(0.2, 0.3, 3, Double.POSITIVE_INFINITY))
        .withMessage("scale1 must be finite and at least 0.0, is Infinity");
  }

  @Test
  void calibrated_outOfRange_isRefusedWithNameAndValue() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GuidanceSchedule.calibrated(SAMPLE, -0.1, 1, 3, 7))
        .withMessage("quantile0 must be in [0.0, 1.0], is -0.1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GuidanceSchedule.calibrated(SAMPLE, 0, 1.1, 3, 7))
        .withMessage("quantile1 must be in [0.0, 1.0], is 1.1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GuidanceSchedule.calibrated(SAMPLE, 0.5, 0.5, 3, 7))
        .withMessage("quantile0 must be less than quantile1, are 0.5 and 0.5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GuidanceSchedule.calibrated(new double[] {0.1, 1.5}, 0, 1, 3, 7))
        .withMessage("similarity must be in [-1.0, 1.0], is 1.5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GuidanceSchedule.calibrated(new double[0], 0, 1, 3, 7))
        .withMessage("A calibrated schedule needs at least two different similarities, got none");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GuidanceSchedule.calibrated(new double[] {0.2, 0.2}, 0, 1, 3, 7))
        .withMessage(
            "A calibrated schedule needs at least two different similarities, got 2 of 0.2");
    assertThatNullPointerException()
        .isThrownBy(() -> GuidanceSchedule.calibrated(Nulls.nothing(), 0, 1, 3, 7))
        .withMessage("similarities");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> GuidanceSchedule.calibrated(new double[] {0.2, 0.2, 0.2, 0.3}, 0, 0.5, 3, 7))
        .withMessage(
            "The similarities at the quantiles 0.0 and 0.5 are both 0.2: choose quantiles further"
                + " apart");
  }

  @Test
  void toString_schedule_namesKindAndNumbers() {
    assertThat(GuidanceSchedule.constant(4)).hasToString("constant:4.0");
    assertThat(GuidanceSchedule.linear(0.15, 0.35, 3, 7.5)).hasToString("linear:0.15,0.35,3.0,7.5");
    assertThat(GuidanceSchedule.inverse(0, 1, 1, 2)).hasToString("inverse:0.0,1.0,1.0,2.0");
  }
}

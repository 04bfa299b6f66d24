package dev.sgid.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GuidanceTextTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "constant:5               | 0.2 | 5",
        "linear:0.1,0.3,3,7.5     | 0.2 | 5.25",
        "' linear: 0.1, 0.3,3,7 ' | 0.1 | 3",
        "inverse:0.1,0.3,3,7      | 0.1 | 7",
      })
  void schedule_fixedForm_isThatSchedule(String text, double similarity, double scale) {
    double found = GuidanceText.parse(text).schedule(() -> new double[0]).scaleFor(similarity);

    assertThat(found).isCloseTo(scale, within(1e-9));
  }

  @Test
  void schedule_calibrated_isLinearBetweenQuantiles() {
    GuidanceText text = GuidanceText.parse("calibrated:0,0.5,3,7");

    assertThat(text.isCalibrated()).isTrue();
    assertThat(text.schedule(() -> new double[] {0.3, 0.1, 0.2}))
        .hasToString("linear:0.1,0.2,3.0,7.0");
    assertThat(text).hasToString("calibrated:0,0.5,3,7");
  }

  @Test
  void schedule_similaritiesAllEqual_isRefused() {
    GuidanceText text = GuidanceText.parse("calibrated:0,1,3,7");

    assertThatThrownBy(() -> text.schedule(() -> new double[] {0.2, 0.2}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least two different similarities, got 2 of 0.2");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "strong               | A guidance schedule is constant:G, linear:SIM0,SIM1,G0,G1,"
            + " inverse:SIM0,SIM1,G0,G1 or calibrated:Q0,Q1,G0,G1, is \"strong\"",
        "linear:0.1,0.3       | linear:SIM0,SIM1,G0,G1 takes 4 numbers, got 2 in linear:0.1,0.3",
        "constant:1,2         | constant:G takes one number, got 2 in constant:1,2",
        "constant:x           | \"x\" is no number, in constant:x",
        "constant:-1          | scale must be finite and at least 0.0, is -1.0",
        "linear:0.3,0.1,3,7   | similarity0 must be less than similarity1, are 0.3 and 0.1",
        "inverse:0.1,0.3,7,3  | scale0 must be at most scale1, are 7.0 and 3.0",
        "calibrated:0.9,0,3,7 | quantile0 must be less than quantile1, are 0.9 and 0.0",
        "calibrated:0,2,3,7   | quantile1 must be in [0.0, 1.0], is 2.0",
      })
  void parse_whatIsNone_saysWhatIsWrong(String text, String message) {
    assertThatThrownBy(() -> GuidanceText.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }
}

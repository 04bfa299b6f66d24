package dev.sgid.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CalibratedGuidanceTest {
  @Test
  void schedule_quantiles_areThoseOfTheSample() {
    CalibratedGuidance guidance = CalibratedGuidance.parse(" calibrated:0.25, 0.75,3,7 ");

    assertThat(guidance.schedule(new double[] {0.4, 0, 0.2, 0.1, 0.3}))
        .hasToString("linear:0.1,0.3,3.0,7.0");
    assertThat(guidance).hasToString("calibrated:0.25, 0.75,3,7");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "constant:3 | A calibrated guidance schedule is calibrated:Q0,Q1,G0,G1, is \"constant:3\"",
        "calibrated:1,2,3 | calibrated:Q0,Q1,G0,G1 takes 4 numbers, got 3 in calibrated:1,2,3",
        "calibrated:a,1,3,7 | \"a\" is no number, in calibrated:a,1,3,7",
        "calibrated:0,2,3,7 | quantile1 must be in [0.0, 1.0], is 2.0",
        "calibrated:0.5,0.5,3,7 | quantile0 must be less than quantile1, are 0.5 and 0.5",
        "calibrated:0,1,7,3 | scale0 must be at most scale1, are 7.0 and 3.0"
      })
  void parse_wrong_isRefused(String text, String message) {
    assertThatThrownBy(() -> CalibratedGuidance.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }
}

package dev.sgid.dataset.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IntervalTest {
  /** Expected: NumPy, by Wilson's formula with z = 1.6448536269514722. */
  @ParameterizedTest
  @CsvSource({
    "0.85, 40, 0.7352561142685972, 0.920396471679582",
    "1, 10, 0.787058029916593, 1",
    "0, 3, 0, 0.4741955741575128",
    "0.5, 2, 0.12086631942227366, 0.8791336805777263"
  })
  void ofShare_isWilsons(double share, int cases, double low, double high) {
    Interval interval = Interval.ofShare(share, cases);

    assertThat(interval.low()).isCloseTo(low, within(1e-12));
    assertThat(interval.high()).isCloseTo(high, within(1e-12));
  }

  /** Expected: NumPy, mean and std(ddof=1) / sqrt(3). */
  @Test
  void ofMean_isByItsStandardError() {
    Interval interval = Objects.requireNonNull(Interval.ofMean(new double[] {0.1, 0.2, 0.4}));

    assertThat(interval.low()).isCloseTo(0.08827087866612654, within(1e-12));
    assertThat(interval.high()).isCloseTo(0.3783957880005402, within(1e-12));
    assertThat(Interval.ofMean(new double[] {1})).isNull();
  }

  @Test
  void newInterval_endsTheWrongWayRound_areRefused() {
    assertThatThrownBy(() -> new Interval(2, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("low must be at most high, they are 2.0 and 1.0");
  }
}

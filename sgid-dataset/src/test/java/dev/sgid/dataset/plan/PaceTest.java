package dev.sgid.dataset.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class PaceTest {
  @Test
  void of_batches_isTheMeanWithStudentsInterval() {
    Pace pace = Pace.of(40, new double[] {1, 2, 3, 4});

    // mean 2.5, s = 1.29099, t(0.95, 3) = 2.35336: 2.5 -+ 1.51907
    assertThat(pace.secondsPerPicture()).isEqualTo(2.5);
    assertThat(pace.low()).isEqualTo(0.98093, within(5e-4));
    assertThat(pace.high()).isEqualTo(4.01907, within(5e-4));
    assertThat(pace.pictures()).isEqualTo(40);
  }

  @Test
  void of_widelySpreadBatches_isNeverNegative() {
    assertThat(Pace.of(2, new double[] {0.1, 3}).low()).isZero();
  }

  @Test
  void of_oneBatch_isHalfMoreOrLess() {
    assertThat(Pace.of(1, new double[] {4})).isEqualTo(new Pace(1, 4, 2, 6));
  }

  @Test
  void of_noBatch_isRefused() {
    assertThatThrownBy(() -> Pace.of(0, new double[0]))
        .hasMessage("There must be 1 to 11 batches, are 0");
  }
}

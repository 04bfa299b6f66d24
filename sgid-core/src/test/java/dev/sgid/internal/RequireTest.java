package dev.sgid.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.sgid.testing.Nulls;
import org.junit.jupiter.api.Test;

class RequireTest {
  @Test
  void checks_valuesAtTheBounds_giveThemBack() {
    assertThat(Require.atLeast(3, 3, "n")).isEqualTo(3);
    assertThat(Require.atLeast(0.0, -0.0, "n")).isZero();
    assertThat(Require.within(0, 1, 1, "n")).isEqualTo(1);
    assertThat(Require.notBlank(" a ", "n")).isEqualTo(" a ");
  }

  @Test
  void checks_valuesOutside_areNamedWithValueAndRange() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Require.atLeast(3, 2, "n"))
        .withMessage("n must be at least 3, is 2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Require.atLeast(3.0, 2.5, "n"))
        .withMessage("n must be finite and at least 3.0, is 2.5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Require.within(0, 1, Double.NaN, "n"))
        .withMessage("n must be in [0.0, 1.0], is NaN");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Require.notBlank("\n", "n"))
        .withMessage("n must not be blank, is \"\n\"");
    assertThatNullPointerException()
        .isThrownBy(() -> Require.notBlank(Nulls.nothing(), "n"))
        .withMessage("n");
  }
}

package dev.sgid.dataset.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sgid.dataset.evaluate.Chooser.Tried;
import dev.sgid.dataset.evaluate.Tuning.Choice;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChooserTest {
  private static Tried tried(double agreement, double... byOriginal) {
    return new Tried(agreement, new Interval(agreement - 0.1, agreement + 0.1), byOriginal);
  }

  @Test
  void choice_severalAboveTheBound_isTheMostDiverse() {
    Chooser chooser =
        new Chooser(
            List.of(
                tried(0.95, 0.1, 0.11, 0.12),
                tried(0.90, 0.3, 0.31, 0.32),
                tried(0.50, 0.9, 0.91, 0.92)),
            0.7);

    assertThat(chooser.choice()).isEqualTo(new Choice(1, true, true, List.of()));
  }

  @Test
  void choice_agreementAtTheBound_reachesItWithoutCertainty() {
    Chooser chooser = new Chooser(List.of(tried(0.65, 0.5, 0.5), tried(0.9, 0.1, 0.1)), 0.7 - 0.05);

    assertThat(chooser.choice()).isEqualTo(new Choice(0, true, false, List.of()));
  }

  @Test
  void choice_allBelowTheBound_isTheMostAgreement() {
    Chooser chooser =
        new Chooser(List.of(tried(0.5, 0.9, 0.9), tried(0.6, 0.1, 0.1), tried(0.6, 0.2, 0.2)), 0.7);

    assertThat(chooser.choice()).isEqualTo(new Choice(2, false, false, List.of()));
  }

  @Test
  void choice_equallyDiverse_isTheOneThatAgreesMoreAndThenTheEarlier() {
    Chooser chooser =
        new Chooser(List.of(tried(0.8, 0.2, 0.3), tried(0.9, 0.2, 0.3), tried(0.9, 0.2, 0.3)), 0.7);

    assertThat(chooser.choice()).isEqualTo(new Choice(1, true, true, List.of(0, 2)));
  }

  /** Differences 0.1, -0.05, 0.1: mean 0.05, standard error 0.05, half of the interval 0.082. */
  @Test
  void choice_differenceByOriginalWithinNoise_isSaid() {
    Chooser chooser =
        new Chooser(List.of(tried(0.9, 0.4, 0.2, 0.3), tried(0.9, 0.3, 0.25, 0.2)), 0.7);

    assertThat(chooser.choice()).isEqualTo(new Choice(0, true, true, List.of(1)));
  }

  /** The originals differ much from each other, but each has more at the first setting. */
  @Test
  void choice_smallButSteadyDifference_isToldApart() {
    Chooser chooser =
        new Chooser(List.of(tried(0.9, 0.9, 0.1, 0.5), tried(0.9, 0.88, 0.08, 0.485)), 0.7);

    assertThat(chooser.choice()).isEqualTo(new Choice(0, true, true, List.of()));
  }

  @Test
  void choice_settingsWithoutPairsOrCopies_comeLast() {
    Tried nothing = new Tried(null, null, new double[] {Double.NaN, Double.NaN});
    Tried single = tried(0.9, Double.NaN, Double.NaN);
    Tried some = tried(0.8, 0.1, Double.NaN);

    assertThat(new Chooser(List.of(nothing, single, some), 0.7).choice())
        .isEqualTo(new Choice(2, true, true, List.of(1)));
    assertThat(new Chooser(List.of(nothing), 0.7).choice()).isNull();
  }
}

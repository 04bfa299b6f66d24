package dev.sgid;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class CaptionChoiceTest {
  @Test
  void best_similarities_takesTheFirstOfTheLargest() {
    assertThat(CaptionChoice.best().choose(new double[] {0.1, 0.3, 0.2, 0.3}, 1)).isEqualTo(1);
    assertThat(CaptionChoice.best().choose(new double[] {-0.5, -0.7}, 1)).isZero();
    assertThat(CaptionChoice.best().choose(new double[] {0.2}, 1)).isZero();
  }

  @Test
  void best_similaritiesApartByRounding_takesTheFirst() {
    assertThat(CaptionChoice.best().choose(new double[] {0.1, 0.3, 0.3 + 1e-7}, 1)).isEqualTo(1);
    assertThat(CaptionChoice.best().choose(new double[] {0.1, 0.3, 0.3 + 1e-5}, 1)).isEqualTo(2);
  }

  @Test
  void first_similarities_takesTheFirst() {
    assertThat(CaptionChoice.first().choose(new double[] {0.1, 0.9}, 1)).isZero();
  }

  @Test
  void random_seeds_takesEachAboutEquallyOften() {
    double[] similarities = {0.1, 0.2, 0.3};
    int[] counts = new int[3];
    LongStream.range(0, 3_000)
        .forEach(seed -> counts[CaptionChoice.random().choose(similarities, seed * 7919)]++);

    assertThat(counts[0]).isBetween(850, 1_150);
    assertThat(counts[1]).isBetween(850, 1_150);
  }

  @Test
  void random_fixedSeeds_takesWhatItAlwaysTook() {
    double[] similarities = {0.1, 0.2, 0.3, 0.4, 0.5};

    assertThat(LongStream.range(0, 8).map(s -> CaptionChoice.random().choose(similarities, s)))
        .containsExactly(0L, 0L, 3L, 4L, 2L, 2L, 1L, 1L);
  }

  @Test
  void toString_choice_isItsFactorysName() {
    assertThat(CaptionChoice.best()).hasToString("best");
    assertThat(CaptionChoice.first()).hasToString("first");
    assertThat(CaptionChoice.random()).hasToString("random");
  }
}

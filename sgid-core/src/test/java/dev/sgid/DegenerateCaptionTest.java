package dev.sgid;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DegenerateCaptionTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "large large large",
        "a gray bag bag bag with a handle",
        "Large, large, LARGE.",
        "a bag a bag a bag",
        "with a bag and a bag and a bag and a",
        "long sleeves and long sleeves and long sleeves and",
        "on the left side on the left side on the left side",
        "large\tlarge\u00a0large",
        "",
        " \n",
        "... - !",
      })
  void is_noWordOrThreeTimesInARow_true(String caption) {
    assertThat(DegenerateCaption.is(caption)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a very very small bag",
        "a bag a bag",
        "a bag, a shoe, a bag, a shirt, a bag",
        "bag",
        "large and large and",
        "one two three four five one two three four five one two three four five",
        "1,000,000,000 shoes",
        "knock-knock-knock",
        "ein Kleid",
        "\u30b9\u30ab\u30fc\u30c8",
      })
  void is_aCaption_false(String caption) {
    assertThat(DegenerateCaption.is(caption)).isFalse();
  }

  @Test
  void othersOf_someDegenerate_indexesOfTheRest() {
    assertThat(DegenerateCaption.othersOf(List.of("", "a bag", "bag bag bag", "a shoe")))
        .containsExactly(1, 3);
  }

  @Test
  void othersOf_allDegenerate_all() {
    assertThat(DegenerateCaption.othersOf(List.of("", "bag bag bag"))).containsExactly(0, 1);
    assertThat(DegenerateCaption.othersOf(List.of())).isEmpty();
  }
}

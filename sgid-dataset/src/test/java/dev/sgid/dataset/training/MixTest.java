package dev.sgid.dataset.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class MixTest {
  private static final int ORIGINALS = 1000;

  /** Each original with four copies, but the first, which has none. */
  private static List<Sample> samples() {
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < ORIGINALS; i++) {
      String name = "o" + i;
      samples.add(Sample.original(name, "x", 0, name, name));
      for (int copy = 0; i > 0 && copy < 4; copy++) {
        samples.add(new Sample(name + copy, "x", 0, name, name, copy, null, null));
      }
    }
    return samples;
  }

  @Test
  void synthetic_probability_replacesThatShareEachByItsOwn() {
    List<Sample> epoch = Mix.synthetic(0.3).of(samples(), new Random(1));

    assertThat(epoch).hasSize(ORIGINALS);
    for (int i = 0; i < ORIGINALS; i++) {
      assertThat(epoch.get(i).original()).isEqualTo("o" + i);
    }
    // a binomial: four standard deviations are 58
    assertThat(epoch.stream().filter(Sample::isCopy).count()).isBetween(242L, 358L);
    Map<Integer, Long> which =
        Mix.synthetic(1).of(samples(), new Random(2)).stream()
            .filter(Sample::isCopy)
            .collect(Collectors.groupingBy(Sample::copy, Collectors.counting()));
    assertThat(which).containsOnlyKeys(0, 1, 2, 3);
    which.values().forEach(count -> assertThat((double) count).isCloseTo(250, within(55.0)));
  }

  @Test
  void synthetic_zeroOrOne_areNoneAndAllThatHaveCopies() {
    assertThat(Mix.synthetic(0).of(samples(), new Random(1))).noneMatch(Sample::isCopy);
    List<Sample> all = Mix.synthetic(1).of(samples(), new Random(1));
    assertThat(all.get(0).isCopy()).isFalse();
    assertThat(all.subList(1, ORIGINALS)).allMatch(Sample::isCopy);
  }

  @Test
  void all_isEachSampleOnce() {
    assertThat(Mix.all().of(samples(), new Random(1))).isEqualTo(samples());
  }

  @Test
  void synthetic_outOfRange_isRefused() {
    assertThatThrownBy(() -> Mix.synthetic(1.5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("probability must be in [0.0, 1.0], is 1.5");
  }
}

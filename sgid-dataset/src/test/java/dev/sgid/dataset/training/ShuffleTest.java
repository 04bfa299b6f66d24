package dev.sgid.dataset.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ShuffleTest {
  private static List<Integer> shuffled(long seed, int epoch) {
    List<Integer> list = new ArrayList<>(IntStream.range(0, 10).boxed().toList());
    Shuffle.shuffle(list, Shuffle.random(seed, epoch));
    return list;
  }

  /** Worked out in Python, by hashlib and the generator that {@code java.util.Random} documents. */
  @Test
  void shuffle_seedAndEpoch_giveTheOrderThatIsDocumented() {
    assertThat(shuffled(7, 0)).containsExactly(3, 0, 5, 1, 6, 9, 4, 7, 8, 2);
    assertThat(shuffled(7, 1)).containsExactly(5, 0, 8, 6, 7, 9, 4, 3, 2, 1);
    assertThat(shuffled(-1, 0)).containsExactly(3, 9, 0, 8, 5, 1, 6, 7, 2, 4);
  }
}

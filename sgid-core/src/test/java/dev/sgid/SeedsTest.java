package dev.sgid;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The expected values come from Python's hashlib. */
class SeedsTest {
  private static final String IDENTITY =
      "2ca057d7457d9e59995ba2e4ab41584117fbdaa6b2745afd3d0499f615cc1a69";

  @ParameterizedTest
  @CsvSource({
    "0, 3236365403, 3236365404, 1088881754, 274028760",
    "7, 3100297227, 3100297228, 952813578, 2274455378",
    "-1, 2585087765, 2585087766, 437604116, 1678046600"
  })
  void seeds_baseSeed_areWhatTheyAlwaysWere(
      long baseSeed, long copy0, long copy1, long lastCopy, long caption) {
    assertThat(Seeds.ofCopy(baseSeed, IDENTITY, 0)).isEqualTo(copy0);
    assertThat(Seeds.ofCopy(baseSeed, IDENTITY, 1)).isEqualTo(copy1);
    assertThat(Seeds.ofCopy(baseSeed, IDENTITY, Integer.MAX_VALUE)).isEqualTo(lastCopy);
    assertThat(Seeds.ofCaption(baseSeed, IDENTITY)).isEqualTo(caption);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 4059395796, 4059395797, 904989648",
    "7, 1063203325, 1063203326, 3812712922",
    "-1, 2778277914, 2778277915, 984526899"
  })
  void ofFlagged_baseSeed_areWhatTheyAlwaysWere(
      long baseSeed, long first, long second, long firstOfCopy1) {
    assertThat(Seeds.ofFlagged(baseSeed, IDENTITY, 0, 1)).isEqualTo(first);
    assertThat(Seeds.ofFlagged(baseSeed, IDENTITY, 0, 2)).isEqualTo(second);
    assertThat(Seeds.ofFlagged(baseSeed, IDENTITY, 1, 1)).isEqualTo(firstOfCopy1);
  }

  @Test
  void ofCopy_hashNearTheEnd_wrapsAround() {
    String identity = String.format("%064x", 2_916_207);

    assertThat(Seeds.ofCopy(0, identity, 0)).isEqualTo(4_294_966_931L);
    assertThat(Seeds.ofCopy(0, identity, 364)).isEqualTo(0xffff_ffffL);
    assertThat(Seeds.ofCopy(0, identity, 365)).isZero();
    assertThat(Seeds.ofCopy(0, identity, 366)).isEqualTo(1);
  }

  static LongStream seeds() {
    return LongStream.range(0, 5);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void ofCopy_anyArguments_staysIn32BitsAndCountsUp(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 500; i++) {
      long baseSeed = random.nextLong();
      int copy = random.nextInt(Integer.MAX_VALUE);
      String identity = Long.toHexString(random.nextLong());
      long first = Seeds.ofCopy(baseSeed, identity, 0);

      assertThat(Seeds.ofCopy(baseSeed, identity, copy))
          .as("seed %d: base %d, copy %d of %s", seed, baseSeed, copy, identity)
          .isBetween(0L, 0xffff_ffffL)
          .isEqualTo((first + copy) % (1L << 32));
    }
  }
}

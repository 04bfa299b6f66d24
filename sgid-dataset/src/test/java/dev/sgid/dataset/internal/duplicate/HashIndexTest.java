package dev.sgid.dataset.internal.duplicate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HashIndexTest {
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void near_anyHash_findsWhatASearchThroughAllFinds(long seed) {
    Random random = new Random(seed);
    long[] hashes = new long[3000];
    for (int i = 0; i < hashes.length; i++) {
      hashes[i] = i % 3 == 0 ? random.nextLong() : flipped(hashes[i - 1], i % 13, random);
    }
    HashIndex index = new HashIndex(hashes);
    for (int i = 0; i < hashes.length; i++) {
      long hash = hashes[i];
      List<Integer> found = new ArrayList<>();
      index.near(hash, found::add);

      assertThat(found)
          .containsExactlyInAnyOrderElementsOf(
              IntStream.range(0, hashes.length)
                  .filter(j -> Long.bitCount(hashes[j] ^ hash) <= HashIndex.MOST_BITS)
                  .boxed()
                  .toList());
    }
  }

  private static long flipped(long hash, int bits, Random random) {
    long flipped = hash;
    for (int i = 0; i < bits; i++) {
      flipped ^= 1L << random.nextInt(Long.SIZE);
    }
    return flipped;
  }
}

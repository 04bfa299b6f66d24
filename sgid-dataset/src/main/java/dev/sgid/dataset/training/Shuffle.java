package dev.sgid.dataset.training;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sgid.internal.Sha256;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.List;
import java.util.Random;

/**
 * Chance that is the same on every run and every JDK: of {@link Random}, whose numbers are part of
 * its contract, which {@code Collections.shuffle} is not.
 */
final class Shuffle {
  private Shuffle() {}

  /** The chance of an epoch. */
  static Random random(long seed, int epoch) {
    return new Random(hash(seed, "epoch " + epoch));
  }

  /** Puts a list into an order by chance (Fisher and Yates). */
  static <T> void shuffle(List<T> list, Random random) {
    for (int i = list.size() - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      T other = list.get(j);
      list.set(j, list.get(i));
      list.set(i, other);
    }
  }

  /** The first 64 bits of SHA-256 over a seed and a text. */
  static long hash(long seed, String text) {
    MessageDigest digest = Sha256.digest();
    digest.update(ByteBuffer.allocate(Long.BYTES).putLong(seed).array());
    digest.update(text.getBytes(UTF_8));
    return ByteBuffer.wrap(digest.digest()).getLong();
  }
}

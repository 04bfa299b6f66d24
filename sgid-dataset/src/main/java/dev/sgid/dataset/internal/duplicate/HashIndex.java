package dev.sgid.dataset.internal.duplicate;

import java.util.function.IntConsumer;

/**
 * Finds hashes that differ in few bits: multi-index hashing [1]. Hashes that differ in at most 8
 * bits differ in at most one in one of five parts; each part has a table, in which what is equal
 * there but for one bit is looked up.
 *
 * <p>[1] M. Norouzi, A. Punjani, D. J. Fleet, Fast Search in Hamming Space with Multi-Index
 * Hashing, CVPR 2012.
 */
final class HashIndex {
  /** In how many bits hashes may differ. */
  static final int MOST_BITS = 8;

  private static final int PARTS = 5; // MOST_BITS / PARTS is 1
  private static final int[] WIDTHS = {13, 13, 13, 13, 12};

  private final long[] hashes;
  private final int[][] begins = new int[PARTS][]; // by a part's value
  private final int[][] members = new int[PARTS][]; // sorted by a part's value

  HashIndex(long[] hashes) {
    this.hashes = hashes.clone();
    for (int part = 0; part < PARTS; part++) {
      int[] begin = new int[(1 << WIDTHS[part]) + 1];
      for (long hash : hashes) {
        begin[part(hash, part) + 1]++;
      }
      for (int value = 1; value < begin.length; value++) {
        begin[value] += begin[value - 1];
      }
      int[] next = begin.clone();
      int[] sorted = new int[hashes.length];
      for (int i = 0; i < hashes.length; i++) {
        sorted[next[part(hashes[i], part)]++] = i;
      }
      begins[part] = begin;
      members[part] = sorted;
    }
  }

  private static int part(long hash, int part) {
    return (int) (hash >>> (13 * part)) & ((1 << WIDTHS[part]) - 1);
  }

  /** Tells of each hash that differs in at most {@value #MOST_BITS} bits, once, by its index. */
  void near(long hash, IntConsumer found) {
    for (int part = 0; part < PARTS; part++) {
      int value = part(hash, part);
      look(hash, part, value, found);
      for (int bit = 0; bit < WIDTHS[part]; bit++) {
        look(hash, part, value ^ (1 << bit), found);
      }
    }
  }

  private void look(long hash, int part, int value, IntConsumer found) {
    for (int i = begins[part][value]; i < begins[part][value + 1]; i++) {
      long difference = hashes[members[part][i]] ^ hash;
      if (Long.bitCount(difference) <= MOST_BITS && !foundBefore(difference, part)) {
        found.accept(members[part][i]);
      }
    }
  }

  /** Whether an earlier part's table has it too. */
  private static boolean foundBefore(long difference, int part) {
    for (int earlier = 0; earlier < part; earlier++) {
      if (Integer.bitCount(part(difference, earlier)) <= 1) {
        return true;
      }
    }
    return false;
  }
}

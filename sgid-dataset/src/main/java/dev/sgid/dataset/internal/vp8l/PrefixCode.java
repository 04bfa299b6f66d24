package dev.sgid.dataset.internal.vp8l;

import java.io.IOException;
import java.util.Arrays;

/** A canonical prefix code of up to 15 bits, read from the stream itself. Immutable. */
final class PrefixCode {
  private static final int MOST_BITS = 15;
  private static final int[] ORDER = {
    17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
  };
  private static final int FIRST_REPEAT = 16;
  private static final int FIRST_LENGTH = 8; // that is repeated before there is any

  private final int[] counts = new int[MOST_BITS + 1]; // of codes, by length
  private final short[] symbols; // by length, then by value

  private PrefixCode(int[] lengths) throws IOException {
    for (int length : lengths) {
      counts[length]++;
    }
    counts[0] = 0;
    int[] at = new int[MOST_BITS + 2];
    int open = 1; // codes left, of each length
    for (int i = 1; i <= MOST_BITS; i++) {
      open = 2 * open - counts[i];
      at[i + 1] = at[i] + counts[i];
      if (open < 0) {
        throw new IOException("a prefix code has too many symbols");
      }
    }
    symbols = new short[at[MOST_BITS + 1]];
    if (symbols.length == 0 || (open > 0 && symbols.length > 1)) {
      throw new IOException("a prefix code has too few symbols");
    }
    for (int i = 0; i < lengths.length; i++) {
      if (lengths[i] > 0) {
        symbols[at[lengths[i]]++] = (short) i;
      }
    }
  }

  /** Reads the code of an alphabet. */
  static PrefixCode read(BitReader in, int alphabet) throws IOException {
    int[] lengths = new int[Math.max(alphabet, 256)]; // which a short form may reach
    if (in.flag()) {
      boolean two = in.flag();
      lengths[in.read(in.flag() ? 8 : 1)] = 1;
      if (two) {
        lengths[in.read(8)] = 1;
      }
      return new PrefixCode(lengths);
    }
    int[] ofLengths = new int[ORDER.length];
    int count = 4 + in.read(4);
    for (int i = 0; i < count; i++) {
      ofLengths[ORDER[i]] = in.read(3);
    }
    PrefixCode code = new PrefixCode(ofLengths);
    int most = alphabet;
    if (in.flag()) {
      most = 2 + in.read(2 + 2 * in.read(3));
      if (most > alphabet) {
        throw new IOException("a prefix code has more symbols than there are");
      }
    }
    int former = FIRST_LENGTH;
    for (int i = 0; i < alphabet && most > 0; most--) {
      int length = code.symbol(in);
      if (length < FIRST_REPEAT) {
        lengths[i++] = length;
        former = length == 0 ? former : length;
        continue;
      }
      int repeat =
          switch (length) {
            case 16 -> 3 + in.read(2);
            case 17 -> 3 + in.read(3);
            default -> 11 + in.read(7);
          };
      if (i + repeat > alphabet) {
        throw new IOException("a prefix code repeats a length too often");
      }
      Arrays.fill(lengths, i, i + repeat, length == FIRST_REPEAT ? former : 0);
      i += repeat;
    }
    return new PrefixCode(lengths);
  }

  /** Reads a symbol; of an alphabet of one, no bit. */
  int symbol(BitReader in) throws IOException {
    if (symbols.length == 1) {
      return symbols[0];
    }
    int code = 0;
    int first = 0; // code of a length
    int at = 0; // its symbol
    for (int length = 1; length <= MOST_BITS; length++) {
      code |= in.read(1);
      int count = counts[length];
      if (code - first < count) {
        return symbols[at + code - first];
      }
      at += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    throw new IOException("a prefix code has no such symbol");
  }
}

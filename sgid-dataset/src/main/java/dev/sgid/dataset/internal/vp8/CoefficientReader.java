package dev.sgid.dataset.internal.vp8;

import java.io.EOFException;
import java.util.Arrays;

/**
 * Reads a macroblock's coefficients (RFC 6386, section 13). How likely a block has any depends on
 * whether those above it and on its left have, so macroblocks come in the order of the picture.
 */
final class CoefficientReader {
  // kinds of blocks
  private static final int LUMA_REST = 0; // without the first coefficient, which SECOND has
  private static final int SECOND = 1;
  private static final int CHROMA = 2;
  private static final int LUMA = 3;

  private static final int[] BANDS = {0, 1, 2, 3, 6, 4, 5, 6, 6, 6, 6, 6, 6, 6, 6, 7, 0};
  private static final int[] ZIGZAG = {0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 13, 10, 7, 11, 14, 15};

  /** The bits of what a large value has beyond 11, 19, 35 and 67. */
  private static final int[][] LARGE = {
    {173, 148, 140},
    {176, 155, 140, 135},
    {180, 157, 141, 134, 130},
    {254, 254, 243, 230, 196, 177, 153, 140, 133, 130, 129}
  };

  private static final int PROBABILITIES = 11;
  private static final int CONTEXTS = 3;
  private static final int PER_MACROBLOCK = 9; // luma's 4, 2 of each chroma, SECOND

  private final int[] probabilities;
  private final Quantizer[] quantizers;
  private final int[] above; // 1 where the block has coefficients
  private final int[] left = new int[PER_MACROBLOCK];
  private final int[] second = new int[16];

  CoefficientReader(FrameHeader header, int columns) {
    probabilities = header.coefficientProbabilities;
    quantizers = header.quantizers;
    above = new int[PER_MACROBLOCK * columns];
  }

  void startRow() {
    Arrays.fill(left, 0);
  }

  /** Reads the coefficients of the macroblock in a column, whose modes have been read. */
  void read(BoolDecoder in, Macroblock block, int column) throws EOFException {
    block.clear();
    int at = PER_MACROBLOCK * column;
    if (block.skipped) {
      int kept = block.subblocks ? PER_MACROBLOCK - 1 : PER_MACROBLOCK; // SECOND's, if it has none
      Arrays.fill(above, at, at + kept, 0);
      Arrays.fill(left, 0, kept, 0);
      return;
    }
    Quantizer steps = quantizers[block.segment];
    int[] out = block.coefficients;
    int kind = LUMA;
    if (!block.subblocks) {
      kind = LUMA_REST;
      Arrays.fill(second, 0);
      block(in, SECOND, at + 8, 8, second, 0, steps.secondDc(), steps.secondAc());
      Transforms.spread(second, out);
    }
    for (int i = 0; i < 16; i++) {
      block(in, kind, at + i % 4, i / 4, out, 16 * i, steps.lumaDc(), steps.lumaAc());
    }
    for (int i = 0; i < 8; i++) {
      int plane = 4 + i / 4 * 2;
      int to = 16 * (Macroblock.CHROMA + i);
      int row = plane + i % 4 / 2;
      block(in, CHROMA, at + plane + i % 2, row, out, to, steps.chromaDc(), steps.chromaAc());
    }
    for (int i = 0; i < Macroblock.BLOCKS && !block.filled; i++) {
      block.filled = !block.isEmpty(i);
    }
  }

  /** Reads a block, whose neighbours are counted at {@code up} and {@code beside}. */
  private void block(
      BoolDecoder in, int kind, int up, int beside, int[] out, int to, int dc, int ac)
      throws EOFException {
    int first = kind == LUMA_REST ? 1 : 0;
    int end = values(in, kind, first, above[up] + left[beside], out, to, dc, ac);
    above[up] = end > first ? 1 : 0;
    left[beside] = above[up];
  }

  /** Reads a block's values; the place behind the last one. */
  private int values(
      BoolDecoder in, int kind, int first, int context, int[] out, int to, int dc, int ac)
      throws EOFException {
    int p = at(kind, first, context);
    for (int n = first; n < 16; n++) {
      if (!in.bit(probabilities[p])) {
        return n;
      }
      while (!in.bit(probabilities[p + 1])) {
        if (++n == 16) {
          return 16;
        }
        p = at(kind, n, 0);
      }
      boolean one = !in.bit(probabilities[p + 2]);
      int value = one ? 1 : larger(in, p);
      p = at(kind, n + 1, one ? 1 : 2);
      out[to + ZIGZAG[n]] = in.signed(value) * (n == 0 ? dc : ac);
    }
    return 16;
  }

  private static int at(int kind, int n, int context) {
    return ((kind * 8 + BANDS[n]) * CONTEXTS + context) * PROBABILITIES;
  }

  /** A value from 2 on. */
  private int larger(BoolDecoder in, int p) throws EOFException {
    if (!in.bit(probabilities[p + 3])) {
      return in.bit(probabilities[p + 4]) ? 3 + in.bitAsInt(probabilities[p + 5]) : 2;
    }
    if (!in.bit(probabilities[p + 6])) {
      return in.bit(probabilities[p + 7])
          ? 7 + 2 * in.bitAsInt(165) + in.bitAsInt(145)
          : 5 + in.bitAsInt(159);
    }
    int high = in.bitAsInt(probabilities[p + 8]);
    int category = 2 * high + in.bitAsInt(probabilities[p + 9 + high]);
    int beyond = 0;
    for (int probability : LARGE[category]) {
      beyond = 2 * beyond + in.bitAsInt(probability);
    }
    return 3 + (8 << category) + beyond;
  }
}

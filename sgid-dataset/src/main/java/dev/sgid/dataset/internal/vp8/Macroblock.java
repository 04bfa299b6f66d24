package dev.sgid.dataset.internal.vp8;

import java.util.Arrays;

/** What the stream says of 16x16 pixels; one object serves all macroblocks, one after another. */
final class Macroblock {
  /** Luma's 16 blocks, row by row, then four of each chroma. */
  static final int BLOCKS = 24;

  static final int CHROMA = 16;

  int segment;

  /** Whether each block of 4x4 luma pixels has a mode of its own. */
  boolean subblocks;

  /** Of luma's 16x16 pixels, or of its 16 blocks. */
  final int[] lumaModes = new int[16];

  int chromaMode;

  /** Whether the stream has no coefficients of it. */
  boolean skipped;

  /** 16 a block, row by row, multiplied by their steps. */
  final int[] coefficients = new int[16 * BLOCKS];

  /** Whether any of {@link #coefficients} is not 0. */
  boolean filled;

  void clear() {
    if (filled) {
      Arrays.fill(coefficients, 0);
      filled = false;
    }
  }

  /** Whether a block has none but zeros. */
  boolean isEmpty(int block) {
    for (int i = 16 * block; i < 16 * block + 16; i++) {
      if (coefficients[i] != 0) {
        return false;
      }
    }
    return true;
  }
}

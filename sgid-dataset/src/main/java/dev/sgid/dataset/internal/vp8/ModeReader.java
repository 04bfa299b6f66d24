package dev.sgid.dataset.internal.vp8;

import java.io.EOFException;
import java.util.Arrays;

/**
 * Reads how each macroblock is predicted (RFC 6386, section 11). A subblock's mode is more or less
 * likely by the modes above it and on its left, so macroblocks come in the order of the picture.
 */
final class ModeReader {
  static final int DC = 0;
  static final int TRUE_MOTION = 1;
  static final int VERTICAL = 2;
  static final int HORIZONTAL = 3;
  static final int RIGHT_DOWN = 4;
  static final int VERTICAL_RIGHT = 5;
  static final int LEFT_DOWN = 6;
  static final int VERTICAL_LEFT = 7;
  static final int HORIZONTAL_DOWN = 8;
  static final int HORIZONTAL_UP = 9;
  private static final int MODES = 10;

  /** Two a node: a node's number, or a mode's, negative and less one. */
  private static final int[] SUBBLOCK_TREE = {
    leaf(DC),
    1,
    leaf(TRUE_MOTION),
    2,
    leaf(VERTICAL),
    3,
    4,
    6,
    leaf(HORIZONTAL),
    5,
    leaf(RIGHT_DOWN),
    leaf(VERTICAL_RIGHT),
    leaf(LEFT_DOWN),
    7,
    leaf(VERTICAL_LEFT),
    8,
    leaf(HORIZONTAL_DOWN),
    leaf(HORIZONTAL_UP)
  };

  private final FrameHeader header;
  private final BoolDecoder in;
  private final int[] above; // 4 a macroblock
  private final int[] left = new int[4];

  ModeReader(FrameHeader header, int columns) {
    this.header = header;
    this.in = header.modes;
    this.above = new int[4 * columns];
  }

  private static int leaf(int mode) {
    return -mode - 1;
  }

  void startRow() {
    Arrays.fill(left, DC);
  }

  /** Reads the modes of the macroblock in a column. */
  void read(Macroblock block, int column) throws EOFException {
    if (header.mapped) {
      int[] odds = header.segmentProbabilities;
      block.segment = in.bit(odds[0]) ? 2 + in.bitAsInt(odds[2]) : in.bitAsInt(odds[1]);
    }
    block.skipped = header.skipProbability >= 0 && in.bit(header.skipProbability);
    block.subblocks = !in.bit(145);
    if (block.subblocks) {
      for (int i = 0; i < 16; i++) {
        int x = 4 * column + i % 4;
        int mode = subblock((MODES * above[x] + left[i / 4]) * (MODES - 1));
        block.lumaModes[i] = mode;
        above[x] = mode;
        left[i / 4] = mode;
      }
    } else {
      int mode = in.bit(156) ? in.bit(128) ? TRUE_MOTION : HORIZONTAL : in.bit(163) ? VERTICAL : DC;
      block.lumaModes[0] = mode;
      Arrays.fill(above, 4 * column, 4 * column + 4, mode);
      Arrays.fill(left, mode);
    }
    block.chromaMode = chroma();
  }

  private int subblock(int probabilities) throws EOFException {
    int node = 0;
    while (node >= 0) {
      boolean right = in.bit(Tables.SUBBLOCK_MODES[probabilities + node]);
      node = SUBBLOCK_TREE[2 * node + (right ? 1 : 0)];
    }
    return -node - 1;
  }

  private int chroma() throws EOFException {
    if (!in.bit(142)) {
      return DC;
    } else if (!in.bit(114)) {
      return VERTICAL;
    }
    return in.bit(183) ? TRUE_MOTION : HORIZONTAL;
  }
}

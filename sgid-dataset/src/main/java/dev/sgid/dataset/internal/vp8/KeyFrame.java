package dev.sgid.dataset.internal.vp8;

import java.io.EOFException;
import java.io.IOException;

/**
 * Decodes a key frame of VP8 [1] to what libwebp shows of it. Everything is integers, so that there
 * is one right answer.
 *
 * <p>[1] J. Bankoski et al.: VP8 Data Format and Decoding Guide, RFC 6386, 2011.
 */
public final class KeyFrame {
  private static final int BLOCK = 16;

  private final FrameHeader header;
  private final int columns; // of macroblocks
  private final int rows;
  private final Plane luma;
  private final Plane u;
  private final Plane v;
  private final SubblockPrediction subblocks = new SubblockPrediction();

  private KeyFrame(FrameHeader header) {
    this.header = header;
    columns = (header.width + BLOCK - 1) / BLOCK;
    rows = (header.height + BLOCK - 1) / BLOCK;
    luma = new Plane(BLOCK * columns, BLOCK * rows);
    u = new Plane(BLOCK / 2 * columns, BLOCK / 2 * rows);
    v = new Plane(BLOCK / 2 * columns, BLOCK / 2 * rows);
  }

  /**
   * Decodes the frame in {@code data} from {@code from} up to {@code end}.
   *
   * @param width pixels that the frame must have
   * @param height pixels that the frame must have
   * @return 0xRRGGBB, row by row
   * @throws EOFException if it is cut short
   * @throws IOException if it is no key frame, or not of that size
   */
  public static int[] rgb(byte[] data, int from, int end, int width, int height)
      throws IOException {
    FrameHeader header = new FrameHeader(data, from, end);
    if (header.width != width || header.height != height) {
      throw new IOException(
          "the frame of VP8 is %dx%d pixels, the file says %dx%d"
              .formatted(header.width, header.height, width, height));
    }
    KeyFrame frame = new KeyFrame(header);
    frame.decode(partitions(header, data, end));
    return new Colors(frame.luma, frame.u, frame.v, width, height).rgb();
  }

  /** Coefficients of the macroblocks' rows, in turn. */
  private static BoolDecoder[] partitions(FrameHeader header, byte[] data, int end)
      throws EOFException {
    int count = header.partitions;
    int sizes = header.partitionsAt;
    int at = sizes + 3 * (count - 1);
    BoolDecoder[] partitions = new BoolDecoder[count];
    for (int i = 0; i < count; i++) {
      if (at >= end) {
        throw new EOFException();
      }
      int size = end - at;
      if (i < count - 1) {
        int said = sizes + 3 * i;
        size = (data[said] & 0xff) | (data[said + 1] & 0xff) << 8 | (data[said + 2] & 0xff) << 16;
      }
      partitions[i] = new BoolDecoder(data, at, Math.min(end, at + size));
      at += size;
    }
    return partitions;
  }

  private void decode(BoolDecoder[] partitions) throws EOFException {
    ModeReader modes = new ModeReader(header, columns);
    CoefficientReader coefficients = new CoefficientReader(header, columns);
    Macroblock block = new Macroblock();
    int[] levels = new int[columns * rows];
    boolean[] inside = new boolean[columns * rows];
    for (int row = 0; row < rows; row++) {
      modes.startRow();
      coefficients.startRow();
      for (int column = 0; column < columns; column++) {
        modes.read(block, column);
        coefficients.read(partitions[row % partitions.length], block, column);
        predict(block, column, row);
        int i = row * columns + column;
        levels[i] =
            header.levels[block.segment]
                + header.levelDelta
                + (block.subblocks ? header.subblockLevelDelta : 0);
        inside[i] = block.subblocks || block.filled;
      }
    }
    LoopFilter filter = new LoopFilter(header, luma, u, v);
    for (int i = 0; i < levels.length; i++) {
      filter.macroblock(i % columns, i / columns, levels[i], inside[i]);
    }
  }

  private void predict(Macroblock block, int column, int row) {
    int x = BLOCK * column;
    int y = BLOCK * row;
    if (block.subblocks) {
      subblocks(block, column, x, y);
    } else {
      Prediction.square(luma, x, y, BLOCK, block.lumaModes[0]);
      for (int i = 0; i < 16; i++) {
        add(block, i, luma, luma.at(x + i % 4 * 4, y + i / 4 * 4));
      }
    }
    chroma(block, u, x / 2, y / 2, Macroblock.CHROMA);
    chroma(block, v, x / 2, y / 2, Macroblock.CHROMA + 4);
  }

  /** Each block is complete before the next one is predicted from it. */
  private void subblocks(Macroblock block, int column, int x, int y) {
    int beyond = luma.at(x + BLOCK, y - 1); // above the next macroblock
    if (y > 0 && column == columns - 1) {
      for (int i = 0; i < 4; i++) { // there is none: its last sample is repeated
        luma.samples[beyond + i] = luma.samples[beyond - 1];
      }
    }
    for (int i = 0; i < 16; i++) {
      int at = luma.at(x + i % 4 * 4, y + i / 4 * 4);
      int right = i % 4 == 3 ? beyond : at - luma.stride + 4;
      subblocks.block(luma, at, right, block.lumaModes[i]);
      add(block, i, luma, at);
    }
  }

  private static void chroma(Macroblock block, Plane plane, int x, int y, int first) {
    Prediction.square(plane, x, y, BLOCK / 2, block.chromaMode);
    for (int i = 0; i < 4; i++) {
      add(block, first + i, plane, plane.at(x + i % 2 * 4, y + i / 2 * 4));
    }
  }

  private static void add(Macroblock block, int i, Plane plane, int at) {
    if (block.filled && !block.isEmpty(i)) {
      Transforms.add(block.coefficients, 16 * i, plane, at);
    }
  }
}

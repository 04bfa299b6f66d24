package dev.sgid.dataset.internal.vp8;

import java.io.EOFException;
import java.io.IOException;

/** What a key frame says before its macroblocks (RFC 6386, sections 9 and 19.2). */
final class FrameHeader {
  private static final int PLAIN_BYTES = 10; // not arithmetically coded: sizes
  static final int SEGMENTS = 4;

  final int width;
  final int height;

  /** Decodes the modes of the macroblocks, which follow the header. */
  final BoolDecoder modes;

  /** Where the partition behind the modes begins. */
  final int partitionsAt;

  final int partitions;

  /** Whether each macroblock says which segment it belongs to; else all are of the first. */
  boolean mapped;

  final int[] segmentProbabilities = {255, 255, 255};

  boolean simpleFilter;
  int sharpness;

  /** Of the filter, by segment, before a macroblock's kind moves them; all 0 if there is none. */
  final int[] levels = new int[SEGMENTS];

  /** What moves a macroblock's level: always, and where its subblocks have modes of their own. */
  int levelDelta;

  int subblockLevelDelta;

  final Quantizer[] quantizers = new Quantizer[SEGMENTS];

  final int[] coefficientProbabilities = Tables.COEFFICIENTS.clone();

  /** How likely a macroblock is said to have coefficients; -1 where none says so. */
  final int skipProbability;

  FrameHeader(byte[] data, int from, int end) throws IOException {
    if (end - from < PLAIN_BYTES) {
      throw new EOFException();
    }
    int tag = (data[from] & 0xff) | (data[from + 1] & 0xff) << 8 | (data[from + 2] & 0xff) << 16;
    if ((tag & 1) != 0
        || data[from + 3] != (byte) 0x9d
        || data[from + 4] != 1
        || data[from + 5] != 0x2a) {
      throw new IOException("the frame of VP8 is no key frame");
    }
    width = (data[from + 6] & 0xff) | (data[from + 7] & 0x3f) << 8;
    height = (data[from + 8] & 0xff) | (data[from + 9] & 0x3f) << 8;
    if (width == 0 || height == 0) {
      throw new IOException("the frame of VP8 is " + width + "x" + height + " pixels");
    }
    partitionsAt = from + PLAIN_BYTES + (tag >> 5);
    if (partitionsAt > end) {
      throw new EOFException();
    }
    modes = new BoolDecoder(data, from + PLAIN_BYTES, partitionsAt);
    modes.number(2); // color space, and whether samples need no clipping: both mean nothing here
    int[] quantizersBySegment = new int[SEGMENTS];
    boolean segmented = modes.flag();
    boolean absolute = segmented && segments(quantizersBySegment);
    filter(segmented, absolute);
    partitions = 1 << modes.number(2);
    quantizers(quantizersBySegment, absolute);
    modes.flag(); // whether probabilities are kept for the next frame
    for (int i = 0; i < coefficientProbabilities.length; i++) {
      if (modes.bit(Tables.UPDATES[i])) {
        coefficientProbabilities[i] = modes.number(8);
      }
    }
    skipProbability = modes.flag() ? modes.number(8) : -1;
  }

  /** Whether the segments' numbers stand for themselves, rather than being added to the frame's. */
  private boolean segments(int[] quantizersBySegment) throws EOFException {
    boolean absolute = true; // as libwebp begins
    mapped = modes.flag();
    if (modes.flag()) {
      absolute = modes.flag();
      for (int i = 0; i < SEGMENTS; i++) {
        quantizersBySegment[i] = modes.optionalSigned(7);
      }
      for (int i = 0; i < SEGMENTS; i++) {
        levels[i] = modes.optionalSigned(6);
      }
    }
    for (int i = 0; mapped && i < segmentProbabilities.length; i++) {
      segmentProbabilities[i] = modes.flag() ? modes.number(8) : 255;
    }
    return absolute;
  }

  private void filter(boolean segmented, boolean absolute) throws EOFException {
    simpleFilter = modes.flag();
    int level = modes.number(6);
    sharpness = modes.number(3);
    for (int i = 0; i < SEGMENTS; i++) {
      levels[i] = level == 0 ? 0 : segmented && absolute ? levels[i] : level + levels[i];
    }
    boolean moved = modes.flag();
    if (moved && modes.flag()) { // which says by how much
      int[] deltas = new int[8];
      for (int i = 0; i < deltas.length; i++) {
        deltas[i] = modes.optionalSigned(6);
      }
      levelDelta = level == 0 ? 0 : deltas[0];
      subblockLevelDelta = level == 0 ? 0 : deltas[4];
    }
  }

  private void quantizers(int[] bySegment, boolean absolute) throws EOFException {
    int frame = modes.number(7);
    int[] deltas = new int[5];
    for (int i = 0; i < deltas.length; i++) {
      deltas[i] = modes.optionalSigned(4);
    }
    for (int i = 0; i < SEGMENTS; i++) {
      quantizers[i] = Quantizer.of(absolute ? bySegment[i] : frame + bySegment[i], deltas);
    }
  }
}

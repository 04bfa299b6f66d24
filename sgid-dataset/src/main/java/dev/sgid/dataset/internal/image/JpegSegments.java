package dev.sgid.dataset.internal.image;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The marker segments of a JPEG file before its pixels.
 *
 * @param segments in the file's order
 * @param rest where the first scan begins, or what is no segment
 */
record JpegSegments(List<Segment> segments, int rest) {
  static final int APP0 = 0xe0;
  static final int APP1 = 0xe1;
  static final int APP2 = 0xe2;
  static final int APP14 = 0xee;
  static final int APP15 = 0xef;
  static final int COMMENT = 0xfe;

  private static final int SCAN = 0xda;
  private static final int END = 0xd9;

  /**
   * One of them.
   *
   * @param at where its content begins
   * @param length of its content
   */
  record Segment(int marker, int at, int length) {
    /** Frame headers: SOF0 to SOF15 but for three markers in between that are others. */
    boolean isFrame() {
      return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
    }
  }

  /** Whether the file ends before its pixels begin. */
  boolean areCut(byte[] jpeg) {
    int at = rest;
    while (at < jpeg.length && (jpeg[at] & 0xff) == 0xff) { // fillers, and a marker's beginning
      at++;
    }
    if (at + 3 > jpeg.length) {
      return true;
    }
    int marker = jpeg[at] & 0xff;
    int length = ByteBuffer.wrap(jpeg).getShort(at + 1) & 0xffff;
    return at > rest && marker != SCAN && marker != END && at + 1 + length > jpeg.length;
  }

  static JpegSegments of(byte[] jpeg) {
    ByteBuffer buffer = ByteBuffer.wrap(jpeg);
    List<Segment> segments = new ArrayList<>();
    int at = 2;
    int next = at;
    while (next + 4 <= jpeg.length && (jpeg[next] & 0xff) == 0xff) {
      int marker = jpeg[next + 1] & 0xff;
      if (marker == 0xff) { // a filler
        next++;
        continue;
      }
      int length = buffer.getShort(next + 2) & 0xffff;
      int end = next + 2 + length;
      if (marker < 0xc0 || marker == SCAN || marker == END || length < 2 || end > jpeg.length) {
        break;
      }
      segments.add(new Segment(marker, next + 4, length - 2));
      next = end;
      at = end;
    }
    return new JpegSegments(segments, at);
  }
}

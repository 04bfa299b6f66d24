package dev.sgid.dataset.internal.vp8l;

import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Decodes lossless WebP [1].
 *
 * <p>[1] J. Alakuijala: WebP Lossless Bitstream Specification, RFC 9649, section 3.
 */
public final class Lossless {
  private static final int HEADER = 5;
  private static final int SIGNATURE = 0x2f;
  private static final int SIZE_BITS = 14;
  private static final int KINDS = 4;

  private Lossless() {}

  /**
   * What a header says.
   *
   * @param alpha whether the picture's alpha counts
   */
  public record Header(int width, int height, boolean alpha) {}

  /**
   * Reads the header of the pixels in {@code data} from {@code from} up to {@code end}.
   *
   * @throws EOFException if it is cut short
   */
  public static Header header(byte[] data, int from, int end) throws IOException {
    BitReader in = new BitReader(data, from, end);
    int signature = in.read(8);
    int width = 1 + in.read(SIZE_BITS);
    int height = 1 + in.read(SIZE_BITS);
    boolean alpha = in.flag();
    if (signature != SIGNATURE || in.read(3) != 0) {
      throw new IOException("the pixels of VP8L have no such header");
    }
    return new Header(width, height, alpha);
  }

  /**
   * Decodes the pixels behind a header that has been read.
   *
   * @return ARGB, row by row
   * @throws EOFException if they are cut short
   */
  public static int[] argb(byte[] data, int from, int end, int width, int height)
      throws IOException {
    return withoutHeader(data, from + HEADER, end, width, height);
  }

  /**
   * Decodes pixels that have no header, as those of lossy WebP's alpha, which is their green.
   *
   * @return ARGB, row by row
   * @throws EOFException if they are cut short
   */
  public static int[] withoutHeader(byte[] data, int from, int end, int width, int height)
      throws IOException {
    BitReader in = new BitReader(data, from, end);
    Deque<Transform> transforms = new ArrayDeque<>();
    boolean[] read = new boolean[KINDS];
    int stored = width;
    while (in.flag()) {
      int kind = in.read(2);
      if (read[kind]) {
        throw new IOException("the pixels of VP8L are transformed twice in one way");
      }
      read[kind] = true;
      Transform transform = Transform.read(kind, in, stored, height);
      stored = transform.width();
      transforms.push(transform);
    }
    int[] pixels = Pixels.read(in, stored, height, true);
    for (Transform transform : transforms) {
      pixels = transform.undo(pixels, height);
    }
    return pixels;
  }
}

package dev.sgid.dataset.internal.image;

import dev.sgid.dataset.internal.vp8.KeyFrame;
import dev.sgid.dataset.internal.vp8l.Lossless;
import java.awt.image.BufferedImage;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A WebP file's picture, or the first frame of its animation. Decoded here, since TwelveMonkeys'
 * reader shows other pixels than libwebp, of lossy ones always and of lossless ones at times.
 */
public final class Webp {
  private static final int FIRST = 12;
  private static final int FRAME_HEADER = 16;
  private static final int LOSSY_HEADER = 10;
  private static final int HAS_ALPHA = 0x10;
  private static final int MOST_FILTER = 3;

  private final byte[] file;
  private final ByteBuffer numbers;
  private int canvasWidth;
  private int canvasHeight;
  private int left;
  private int top;
  private int width;
  private int height;
  private boolean alphaCounts = true;
  private boolean lossless;
  private int pixelsAt = -1; // of the chunk "VP8 " or VP8L
  private int alphaAt = -1; // of the chunk ALPH

  private Webp(byte[] file) {
    this.file = file;
    this.numbers = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
  }

  public static boolean isWebp(byte[] file) {
    return ImageParts.starts(file, 0, "RIFF") && ImageParts.starts(file, 8, "WEBP");
  }

  /**
   * Finds the picture in a file.
   *
   * @throws EOFException if the file is cut short
   * @throws IOException if there is no picture in it
   */
  public static Webp of(byte[] file) throws IOException {
    Webp webp = new Webp(file);
    webp.find(FIRST, file.length);
    if (webp.pixelsAt < 0) {
      throw new EOFException();
    }
    webp.measure();
    return webp;
  }

  /** Finds the first picture's chunks, those of the first frame in an animation. */
  private void find(int from, int end) {
    int at = from;
    while (at + 8 <= end) {
      int content = at + 8;
      long next = content + Integer.toUnsignedLong(numbers.getInt(at + 4));
      if (ImageParts.starts(file, at, "VP8X") && content + 10 <= end) {
        alphaCounts = (file[content] & HAS_ALPHA) != 0;
        canvasWidth = three(content + 4) + 1;
        canvasHeight = three(content + 7) + 1;
      } else if (ImageParts.starts(file, at, "ANMF") && content + FRAME_HEADER <= end) {
        left = 2 * three(content);
        top = 2 * three(content + 3);
        width = three(content + 6) + 1;
        height = three(content + 9) + 1;
        find(content + FRAME_HEADER, (int) Math.min(next, end));
        return;
      } else if (ImageParts.starts(file, at, "ALPH")) {
        alphaAt = at;
      } else if (ImageParts.starts(file, at, "VP8 ") || ImageParts.starts(file, at, "VP8L")) {
        lossless = file[at + 3] == 'L';
        pixelsAt = at;
        return;
      }
      at = (int) Math.min(next + (next & 1), end);
    }
  }

  private int three(int at) {
    return (numbers.getShort(at) & 0xffff) | (file[at + 2] & 0xff) << 16;
  }

  private void measure() throws IOException {
    int start = pixelsAt + 8;
    int end = end(pixelsAt);
    int pictureWidth;
    int pictureHeight;
    if (lossless) {
      Lossless.Header header = Lossless.header(file, start, end);
      pictureWidth = header.width();
      pictureHeight = header.height();
      alphaCounts &= header.alpha();
    } else if (end < start + LOSSY_HEADER) {
      throw new EOFException();
    } else {
      pictureWidth = numbers.getShort(start + 6) & 0x3fff;
      pictureHeight = numbers.getShort(start + 8) & 0x3fff;
      alphaCounts &= alphaAt >= 0;
    }
    if (width > 0 && (width != pictureWidth || height != pictureHeight)) {
      throw new IOException(
          "the frame is %dx%d pixels, the animation says %dx%d"
              .formatted(pictureWidth, pictureHeight, width, height));
    }
    width = pictureWidth;
    height = pictureHeight;
    canvasWidth = Math.max(canvasWidth, left + width);
    canvasHeight = Math.max(canvasHeight, top + height);
  }

  /** Pixels of a row. */
  public int width() {
    return canvasWidth;
  }

  /** Rows. */
  public int height() {
    return canvasHeight;
  }

  /**
   * The picture, on the whole canvas of an animation.
   *
   * @throws EOFException if the file is cut short
   * @throws IOException if it is damaged
   */
  public BufferedImage read() throws IOException {
    int start = pixelsAt + 8;
    int end = end(pixelsAt);
    int[] pixels =
        lossless
            ? Lossless.argb(file, start, end, width, height)
            : KeyFrame.rgb(file, start, end, width, height);
    if (alphaCounts && !lossless) {
      byte[] alpha = alpha();
      for (int i = 0; i < pixels.length; i++) {
        pixels[i] |= alpha[i] << 24;
      }
    }
    int type = alphaCounts ? BufferedImage.TYPE_INT_ARGB : BufferedImage.TYPE_INT_RGB;
    BufferedImage image = new BufferedImage(canvasWidth, canvasHeight, type);
    image.getRaster().setDataElements(left, top, width, height, pixels);
    return image;
  }

  /** Where a chunk ends, which must lie in the file. */
  private int end(int at) throws EOFException {
    long end = at + 8 + Integer.toUnsignedLong(numbers.getInt(at + 4));
    if (end > file.length) {
      throw new EOFException();
    }
    return (int) end;
  }

  /** How opaque each pixel is. */
  private byte[] alpha() throws IOException {
    int end = end(alphaAt);
    int start = alphaAt + 9;
    if (start > end) {
      throw new EOFException();
    }
    int flags = file[start - 1];
    int compression = flags & 3;
    if (compression > 1) {
      throw new IOException("alpha is compressed in the unknown way " + compression);
    }
    byte[] alpha = new byte[width * height];
    if (compression == 1) {
      greens(start, end, alpha);
    } else if (end - start < alpha.length) {
      throw new EOFException();
    } else {
      System.arraycopy(file, start, alpha, 0, alpha.length);
    }
    unfilter(alpha, (flags >> 2) & MOST_FILTER);
    return alpha;
  }

  private void greens(int start, int end, byte[] alpha) throws IOException {
    int[] pixels = Lossless.withoutHeader(file, start, end, width, height);
    for (int i = 0; i < alpha.length; i++) {
      alpha[i] = (byte) (pixels[i] >> 8);
    }
  }

  /** Each value is the difference from one on its left, above, or a slope of three. */
  private void unfilter(byte[] alpha, int filter) {
    for (int i = 1; filter > 0 && i < alpha.length; i++) {
      int x = i % width;
      int y = i / width;
      int beside = x == 0 ? 0 : alpha[i - 1] & 0xff;
      int above = y == 0 ? 0 : alpha[i - width] & 0xff;
      int guess;
      if (x == 0 || y == 0) {
        guess = x == 0 ? above : beside;
      } else if (filter < MOST_FILTER) {
        guess = filter == 1 ? beside : above;
      } else {
        int corner = alpha[i - width - 1] & 0xff;
        guess = Math.max(0, Math.min(255, beside + above - corner));
      }
      alpha[i] += (byte) guess;
    }
  }
}

package dev.sgid.dataset.internal.image;

import dev.sgid.dataset.internal.vp8.KeyFrame;
import java.awt.image.BufferedImage;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import javax.imageio.ImageReader;
import javax.imageio.spi.ImageReaderSpi;
import javax.imageio.stream.ImageInputStream;
import org.jspecify.annotations.Nullable;

/**
 * A WebP file whose picture, or first frame, is lossy. Such pictures are decoded here, since
 * TwelveMonkeys' reader shows other pixels than libwebp; an alpha channel is lossless, and its.
 */
final class LossyWebp {
  private static final int FIRST = 12;
  private static final int FRAME_HEADER = 16;
  private static final int MOST_FILTER = 3;

  private final byte[] file;
  private final ByteBuffer numbers;
  private int canvasWidth;
  private int canvasHeight;
  private int left;
  private int top;
  private int width;
  private int height;
  private int pixelsAt = -1; // of the chunk "VP8 "
  private int alphaAt = -1; // of the chunk ALPH

  private LossyWebp(byte[] file) {
    this.file = file;
    this.numbers = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The file, if it is a WebP whose first picture is lossy. */
  static @Nullable LossyWebp of(byte[] file) {
    if (!ImageParts.starts(file, 0, "RIFF") || !ImageParts.starts(file, 8, "WEBP")) {
      return null;
    }
    LossyWebp webp = new LossyWebp(file);
    webp.find(FIRST, file.length);
    return webp.pixelsAt < 0 ? null : webp;
  }

  /** Finds the first picture's chunks, those of the first frame in an animation. */
  private void find(int from, int end) {
    int at = from;
    while (at + 8 <= end) {
      int content = at + 8;
      long next = content + Integer.toUnsignedLong(numbers.getInt(at + 4));
      if (ImageParts.starts(file, at, "VP8X") && content + 10 <= end) {
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
      } else if (ImageParts.starts(file, at, "VP8 ")) {
        pixelsAt = at;
        return;
      } else if (ImageParts.starts(file, at, "VP8L")) {
        return;
      }
      at = (int) Math.min(next + (next & 1), end);
    }
  }

  private int three(int at) {
    return (numbers.getShort(at) & 0xffff) | (file[at + 2] & 0xff) << 16;
  }

  /**
   * The picture, on the whole canvas of an animation.
   *
   * @param lossless reads lossless WebP, for the alpha channel
   */
  BufferedImage read(ImageReaderSpi lossless) throws IOException {
    int start = pixelsAt + 8;
    if (start + 10 > file.length) {
      throw new EOFException();
    }
    if (width == 0) { // no animation
      width = numbers.getShort(start + 6) & 0x3fff;
      height = numbers.getShort(start + 8) & 0x3fff;
    }
    canvasWidth = Math.max(canvasWidth, left + width);
    canvasHeight = Math.max(canvasHeight, top + height);
    int[] pixels = KeyFrame.rgb(file, start, end(pixelsAt), width, height);
    boolean whole = width == canvasWidth && height == canvasHeight;
    boolean opaque = alphaAt < 0 && whole;
    if (!opaque) {
      byte[] alpha = alphaAt < 0 ? null : alpha(lossless);
      for (int i = 0; i < pixels.length; i++) {
        pixels[i] |= (alpha == null ? 0xff : alpha[i] & 0xff) << 24;
      }
    }
    int type = opaque ? BufferedImage.TYPE_INT_RGB : BufferedImage.TYPE_INT_ARGB;
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
  private byte[] alpha(ImageReaderSpi lossless) throws IOException {
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
      greens(lossless, start, end, alpha);
    } else if (end - start < alpha.length) {
      throw new EOFException();
    } else {
      System.arraycopy(file, start, alpha, 0, alpha.length);
    }
    unfilter(alpha, flags >> 2 & MOST_FILTER);
    return alpha;
  }

  /** Compressed alpha is a lossless picture's green, without that picture's header. */
  private void greens(ImageReaderSpi lossless, int start, int end, byte[] alpha)
      throws IOException {
    int length = 5 + end - start;
    int padded = length + (length & 1);
    ByteBuffer webp = ByteBuffer.allocate(20 + padded).order(ByteOrder.LITTLE_ENDIAN);
    webp.put(file, 0, 4).putInt(12 + padded).put(file, 8, 4); // RIFF and WEBP
    webp.put(new byte[] {'V', 'P', '8', 'L'}).putInt(length);
    webp.put((byte) 0x2f).putInt((width - 1) | (height - 1) << 14).put(file, start, end - start);
    ImageReader reader = lossless.createReaderInstance();
    try (ImageInputStream in = new BytesInput(webp.array())) {
      reader.setInput(in, true, true);
      BufferedImage green = reader.read(0);
      int[] row = new int[width];
      for (int y = 0; y < height; y++) {
        green.getRGB(0, y, width, 1, row, 0, width);
        for (int x = 0; x < width; x++) {
          alpha[y * width + x] = (byte) (row[x] >> 8);
        }
      }
    } finally {
      reader.dispose();
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

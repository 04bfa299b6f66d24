package dev.sgid.dataset.internal.image;

import dev.sgid.dataset.internal.image.JpegSegments.Segment;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What a picture's header claims, held against the memory and the file that there is before
 * anything of the claimed size is allocated.
 */
public final class Claims {
  private static final int DEFLATE_RATIO = 1032; // the most that a byte inflates to
  private static final int LZW_RATIO = 4096;
  private static final int PACKBITS_RATIO = 64;
  private static final int MEGABYTE = 1_000_000;

  private final long pixels;
  private final long decoded; // bytes that a reader allocates
  private final long least; // bytes that the file must have

  private Claims(long pixels, long decoded, long least) {
    this.pixels = pixels;
    this.decoded = decoded;
    this.least = least;
  }

  /**
   * Refuses a picture whose pixels can't be in its file, or don't fit into the memory of this
   * process even if nothing else did lie there.
   *
   * @param picture the file, as {@link ImageParts} has it
   * @throws EOFException if the file is too short for what it claims
   */
  public static void require(byte[] picture, int width, int height) throws IOException {
    Claims claims = of(picture, width, height);
    // the reader's samples and levels of three bytes, then these and a BufferedImage's of four
    long bytes = Math.max(claims.decoded, 4 * claims.pixels) + 3 * claims.pixels;
    requireMemory(bytes, width + "x" + height + " pixels");
    if (picture.length < claims.least) {
      throw new EOFException();
    }
  }

  /**
   * Refuses what does not fit into the memory of this process, even if nothing else did lie there.
   *
   * @param what it is, for the message
   */
  public static void requireMemory(long bytes, String what) throws TooLargeException {
    long most = Runtime.getRuntime().maxMemory();
    if (bytes > most) {
      throw new TooLargeException(
          "too large for the memory of this Java process: %s take %d MB, it has %d MB"
                  .formatted(what, bytes / MEGABYTE, most / MEGABYTE)
              + "; more can be given with -Xmx");
    }
  }

  private static Claims of(byte[] file, int width, int height) {
    long pixels = (long) width * height;
    if (ImageParts.isJpeg(file)) {
      return jpeg(file, width, height, pixels);
    } else if (ImageParts.starts(file, 0, PngParts.SIGNATURE)) {
      return png(file, pixels);
    } else if (TiffDirectory.isTiff(file)) {
      return tiff(file, pixels);
    } else if (BmpParts.isBmp(file)) {
      return bmp(file, width, height, pixels);
    } else if (ImageParts.starts(file, 0, "GIF8")) {
      return new Claims(pixels, pixels, pixels / LZW_RATIO);
    }
    return new Claims(pixels, 6 * pixels, 0); // a WebP of one color is short
  }

  /** Each unit of blocks takes a bit at least. */
  private static Claims jpeg(byte[] file, int width, int height, long pixels) {
    for (Segment segment : JpegSegments.of(file).segments()) {
      if (segment.isFrame() && segment.length() >= 6) {
        int components = file[segment.at() + 5] & 0xff;
        int across = 1;
        int down = 1;
        for (int i = 0; i < components && 6 + 3 * i + 3 <= segment.length(); i++) {
          int sampling = file[segment.at() + 7 + 3 * i] & 0xff;
          across = Math.max(across, sampling >> 4);
          down = Math.max(down, sampling & 0xf);
        }
        long units = parts(width, 8L * across) * parts(height, 8L * down);
        return new Claims(pixels, components * pixels, units / 8);
      }
    }
    return new Claims(pixels, 3 * pixels, 0);
  }

  private static Claims png(byte[] file, long pixels) {
    int bits = file[24];
    int samples =
        switch (file[25]) {
          case 2 -> 3;
          case 4 -> 2;
          case 6 -> 4;
          default -> 1;
        };
    long bytes = parts(pixels * bits * samples, 8);
    return new Claims(pixels, bytes, bytes / DEFLATE_RATIO);
  }

  private static Claims tiff(byte[] file, long pixels) {
    TiffDirectory directory = TiffDirectory.of(file);
    double bits = Math.max(1, directory.numbers(258, 1)[0]) * directory.integer(277, 1);
    double bytes = pixels * bits / 8;
    double ratio =
        switch (directory.integer(259, 1)) {
          case 1 -> 1;
          case 5 -> LZW_RATIO;
          case 8, 32946 -> DEFLATE_RATIO;
          case 32773 -> PACKBITS_RATIO;
          default -> Double.POSITIVE_INFINITY; // fax, or a picture of another kind inside
        };
    double tile = directory.numbers(322, 0)[0] * directory.numbers(323, 0)[0] * bits / 8;
    boolean subsampled = directory.integer(262, 0) == 6;
    return new Claims(pixels, (long) (bytes + tile), subsampled ? 0 : (long) (bytes / ratio));
  }

  /** What is not compressed is there byte by byte. */
  private static Claims bmp(byte[] file, int width, int height, long pixels) {
    ByteBuffer header = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    long start = Integer.toUnsignedLong(header.getInt(10));
    boolean old = header.getInt(14) < 40;
    int bits = header.getShort(old ? 24 : 28);
    int compression = old ? 0 : header.getInt(30);
    boolean plain = compression == 0 || compression == 3;
    long bytes = plain ? 4 * parts((long) width * bits, 32) * height : 0;
    return new Claims(pixels, 4 * pixels, start + bytes);
  }

  /** How many parts of a size it takes. */
  private static long parts(long whole, long part) {
    return (whole + part - 1) / part;
  }
}

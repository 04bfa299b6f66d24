package dev.sgid.internal;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.nio.ByteBuffer;
import java.security.MessageDigest;

/**
 * An 8-bit RGB picture: what every stage sees of a {@link BufferedImage}.
 *
 * <p>Alpha is laid on white; how samples become levels, {@link Levels} says. Immutable as long as
 * nobody writes to {@link #rgb()}.
 */
public final class RgbImage {
  /** What an array of bytes can hold. */
  public static final int MOST_PIXELS = Integer.MAX_VALUE / 3;

  private static final ColorModel SHARED = // one, so that pictures that share are known by it
      new ComponentColorModel(
          ColorSpace.getInstance(ColorSpace.CS_sRGB),
          false,
          false,
          Transparency.OPAQUE,
          DataBuffer.TYPE_BYTE);

  private final int width;
  private final int height;
  private final byte[] rgb; // (height, width, 3), row by row

  /** Wraps {@code rgb}, {@code 3 * width * height} bytes, row by row; the array is not copied. */
  public RgbImage(int width, int height, byte[] rgb) {
    if (width < 1 || height < 1 || rgb.length != 3L * width * height) {
      throw new IllegalArgumentException(
          "An RGB image of " + width + "x" + height + " can't have " + rgb.length + " bytes");
    }
    this.width = width;
    this.height = height;
    this.rgb = rgb;
  }

  /**
   * Reads {@code image}, which is not changed.
   *
   * @throws IllegalArgumentException if it has more than {@link #MOST_PIXELS}
   */
  public static RgbImage of(BufferedImage image) {
    long bytes = 3L * image.getWidth() * image.getHeight();
    if (isShared(image.getColorModel())
        && image.getRaster().getDataBuffer() instanceof DataBufferByte buffer
        && buffer.getData().length == bytes) { // not a part of a larger one
      return new RgbImage(image.getWidth(), image.getHeight(), buffer.getData());
    }
    return Levels.of(image).onWhite();
  }

  @SuppressWarnings("ReferenceEquality") // an equal model may stand over another order of bands
  private static boolean isShared(ColorModel model) {
    return model == SHARED;
  }

  /** Width in pixels. */
  public int width() {
    return width;
  }

  /** Height in pixels. */
  public int height() {
    return height;
  }

  /** The pixels themselves, {@code (height, width, 3)}, not a copy: read only. */
  public byte[] rgb() {
    return rgb;
  }

  /**
   * A picture that shares these pixels, so that {@link #of} has nothing to convert: for what is
   * handed from stage to stage and never changed.
   */
  public BufferedImage asBufferedImage() {
    int[] offsets = {0, 1, 2};
    WritableRaster raster =
        Raster.createInterleavedRaster(
            new DataBufferByte(rgb, rgb.length), width, height, 3 * width, 3, offsets, null);
    return new BufferedImage(SHARED, raster, false, null);
  }

  /** A new {@code TYPE_INT_RGB} picture with these pixels. */
  public BufferedImage toBufferedImage() {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    int[] row = new int[width];
    for (int y = 0, in = 0; y < height; y++) {
      for (int x = 0; x < width; x++, in += 3) {
        row[x] = (rgb[in] & 0xff) << 16 | (rgb[in + 1] & 0xff) << 8 | (rgb[in + 2] & 0xff);
      }
      image.setRGB(0, y, width, 1, row, 0, width);
    }
    return image;
  }

  /** The rectangle of {@code cropWidth x cropHeight} pixels whose upper left corner is (x, y). */
  public RgbImage crop(int x, int y, int cropWidth, int cropHeight) {
    byte[] cropped = new byte[3 * cropWidth * cropHeight];
    for (int row = 0; row < cropHeight; row++) {
      System.arraycopy(
          rgb, 3 * ((y + row) * width + x), cropped, 3 * row * cropWidth, 3 * cropWidth);
    }
    return new RgbImage(cropWidth, cropHeight, cropped);
  }

  /**
   * The picture's identity: SHA-256, in lower-case hexadecimal, of width and height (each a
   * big-endian 32-bit integer, after the ASCII letters {@code RGB8}) and the pixels.
   */
  public String identity() {
    MessageDigest digest = Sha256.digest();
    digest.update("RGB8".getBytes(US_ASCII));
    digest.update(ByteBuffer.allocate(8).putInt(width).putInt(height).array());
    digest.update(rgb);
    return Sha256.hex(digest);
  }
}

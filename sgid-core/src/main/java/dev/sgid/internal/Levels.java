package dev.sgid.internal;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.PackedColorModel;
import java.awt.image.Raster;
import org.jspecify.annotations.Nullable;

/**
 * A picture as 8-bit levels that a screen shows as they are, gray or red, green and blue, with the
 * opacity beside them, by which they are not multiplied.
 *
 * <p>Gray without a profile is read from the raster, because {@link BufferedImage#getRGB} applies a
 * gamma to {@code TYPE_BYTE_GRAY} (a gray of 101 comes out as 169). Samples wider than 8 bits,
 * signed ones and floating point ones, from 0, black, to 1, white, are scaled and clipped; a color
 * space other than sRGB is converted. Immutable as long as nobody writes to the arrays.
 */
public final class Levels {
  private final int width;
  private final int height;
  private final int colors;
  private final byte[] samples; // (height, width, colors)
  private final byte @Nullable [] alpha; // (height, width); null where nothing shines through

  /**
   * Wraps the arrays, which are not copied.
   *
   * @param colors 1 for gray, 3 for red, green and blue
   * @param samples (height, width, colors)
   * @param alpha (height, width), 255 where nothing shines through; null where that is everywhere
   */
  public Levels(int width, int height, int colors, byte[] samples, byte @Nullable [] alpha) {
    long pixels = (long) width * height;
    if (width < 1
        || height < 1
        || (colors != 1 && colors != 3)
        || samples.length != colors * pixels
        || (alpha != null && alpha.length != pixels)) {
      throw new IllegalArgumentException(
          "Levels of %dx%d pixels and %d colors can't have %d samples and %d of opacity"
              .formatted(width, height, colors, samples.length, alpha == null ? 0 : alpha.length));
    }
    this.width = width;
    this.height = height;
    this.colors = colors;
    this.samples = samples;
    this.alpha = alpha;
  }

  /**
   * Reads {@code image}, which is not changed.
   *
   * @throws IllegalArgumentException if it has more than {@link RgbImage#MOST_PIXELS}
   */
  public static Levels of(BufferedImage image) {
    if ((long) image.getWidth() * image.getHeight() > RgbImage.MOST_PIXELS) {
      throw new IllegalArgumentException(
          "An image must have at most %d pixels, is %dx%d"
              .formatted(RgbImage.MOST_PIXELS, image.getWidth(), image.getHeight()));
    }
    return knowsItsRgb(image.getColorModel()) ? ofRgb(image) : ofComponents(image);
  }

  /** Whether {@code getRGB} gives what a screen shows. */
  private static boolean knowsItsRgb(ColorModel model) {
    if (model instanceof PackedColorModel || model instanceof ComponentColorModel) {
      int space = model.getColorSpace().getType();
      boolean narrow =
          model instanceof PackedColorModel || model.getTransferType() == DataBuffer.TYPE_BYTE;
      return (model.getColorSpace().isCS_sRGB() && narrow)
          || (space != ColorSpace.TYPE_GRAY && space != ColorSpace.TYPE_RGB);
    }
    return true; // a palette, or a model of the caller's own
  }

  private static Levels ofRgb(BufferedImage image) {
    int width = image.getWidth();
    int height = image.getHeight();
    byte[] samples = new byte[3 * width * height];
    byte[] alpha = image.getColorModel().hasAlpha() ? new byte[width * height] : null;
    int[] row = new int[width];
    for (int y = 0, out = 0, pixel = 0; y < height; y++) {
      image.getRGB(0, y, width, 1, row, 0, width);
      for (int argb : row) {
        samples[out++] = (byte) (argb >> 16);
        samples[out++] = (byte) (argb >> 8);
        samples[out++] = (byte) argb;
        if (alpha != null) {
          alpha[pixel++] = (byte) (argb >>> 24);
        }
      }
    }
    return new Levels(width, height, 3, samples, alpha);
  }

  private static Levels ofComponents(BufferedImage image) {
    int width = image.getWidth();
    int height = image.getHeight();
    ColorModel model = image.getColorModel();
    Raster raster = image.getRaster();
    RowConverter converter = RowConverter.of(model.getColorSpace(), width);
    int colors = model.getNumColorComponents();
    int bands = raster.getNumBands(); // may be more than the model's
    double[] scales = scales(model);
    byte[] samples = new byte[converter.colors() * width * height];
    byte[] alpha = model.hasAlpha() && bands > colors ? new byte[width * height] : null;
    double[] row = new double[bands * width];
    double[] values = new double[colors * width];
    for (int y = 0; y < height; y++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
      for (int x = 0; x < width; x++) {
        double opacity = 1;
        if (alpha != null) {
          opacity = clip(unsigned(row[bands * x + colors], model) * scales[colors]);
          alpha[y * width + x] = level(opacity);
        }
        double divisor = model.isAlphaPremultiplied() && opacity > 0 ? opacity : 1;
        for (int c = 0; c < colors; c++) {
          values[colors * x + c] = clip(unsigned(row[bands * x + c], model) * scales[c] / divisor);
        }
      }
      converter.convert(values, samples, converter.colors() * width * y);
    }
    return new Levels(width, height, converter.colors(), samples, alpha);
  }

  /** By what the samples of each component are multiplied so that white is 1. */
  private static double[] scales(ColorModel model) {
    double[] scales = new double[model.getNumComponents()];
    for (int i = 0; i < scales.length; i++) {
      scales[i] =
          switch (model.getTransferType()) {
            case DataBuffer.TYPE_FLOAT, DataBuffer.TYPE_DOUBLE -> 1;
            case DataBuffer.TYPE_SHORT -> 1.0 / Short.MAX_VALUE;
            default -> 1.0 / ((1L << model.getComponentSize(i)) - 1);
          };
    }
    return scales;
  }

  /** Rasters give 32-bit samples, which color models hold for unsigned, as signed. */
  private static double unsigned(double sample, ColorModel model) {
    return sample < 0 && model.getTransferType() == DataBuffer.TYPE_INT
        ? sample + (1L << Integer.SIZE)
        : sample;
  }

  /** Between 0 and 1; what is no number is 0. */
  static double clip(double value) {
    return value > 0 ? Math.min(1, value) : 0;
  }

  /** The level of a value from 0, black, to 1, white; beyond, it is clipped. */
  public static byte level(double value) {
    return (byte) Math.rint(255 * clip(value));
  }

  /** Width in pixels. */
  public int width() {
    return width;
  }

  /** Height in pixels. */
  public int height() {
    return height;
  }

  /** 1 for gray, 3 for red, green and blue. */
  public int colors() {
    return colors;
  }

  /** The levels, (height, width, colors), not a copy: read only. */
  public byte[] samples() {
    return samples;
  }

  /** The same opacity over other colors, 3 a pixel. */
  public Levels withRgb(byte[] rgb) {
    return new Levels(width, height, 3, rgb, alpha);
  }

  /** The picture laid on white. */
  public RgbImage onWhite() {
    if (colors == 3 && alpha == null) {
      return new RgbImage(width, height, samples);
    }
    byte[] rgb = new byte[3 * width * height];
    for (int pixel = 0, out = 0; pixel < width * height; pixel++) {
      int opacity = alpha == null ? 255 : alpha[pixel] & 0xff;
      for (int c = 0; c < 3; c++) {
        int value = samples[colors == 1 ? pixel : out] & 0xff;
        rgb[out++] = (byte) mixed(value, opacity);
      }
    }
    return new RgbImage(width, height, rgb);
  }

  private static int mixed(int value, int opacity) {
    return opacity == 255 ? value : (value * opacity + 255 * (255 - opacity) + 127) / 255;
  }
}

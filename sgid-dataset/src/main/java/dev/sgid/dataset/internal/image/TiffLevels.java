package dev.sgid.dataset.internal.image;

import dev.sgid.internal.Levels;
import java.awt.image.Raster;
import java.io.IOException;
import javax.imageio.ImageReader;

/**
 * The levels that a TIFF file's samples stand for: the reader unpacks the samples, and what they
 * mean is said here, by the fields of the file. What has no agreed meaning is refused by name.
 */
final class TiffLevels {
  private static final int JPEG = 7;
  private static final int OLD_JPEG = 6;

  private final TiffFormat format;
  private final Raster raster;
  private final int width;
  private final int height;
  private final int bands;
  private final int colors; // samples of color a pixel
  private final int alphaBand; // -1 where nothing shines through
  private final byte[] levels; // (height, width, colors shown)
  private final byte[] alpha; // (height, width), or empty
  private double lowest;
  private double highest;

  private TiffLevels(TiffFormat format, Raster raster) throws IOException {
    this.format = format;
    this.raster = raster;
    width = raster.getWidth();
    height = raster.getHeight();
    bands = raster.getNumBands();
    colors = format.colors();
    if (bands < colors) {
      throw new IOException(bands + " samples a pixel where the colors need " + colors);
    }
    alphaBand = format.alphaBand() < bands ? format.alphaBand() : -1;
    int pixels = Math.multiplyExact(width, height);
    levels = new byte[Math.multiplyExact(format.shownColors(), pixels)];
    alpha = new byte[alphaBand < 0 ? 0 : pixels];
  }

  /** Reads the first picture. */
  static Levels read(ImageReader reader, TiffDirectory directory, byte[] profile)
      throws IOException {
    TiffFormat format = TiffFormat.of(directory);
    int compression = directory.integer(259, 1);
    if ((compression == JPEG || compression == OLD_JPEG) && !format.isCmyk()) {
      // the stream inside has its own idea of its colors, which the reader weighs
      return EmbeddedProfile.apply(profile, Levels.of(reader.read(0)));
    }
    return new TiffLevels(format, reader.readRaster(0, null)).levels(profile);
  }

  private Levels levels(byte[] profile) throws IOException {
    double[] row = new double[bands * width];
    double[] color = new double[colors];
    for (int y = 0, out = 0, pixel = 0; y < height; y++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
      for (int x = 0; x < width; x++, pixel++, out += format.shownColors()) {
        double opacity = 1;
        if (alphaBand >= 0) {
          opacity = seen(format.unit(row[bands * x + alphaBand]));
          alpha[pixel] = Levels.level(opacity);
        }
        for (int c = 0; c < colors; c++) {
          color[c] = seen(format.component(row[bands * x + c]));
        }
        format.show(color, opacity, levels, out);
      }
    }
    format.requireRange(lowest, highest);
    byte[] opacities = alphaBand < 0 ? null : alpha;
    return format.isCmyk()
        ? Cmyk.levels(width, height, levels, opacities, profile)
        : EmbeddedProfile.apply(
            format.isDeviceColor() ? profile : ImageParts.NONE,
            new Levels(width, height, format.shownColors(), levels, opacities));
  }

  private double seen(double value) {
    lowest = Math.min(lowest, value);
    highest = Math.max(highest, value);
    return value;
  }
}

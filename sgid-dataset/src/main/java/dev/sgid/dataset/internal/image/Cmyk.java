package dev.sgid.dataset.internal.image;

import dev.sgid.dataset.internal.image.JpegSegments.Segment;
import dev.sgid.internal.Levels;
import java.awt.color.ColorSpace;
import java.awt.image.Raster;
import java.io.IOException;
import javax.imageio.ImageReader;
import org.jspecify.annotations.Nullable;

/**
 * Pictures in four inks: converted by their profile, else by the arithmetic that Pillow has (which
 * knows of no paper and no press). What profiles the machine has installed makes no difference.
 */
final class Cmyk {
  private Cmyk() {}

  /** How a JPEG file stores them; null where it has no four components. */
  static @Nullable Storage storage(byte[] jpeg) {
    boolean four = false;
    int transform = 0;
    for (Segment segment : JpegSegments.of(jpeg).segments()) {
      if (segment.isFrame() && segment.length() >= 6) {
        four = jpeg[segment.at() + 5] == 4;
      } else if (segment.marker() == JpegSegments.APP14) {
        transform = jpeg[segment.at() + 11];
      }
    }
    return !four ? null : transform == 0 ? Storage.INKS : Storage.LUMINANCE;
  }

  /** Cyan, magenta, yellow, black; or luminance, two of chrominance, black. */
  enum Storage {
    INKS,
    LUMINANCE
  }

  /** The picture of a JPEG file, whose levels are those of paper: 255 is no ink. */
  static Levels read(ImageReader reader, Storage storage, byte[] profile) throws IOException {
    Raster raster = reader.readRaster(0, null);
    int width = raster.getWidth();
    int height = raster.getHeight();
    byte[] inks = new byte[Math.multiplyExact(4, Math.multiplyExact(width, height))];
    int[] row = new int[4 * width];
    for (int y = 0, out = 0; y < height; y++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
      for (int i = 0; i < row.length; i += 4) {
        if (storage == Storage.LUMINANCE) {
          toPaper(row, i);
        }
        for (int c = 0; c < 4; c++) {
          inks[out++] = (byte) (255 - row[i + c]);
        }
      }
    }
    return levels(width, height, inks, null, profile);
  }

  /** What is stored as luminance and chrominance is the complement of three inks. */
  private static void toPaper(int[] row, int i) {
    double y = row[i];
    double cb = row[i + 1] - 128.0;
    double cr = row[i + 2] - 128.0;
    row[i] = 255 - round(y + 1.402 * cr);
    row[i + 1] = 255 - round(y - 0.344136 * cb - 0.714136 * cr);
    row[i + 2] = 255 - round(y + 1.772 * cb);
  }

  private static int round(double value) {
    return (int) Math.rint(Math.max(0, Math.min(255, value)));
  }

  /** From inks, (height, width, 4), 0 is none. */
  static Levels levels(
      int width, int height, byte[] inks, byte @Nullable [] alpha, byte[] profile) {
    EmbeddedProfile embedded = EmbeddedProfile.of(profile, ColorSpace.TYPE_CMYK);
    if (embedded != null) {
      return new Levels(width, height, 3, embedded.rgb(inks, width), alpha);
    }
    byte[] rgb = new byte[3 * width * height];
    for (int i = 0, out = 0; out < rgb.length; i += 4) {
      int light = 255 - (inks[i + 3] & 0xff);
      for (int c = 0; c < 3; c++) {
        rgb[out++] = (byte) (light - product(inks[i + c] & 0xff, light));
      }
    }
    return new Levels(width, height, 3, rgb, alpha);
  }

  /** {@code a b / 255}, rounded. */
  private static int product(int a, int b) {
    return (2 * a * b + 255) / 510;
  }
}

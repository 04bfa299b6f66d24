package dev.sgid.dataset.evaluate;

import dev.sgid.Size;
import dev.sgid.internal.RgbImage;
import java.awt.image.BufferedImage;
import java.util.Arrays;

/**
 * A picture as it is compared in pixels: at the original's size, or where that has a side of more
 * than {@value #MOST} pixels, at that size scaled down to it. Each level is the mean over the area
 * that the pixel covers in the picture.
 */
@SuppressWarnings("ArrayRecordComponent") // never compared as a whole
record SmallPicture(byte[] rgb) {
  static final int MOST = 224; // what CLIP looks at

  /** The size at which an original and its copies are compared. */
  static Size size(BufferedImage original) {
    int longer = Math.max(original.getWidth(), original.getHeight());
    double scale = Math.min(1, (double) MOST / longer);
    return new Size(scaled(original.getWidth(), scale), scaled(original.getHeight(), scale));
  }

  private static int scaled(int side, double scale) {
    return Math.max(1, (int) Math.round(side * scale));
  }

  static SmallPicture of(BufferedImage image, Size size) {
    return new SmallPicture(scaled(RgbImage.of(image), size).rgb());
  }

  /** A picture of another size, each level the mean over an area. */
  static RgbImage scaled(RgbImage image, Size size) {
    if (image.width() == size.width() && image.height() == size.height()) {
      return image;
    }
    double[] narrow = // rows as long as they are to be: (height of the image, width of the size, 3)
        narrowed(image.rgb(), image.width(), image.height(), size.width());
    return new RgbImage(size.width(), size.height(), flattened(narrow, image.height(), size));
  }

  private static double[] narrowed(byte[] rgb, int width, int height, int target) {
    double[] narrow = new double[3 * height * target];
    for (int x = 0; x < target; x++) {
      double from = (double) x * width / target;
      double to = (double) (x + 1) * width / target;
      for (int at = (int) from; at < Math.min(width, to); at++) {
        double share = (Math.min(to, at + 1.0) - Math.max(from, at)) / (to - from);
        for (int y = 0; y < height; y++) {
          for (int c = 0; c < 3; c++) {
            narrow[3 * (y * target + x) + c] += share * (rgb[3 * (y * width + at) + c] & 0xff);
          }
        }
      }
    }
    return narrow;
  }

  private static byte[] flattened(double[] narrow, int height, Size size) {
    int rowLength = 3 * size.width();
    byte[] small = new byte[rowLength * size.height()];
    double[] row = new double[rowLength];
    for (int y = 0; y < size.height(); y++) {
      Arrays.fill(row, 0);
      double from = (double) y * height / size.height();
      double to = (double) (y + 1) * height / size.height();
      for (int at = (int) from; at < Math.min(height, to); at++) {
        double share = (Math.min(to, at + 1.0) - Math.max(from, at)) / (to - from);
        for (int i = 0; i < rowLength; i++) {
          row[i] += share * narrow[at * rowLength + i];
        }
      }
      for (int i = 0; i < rowLength; i++) {
        small[y * rowLength + i] = (byte) Math.rint(row[i]);
      }
    }
    return small;
  }

  /**
   * How far two pictures of one size are apart: the root of the mean squared difference of their
   * levels, as a fraction of the whole range, in [0, 1].
   */
  double distance(SmallPicture other) {
    long sum = 0;
    for (int i = 0; i < rgb.length; i++) {
      int difference = (rgb[i] & 0xff) - (other.rgb[i] & 0xff);
      sum += (long) difference * difference;
    }
    return Math.sqrt((double) sum / rgb.length) / 255;
  }
}

package dev.sgid.dataset.internal.duplicate;

import dev.sgid.internal.RgbImage;

/**
 * An image as few cells, each the mean of just the area it covers, parts of pixels counted by their
 * part: so it is nearly the same at every size the image was stored in.
 */
final class AreaMean {
  private AreaMean() {}

  /**
   * The means, as luma, blue difference and red difference of JPEG (ITU-R BT.601, full range).
   *
   * @param cells along each side
   * @return three planes of {@code cells x cells}, row by row; luma is 0 to 255, the differences
   *     are 0 for gray
   */
  static double[][] of(RgbImage image, int cells) {
    double[] sums = new double[cells * cells * 3];
    double[] row = new double[cells * 3];
    int height = image.height();
    for (int y = 0; y < height; y++) {
      shrinkRow(image, y, cells, row);
      // the cells that this row of pixels covers, in part or as a whole
      int first = (int) ((long) y * cells / height);
      int last = (int) (((long) (y + 1) * cells - 1) / height);
      for (int cell = first; cell <= last; cell++) {
        double part = overlap(y, cell, height, cells) * cells / height;
        for (int i = 0; i < row.length; i++) {
          sums[cell * row.length + i] += part * row[i];
        }
      }
    }
    return planes(sums);
  }

  private static void shrinkRow(RgbImage image, int y, int cells, double[] row) {
    byte[] rgb = image.rgb();
    int width = image.width();
    int begin = 3 * y * width;
    for (int cell = 0; cell < cells; cell++) {
      int first = (int) ((long) cell * width / cells);
      int last = (int) (((long) (cell + 1) * width - 1) / cells);
      double red = 0;
      double green = 0;
      double blue = 0;
      for (int x = first; x <= last; x++) {
        double part = overlap(x, cell, width, cells);
        red += part * (rgb[begin + 3 * x] & 0xff);
        green += part * (rgb[begin + 3 * x + 1] & 0xff);
        blue += part * (rgb[begin + 3 * x + 2] & 0xff);
      }
      double scale = (double) cells / width;
      row[3 * cell] = red * scale;
      row[3 * cell + 1] = green * scale;
      row[3 * cell + 2] = blue * scale;
    }
  }

  /** How much of a pixel, 0 to 1, a cell covers. */
  private static double overlap(int pixel, int cell, int pixels, int cells) {
    double begin = (double) cell * pixels / cells;
    double end = (double) (cell + 1) * pixels / cells;
    return Math.min(pixel + 1, end) - Math.max(pixel, begin);
  }

  private static double[][] planes(double[] rgb) {
    double[][] planes = new double[3][rgb.length / 3];
    for (int i = 0; i < rgb.length / 3; i++) {
      double luma = 0.299 * rgb[3 * i] + 0.587 * rgb[3 * i + 1] + 0.114 * rgb[3 * i + 2];
      planes[0][i] = luma;
      planes[1][i] = (rgb[3 * i + 2] - luma) / 1.772;
      planes[2][i] = (rgb[3 * i] - luma) / 1.402;
    }
    return planes;
  }

  /** Cells made larger by a whole factor. */
  static double[] coarser(double[] plane, int cells, int factor) {
    int side = cells / factor;
    double[] means = new double[side * side];
    for (int i = 0; i < plane.length; i++) {
      means[i / cells / factor * side + i % cells / factor] += plane[i] / (factor * factor);
    }
    return means;
  }
}

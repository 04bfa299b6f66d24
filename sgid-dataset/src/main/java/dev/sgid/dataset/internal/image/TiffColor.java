package dev.sgid.dataset.internal.image;

import java.io.IOException;

/** From a TIFF file's samples of color, 0 to 1, to what is shown, 0 to 1. Not thread-safe. */
@FunctionalInterface
interface TiffColor {
  /** Gray, RGB and inks. */
  TiffColor AS_IT_IS = in -> in;

  /** Gray whose zero is white. */
  TiffColor NEGATIVE =
      in -> {
        in[0] = 1 - in[0];
        return in;
      };

  /** The color shown; the array may be {@code in}, or one that the next call changes. */
  double[] of(double[] in);

  /**
   * Indices into a table.
   *
   * @param table all reds, all greens, all blues; of 16 bits, but some writers' are of 8
   */
  static TiffColor palette(double[] table, int bits) throws IOException {
    int count = table.length / 3;
    if (count == 0 || bits > 16) {
      throw new IOException("a palette of %d colors for %d bits".formatted(count, bits));
    }
    double highest = 0;
    for (double value : table) {
      highest = Math.max(highest, value);
    }
    double white = highest > 0xff ? 0xff00 : 0xff; // the upper of two bytes is the level
    double[] shown = new double[3];
    return in -> {
      int index = (int) in[0];
      for (int c = 0; c < 3; c++) {
        double value = index < count ? table[c * count + index] : 0;
        shown[c] = white > 0xff ? ((int) value & 0xff00) / white : value / white;
      }
      return shown;
    };
  }

  /**
   * Luminance and chrominance, as TIFF 6.0 says (section 21).
   *
   * @param luma how much red, green and blue add to the luminance
   * @param range black and white of each of the three; empty for those of JPEG
   */
  static TiffColor yCbCr(double[] luma, double[] range, int bits) throws IOException {
    double most = (1L << bits) - 1;
    double middle = 1L << (bits - 1);
    double[] r = range.length == 6 ? range : new double[] {0, most, middle, most, middle, most};
    if (luma.length != 3 || luma[1] == 0 || r[0] == r[1] || r[2] == r[3] || r[4] == r[5]) {
      throw new IOException("coefficients of YCbCr that give no color");
    }
    double[] shown = new double[3];
    return in -> {
      double y = (in[0] * most - r[0]) / (r[1] - r[0]);
      double cb = (in[1] * most - r[2]) / (r[3] - r[2]) * 127 / 255;
      double cr = (in[2] * most - r[4]) / (r[5] - r[4]) * 127 / 255;
      shown[0] = y + cr * (2 - 2 * luma[0]);
      shown[2] = y + cb * (2 - 2 * luma[2]);
      shown[1] = (y - luma[0] * shown[0] - luma[2] * shown[2]) / luma[1];
      return shown;
    };
  }

  /**
   * CIE L*a*b* under the illuminant D50.
   *
   * @param signed whether a* and b* are signed (CIELab), or have their zero in the middle (ICCLab)
   */
  static TiffColor lab(boolean signed, int bits) {
    int count = 1 << bits;
    int step = count >> 8; // codes per unit of a* and b*
    double white = signed ? count - 1 : 0xff * step; // ICC's white of 16 bits is ff00
    double[] shown = new double[3];
    return in -> {
      double lightness = 100 * in[0] * (count - 1) / white;
      for (int i = 1; i < 3; i++) {
        double code = Math.rint(in[i] * (count - 1));
        double from = signed ? (code >= count / 2.0 ? count : 0) : count / 2.0;
        shown[i] = (code - from) / step;
      }
      return Lab.toSrgb(lightness, shown);
    };
  }

  /** The formulas of CIE 1976, then those of IEC 61966-2-1 for a white of D50. */
  final class Lab {
    private static final double[] WHITE = {0.9642, 1, 0.8249};

    /** From XYZ of D50 to linear sRGB, adapted by Bradford's matrix. */
    private static final double[][] LINEAR = {
      {3.1338561, -1.6168667, -0.4906146},
      {-0.9787684, 1.9161415, 0.0334540},
      {0.0719453, -0.2289914, 1.4052427}
    };

    private Lab() {}

    /** Of L* and {@code lab}, whose second and third are a* and b*; written over {@code lab}. */
    static double[] toSrgb(double lightness, double[] lab) {
      double f = (lightness + 16) / 116;
      double x = WHITE[0] * ratio(f + lab[1] / 500);
      double y = WHITE[1] * ratio(f);
      double z = WHITE[2] * ratio(f - lab[2] / 200);
      for (int c = 0; c < 3; c++) {
        lab[c] = companded(LINEAR[c][0] * x + LINEAR[c][1] * y + LINEAR[c][2] * z);
      }
      return lab;
    }

    private static double ratio(double f) {
      return f > 6.0 / 29 ? f * f * f : (f - 4.0 / 29) * 108 / 841;
    }

    private static double companded(double linear) {
      return linear <= 0.0031308 ? 12.92 * linear : 1.055 * Math.pow(linear, 1 / 2.4) - 0.055;
    }
  }
}

package dev.sgid.dataset.internal.duplicate;

import java.util.Arrays;

/**
 * The 64 bits of pHash [1]: which of the lowest frequencies of an image, the mean's own row and
 * column left out, are above their median. Scaling, brightness and compression change few of them.
 *
 * <p>[1] C. Zauner, Implementation and Benchmarking of Perceptual Image Hash Functions, 2010,
 * section 3.2.1.
 */
final class PerceptualHash {
  /** Cells along each side of what is hashed. */
  static final int CELLS = 32;

  private static final int FREQUENCIES = 8;

  /** {@code COSINES[k][n]}: the wave of k + 1 half periods at cell n, as the DCT-II has it. */
  private static final double[][] COSINES = cosines();

  private PerceptualHash() {}

  private static double[][] cosines() {
    double[][] cosines = new double[FREQUENCIES][CELLS];
    for (int k = 0; k < FREQUENCIES; k++) {
      for (int n = 0; n < CELLS; n++) {
        cosines[k][n] = Math.cos(Math.PI * (k + 1) * (2 * n + 1) / (2.0 * CELLS));
      }
    }
    return cosines;
  }

  /**
   * Hashes.
   *
   * @param luma {@code CELLS x CELLS}, row by row
   */
  static long of(double[] luma) {
    double[] coefficients = new double[FREQUENCIES * FREQUENCIES];
    double[] column = new double[CELLS]; // of one vertical frequency
    for (int v = 0; v < FREQUENCIES; v++) {
      for (int x = 0; x < CELLS; x++) {
        double sum = 0;
        for (int y = 0; y < CELLS; y++) {
          sum += COSINES[v][y] * luma[y * CELLS + x];
        }
        column[x] = sum;
      }
      for (int u = 0; u < FREQUENCIES; u++) {
        double sum = 0;
        for (int x = 0; x < CELLS; x++) {
          sum += COSINES[u][x] * column[x];
        }
        coefficients[v * FREQUENCIES + u] = sum;
      }
    }
    double[] sorted = coefficients.clone();
    Arrays.sort(sorted);
    double median = (sorted[31] + sorted[32]) / 2;
    long hash = 0;
    for (int i = 0; i < coefficients.length; i++) {
      hash |= coefficients[i] > median ? 1L << i : 0;
    }
    return hash;
  }
}

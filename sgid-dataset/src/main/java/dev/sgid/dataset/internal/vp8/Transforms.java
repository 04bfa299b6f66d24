package dev.sgid.dataset.internal.vp8;

/** The inverse transforms (RFC 6386, section 14), in the integers that every decoder agrees on. */
final class Transforms {
  // of 65536: the square root of 2 times the cosine of pi/8, less one, and its sine
  private static final int COSINE = 20091;
  private static final int SINE = 35468;

  private Transforms() {}

  /** Adds a block's pixels to what is predicted of them. */
  static void add(int[] coefficients, int from, Plane plane, int at) {
    int[] columns = new int[16];
    for (int x = 0; x < 4; x++) {
      int a = coefficients[from + x];
      int b = coefficients[from + 4 + x];
      int c = coefficients[from + 8 + x];
      int d = coefficients[from + 12 + x];
      int odd = sine(b) - cosine(d);
      int even = cosine(b) + sine(d);
      columns[x] = a + c + even;
      columns[4 + x] = a - c + odd;
      columns[8 + x] = a - c - odd;
      columns[12 + x] = a + c - even;
    }
    for (int y = 0; y < 4; y++) {
      int a = columns[4 * y] + 4; // rounds
      int b = columns[4 * y + 1];
      int c = columns[4 * y + 2];
      int d = columns[4 * y + 3];
      int odd = sine(b) - cosine(d);
      int even = cosine(b) + sine(d);
      int to = at + y * plane.stride;
      plane.set(to, plane.get(to) + ((a + c + even) >> 3));
      plane.set(to + 1, plane.get(to + 1) + ((a - c + odd) >> 3));
      plane.set(to + 2, plane.get(to + 2) + ((a - c - odd) >> 3));
      plane.set(to + 3, plane.get(to + 3) + ((a + c - even) >> 3));
    }
  }

  private static int cosine(int value) {
    return value + ((value * COSINE) >> 16);
  }

  private static int sine(int value) {
    return (value * SINE) >> 16;
  }

  /** Makes the first coefficients of 16 blocks of the block that stands for them. */
  static void spread(int[] second, int[] coefficients) {
    int[] columns = new int[16];
    for (int x = 0; x < 4; x++) {
      int outer = second[x] + second[12 + x];
      int inner = second[4 + x] + second[8 + x];
      int outerGap = second[x] - second[12 + x];
      int innerGap = second[4 + x] - second[8 + x];
      columns[x] = outer + inner;
      columns[4 + x] = outerGap + innerGap;
      columns[8 + x] = outer - inner;
      columns[12 + x] = outerGap - innerGap;
    }
    for (int y = 0; y < 4; y++) {
      int first = columns[4 * y] + 3; // rounds
      int outer = first + columns[4 * y + 3];
      int inner = columns[4 * y + 1] + columns[4 * y + 2];
      int outerGap = first - columns[4 * y + 3];
      int innerGap = columns[4 * y + 1] - columns[4 * y + 2];
      int to = 64 * y;
      coefficients[to] = (outer + inner) >> 3;
      coefficients[to + 16] = (outerGap + innerGap) >> 3;
      coefficients[to + 32] = (outer - inner) >> 3;
      coefficients[to + 48] = (outerGap - innerGap) >> 3;
    }
  }
}

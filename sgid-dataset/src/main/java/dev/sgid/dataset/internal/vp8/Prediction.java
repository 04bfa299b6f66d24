package dev.sgid.dataset.internal.vp8;

/** Predicts squares of 16x16 luma or 8x8 chroma samples (RFC 6386, sections 12.2 and 12.3). */
final class Prediction {
  private Prediction() {}

  /**
   * Predicts a square from the row above and the column on its left.
   *
   * @param mode one of the first four of {@link ModeReader}
   */
  static void square(Plane plane, int x, int y, int size, int mode) {
    int at = plane.at(x, y);
    int up = at - plane.stride;
    int mean = mode == ModeReader.DC ? mean(plane, x, y, size) : 0;
    int corner = plane.get(up - 1);
    for (int row = 0; row < size; row++) {
      int to = at + row * plane.stride;
      int beside = plane.get(to - 1);
      for (int i = 0; i < size; i++) {
        int value =
            switch (mode) {
              case ModeReader.DC -> mean;
              case ModeReader.VERTICAL -> plane.get(up + i);
              case ModeReader.HORIZONTAL -> beside;
              default -> plane.get(up + i) + beside - corner;
            };
        plane.set(to + i, value);
      }
    }
  }

  /** Of the neighbours that lie in the picture. */
  private static int mean(Plane plane, int x, int y, int size) {
    int sum = 0;
    int count = 0;
    if (y > 0) {
      for (int i = 0; i < size; i++) {
        sum += plane.get(plane.at(x + i, y - 1));
      }
      count += size;
    }
    if (x > 0) {
      for (int i = 0; i < size; i++) {
        sum += plane.get(plane.at(x - 1, y + i));
      }
      count += size;
    }
    return count == 0 ? 128 : (sum + count / 2) / count;
  }
}

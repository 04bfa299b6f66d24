package dev.sgid.dataset.internal.vp8;

/**
 * Predicts 4x4 samples (RFC 6386, section 12.3) from the edge around them: e[0] to e[3] are the
 * left ones from the bottom up, e[4] the corner, e[5] to e[12] those above, four of which lie to
 * the right. The slanted modes are means of two or three neighbours on that edge, the same along
 * each slanted line. Not thread-safe.
 */
final class SubblockPrediction {
  private static final int LENGTH = 13;
  private static final int CORNER = 4;

  private final int[] edge = new int[LENGTH];

  /**
   * Predicts a block.
   *
   * @param right where the four samples to the upper right lie
   */
  void block(Plane plane, int at, int right, int mode) {
    int up = at - plane.stride;
    for (int i = 0; i < 4; i++) {
      edge[3 - i] = plane.get(at - 1 + i * plane.stride);
      edge[CORNER + 1 + i] = plane.get(up + i);
      edge[CORNER + 5 + i] = plane.get(right + i);
    }
    edge[CORNER] = plane.get(up - 1);
    int mean = mode == ModeReader.DC ? mean() : 0;
    for (int y = 0; y < 4; y++) {
      for (int x = 0; x < 4; x++) {
        plane.set(at + y * plane.stride + x, mode == ModeReader.DC ? mean : sample(mode, x, y));
      }
    }
  }

  private int mean() {
    int sum = 4;
    for (int i = 0; i < 4; i++) {
      sum += edge[i] + edge[CORNER + 1 + i];
    }
    return sum >> 3;
  }

  private int sample(int mode, int x, int y) {
    return switch (mode) {
      case ModeReader.TRUE_MOTION -> edge[CORNER + 1 + x] + edge[3 - y] - edge[CORNER];
      case ModeReader.VERTICAL -> three(CORNER + 1 + x);
      case ModeReader.HORIZONTAL -> three(3 - y);
      case ModeReader.RIGHT_DOWN -> three(CORNER + x - y);
      case ModeReader.LEFT_DOWN -> three(CORNER + 2 + x + y);
      case ModeReader.VERTICAL_RIGHT -> verticalRight(2 * x - y);
      case ModeReader.VERTICAL_LEFT -> verticalLeft(x, y);
      case ModeReader.HORIZONTAL_DOWN -> horizontalDown(2 * y - x);
      default -> horizontalUp(x + 2 * y);
    };
  }

  private int verticalRight(int line) {
    if (line < 0) {
      return three(CORNER + 1 + line);
    }
    return line % 2 == 0 ? two(CORNER + line / 2) : three(CORNER + 1 + line / 2);
  }

  /** The last samples of the lower rows are off their lines. */
  private int verticalLeft(int x, int y) {
    if (x == 3 && y >= 2) {
      return three(CORNER + 4 + y);
    }
    int from = CORNER + 1 + x + y / 2;
    return y % 2 == 0 ? two(from) : three(from + 1);
  }

  private int horizontalDown(int line) {
    if (line < 0) {
      return three(3 - line);
    }
    return line % 2 == 0 ? two(3 - line / 2) : three(3 - line / 2);
  }

  private int horizontalUp(int line) {
    if (line > 5) {
      return edge[0];
    }
    return line % 2 == 0 ? two(2 - line / 2) : three(2 - line / 2);
  }

  private int two(int i) {
    return (edge[i] + edge[i + 1] + 1) >> 1;
  }

  /** Around {@code i}; at its ends the edge is repeated. */
  private int three(int i) {
    int before = edge[Math.max(0, i - 1)];
    int after = edge[Math.min(LENGTH - 1, i + 1)];
    return (before + 2 * edge[i] + after + 2) >> 2;
  }
}

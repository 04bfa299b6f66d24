package dev.sgid.dataset.internal.vp8;

/**
 * Smooths the edges of macroblocks and of the blocks inside (RFC 6386, section 15), once all of the
 * picture has been predicted.
 */
final class LoopFilter {
  private static final int MOST = 63;

  private final Plane[] planes; // luma, then chroma
  private final boolean simple;
  private final int sharpness;

  LoopFilter(FrameHeader header, Plane... planes) {
    this.planes = planes;
    this.simple = header.simpleFilter;
    this.sharpness = header.sharpness;
  }

  /**
   * Filters a macroblock, after those above it and on its left.
   *
   * @param level of the filter, before it is clipped to 0 to 63; 0 filters nothing
   * @param inside whether the edges inside it are filtered too
   */
  void macroblock(int column, int row, int level, boolean inside) {
    int strength = Math.max(0, Math.min(MOST, level));
    if (strength == 0) {
      return;
    }
    int inner = interior(strength);
    int limit = 2 * strength + inner;
    int high = strength >= 40 ? 2 : strength >= 15 ? 1 : 0;
    for (int i = 0; i < (simple ? 1 : planes.length); i++) {
      Plane plane = planes[i];
      int size = i == 0 ? 16 : 8;
      int at = plane.at(size * column, size * row);
      if (column > 0) {
        edge(plane, at, 1, plane.stride, size, limit + 4, inner, high, true);
      }
      for (int x = 4; inside && x < size; x += 4) {
        edge(plane, at + x, 1, plane.stride, size, limit, inner, high, false);
      }
      if (row > 0) {
        edge(plane, at, plane.stride, 1, size, limit + 4, inner, high, true);
      }
      for (int y = 4; inside && y < size; y += 4) {
        edge(plane, at + y * plane.stride, plane.stride, 1, size, limit, inner, high, false);
      }
    }
  }

  /** How much neighbours on one side of an edge may differ. */
  private int interior(int strength) {
    if (sharpness == 0) {
      return strength;
    }
    int shifted = strength >> (sharpness > 4 ? 2 : 1);
    return Math.max(1, Math.min(9 - sharpness, shifted));
  }

  /**
   * Filters an edge.
   *
   * @param across from a sample to the next one across the edge
   * @param along from a sample to the next one along the edge
   * @param high the variance above which only the samples at the edge are moved
   * @param outer whether it is an edge of a macroblock
   */
  private void edge(
      Plane plane,
      int at,
      int across,
      int along,
      int size,
      int limit,
      int inner,
      int high,
      boolean outer) {
    for (int i = 0; i < size; i++) {
      int q0 = at + i * along;
      if (isStep(plane, q0, across, limit)) {
        continue;
      }
      if (simple) {
        two(plane, q0, across);
      } else if (isSmooth(plane, q0, across, inner)) {
        if (isHigh(plane, q0, across, high)) {
          two(plane, q0, across);
        } else if (outer) {
          six(plane, q0, across);
        } else {
          four(plane, q0, across);
        }
      }
    }
  }

  /** Whether the difference is so large that it belongs to the picture. */
  private static boolean isStep(Plane plane, int q0, int across, int limit) {
    int near = gap(plane, q0 - across, q0);
    int far = gap(plane, q0 - 2 * across, q0 + across);
    return 4 * near + far > 2 * limit + 1;
  }

  private static boolean isSmooth(Plane plane, int q0, int across, int inner) {
    for (int i = 1; i <= 3; i++) {
      if (gap(plane, q0 + (i - 1) * across, q0 + i * across) > inner
          || gap(plane, q0 - i * across, q0 - (i + 1) * across) > inner) {
        return false;
      }
    }
    return true;
  }

  private static boolean isHigh(Plane plane, int q0, int across, int high) {
    return gap(plane, q0 - 2 * across, q0 - across) > high || gap(plane, q0, q0 + across) > high;
  }

  private static int gap(Plane plane, int a, int b) {
    return Math.abs(plane.get(a) - plane.get(b));
  }

  /** Moves the two samples at the edge, which may differ much from the next. */
  private static void two(Plane plane, int q0, int across) {
    int a = slope(plane, q0, across) + outerSlope(plane, q0, across);
    move(plane, q0, across, shifted(a + 4), shifted(a + 3));
  }

  /** Moves two samples on each side, inside a macroblock. */
  private static void four(Plane plane, int q0, int across) {
    int a = slope(plane, q0, across);
    int right = shifted(a + 4);
    move(plane, q0, across, right, shifted(a + 3));
    int next = (right + 1) >> 1;
    plane.set(q0 - 2 * across, plane.get(q0 - 2 * across) + next);
    plane.set(q0 + across, plane.get(q0 + across) - next);
  }

  /** Moves three samples on each side, between macroblocks. */
  private static void six(Plane plane, int q0, int across) {
    int a = signedByte(slope(plane, q0, across) + outerSlope(plane, q0, across));
    for (int i = 0; i < 3; i++) {
      int by = (9 * (3 - i) * a + 63) >> 7;
      int p = q0 - (i + 1) * across;
      int q = q0 + i * across;
      plane.set(p, plane.get(p) + by);
      plane.set(q, plane.get(q) - by);
    }
  }

  private static int slope(Plane plane, int q0, int across) {
    return 3 * (plane.get(q0) - plane.get(q0 - across));
  }

  private static int outerSlope(Plane plane, int q0, int across) {
    return signedByte(plane.get(q0 - 2 * across) - plane.get(q0 + across));
  }

  private static void move(Plane plane, int q0, int across, int right, int left) {
    plane.set(q0 - across, plane.get(q0 - across) + left);
    plane.set(q0, plane.get(q0) - right);
  }

  private static int shifted(int a) {
    return Math.max(-16, Math.min(15, a >> 3));
  }

  private static int signedByte(int value) {
    return Math.max(-128, Math.min(127, value));
  }
}

package dev.sgid.dataset.internal.vp8;

/**
 * Luma and chroma to RGB as libwebp makes it: chroma, of which there is a sample for 2x2 pixels, is
 * weighed 9, 3, 3, 1 by nearness, and the colors are of ITU-R BT.601's range from 16 to 235.
 */
final class Colors {
  private final Plane luma;
  private final Plane u;
  private final Plane v;
  private final int width;
  private final int height;

  Colors(Plane luma, Plane u, Plane v, int width, int height) {
    this.luma = luma;
    this.u = u;
    this.v = v;
    this.width = width;
    this.height = height;
  }

  /** 0xRRGGBB, row by row. */
  int[] rgb() {
    int[] rgb = new int[width * height];
    int chromaWidth = (width + 1) / 2;
    int chromaHeight = (height + 1) / 2;
    for (int y = 0; y < height; y++) {
      int near = y / 2;
      int far = clip(y % 2 == 0 ? near - 1 : near + 1, chromaHeight);
      int from = luma.at(0, y);
      for (int x = 0; x < width; x++) {
        int column = x / 2;
        int beside = clip(x % 2 == 0 ? column - 1 : column + 1, chromaWidth);
        rgb[y * width + x] =
            rgb(
                luma.get(from + x),
                chroma(u, column, beside, near, far),
                chroma(v, column, beside, near, far));
      }
    }
    return rgb;
  }

  private static int clip(int i, int length) {
    return Math.max(0, Math.min(length - 1, i));
  }

  /** Of the nearest sample and the three next ones, rounded twice as libwebp rounds. */
  private static int chroma(Plane plane, int column, int beside, int near, int far) {
    int nearest = plane.get(plane.at(column, near));
    if (column == beside) { // at the side there is a mean of two alone
      return (3 * nearest + plane.get(plane.at(column, far)) + 2) >> 2;
    }
    int next = plane.get(plane.at(beside, near));
    int over = plane.get(plane.at(column, far));
    int farthest = plane.get(plane.at(beside, far));
    int diagonal = (nearest + 3 * next + 3 * over + farthest + 8) >> 3;
    return (diagonal + nearest) >> 1;
  }

  private static int rgb(int y, int u, int v) {
    int light = part(y, 19077);
    int red = light + part(v, 26149) - 14234;
    int green = light - part(u, 6419) - part(v, 13320) + 8708;
    int blue = light + part(u, 33050) - 17685;
    return (Plane.clip(red >> 6) << 16) | (Plane.clip(green >> 6) << 8) | Plane.clip(blue >> 6);
  }

  private static int part(int sample, int weight) {
    return (sample * weight) >> 8;
  }
}

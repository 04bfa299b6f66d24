package dev.sgid.onnx.internal.image;

import dev.sgid.internal.RgbImage;

/**
 * Made-up pictures: the same integers as {@code picture} in tools/reference/pillow_reference.py.
 */
final class Pictures {
  private Pictures() {}

  static RgbImage of(String kind, int width, int height) {
    byte[] rgb = new byte[3 * width * height];
    for (int i = 0; i < rgb.length; i++) {
      int c = i % 3;
      int x = i / 3 % width;
      int y = i / 3 / width;
      rgb[i] =
          (byte)
              switch (kind) {
                case "noise" -> hash(i);
                case "bars" -> (x / 3 + y / 5 + c) % 2 == 0 ? 255 : 0;
                case "gradient" -> x * (3 + c) + y * (5 - c);
                default -> throw new IllegalArgumentException("No picture of kind " + kind);
              };
    }
    return new RgbImage(width, height, rgb);
  }

  private static int hash(int i) {
    int h = i * (int) 2654435761L + 12345;
    h ^= h >>> 15;
    h *= (int) 2246822519L;
    return h ^ h >>> 13;
  }

  /**
   * "pixel (x, y): expected r,g,b but was r,g,b" of the first difference, or "" where there is
   * none.
   */
  static String firstDifference(byte[] expected, RgbImage actual) {
    byte[] rgb = actual.rgb();
    for (int i = 0; i < rgb.length; i++) {
      if (rgb[i] != expected[i]) {
        int pixel = i - i % 3;
        return "pixel (%d, %d): expected %s but was %s"
            .formatted(
                i / 3 % actual.width(),
                i / 3 / actual.width(),
                colour(expected, pixel),
                colour(rgb, pixel));
      }
    }
    return "";
  }

  private static String colour(byte[] rgb, int i) {
    return (rgb[i] & 0xff) + "," + (rgb[i + 1] & 0xff) + "," + (rgb[i + 2] & 0xff);
  }
}

package dev.sgid.onnx.internal.image;

import dev.sgid.internal.RgbImage;

/**
 * Padding by reflection, as {@code numpy.pad(mode="reflect")}: the edge pixel is the mirror and is
 * not repeated. Padding may exceed the picture, which is then reflected back and forth; an axis of
 * one pixel repeats it.
 */
public final class ReflectPad {
  private ReflectPad() {}

  /**
   * Pads by so many pixels on each side.
   *
   * @return the padded picture; {@code image} itself where all four are 0
   * @throws IllegalArgumentException if one is negative
   */
  public static RgbImage pad(RgbImage image, int left, int top, int right, int bottom) {
    if (left < 0 || top < 0 || right < 0 || bottom < 0) {
      throw new IllegalArgumentException(
          "Padding must be at least 0, is left %d, top %d, right %d, bottom %d"
              .formatted(left, top, right, bottom));
    }
    if (left == 0 && top == 0 && right == 0 && bottom == 0) {
      return image;
    }
    int width = Math.addExact(image.width(), Math.addExact(left, right));
    int height = Math.addExact(image.height(), Math.addExact(top, bottom));
    byte[] in = image.rgb();
    byte[] out = new byte[Math.multiplyExact(3, Math.multiplyExact(width, height))];
    for (int y = 0, o = 0; y < height; y++) {
      int row = reflect(y - top, image.height()) * image.width();
      for (int x = 0; x < width; x++) {
        int i = 3 * (row + reflect(x - left, image.width()));
        out[o++] = in[i];
        out[o++] = in[i + 1];
        out[o++] = in[i + 2];
      }
    }
    return new RgbImage(width, height, out);
  }

  private static int reflect(int i, int size) {
    if (size == 1) {
      return 0;
    }
    int period = 2 * (size - 1);
    int within = Math.floorMod(i, period);
    return within < size ? within : period - within;
  }
}

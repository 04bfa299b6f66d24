package dev.sgid.testing;

import java.awt.image.BufferedImage;
import java.util.Random;

/** Pictures for tests. */
public final class TestImages {
  private TestImages() {}

  /** Red grows to the right, green downwards; blue is {@code blue} everywhere. */
  public static BufferedImage gradient(int width, int height, int blue) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int red = 255 * x / Math.max(1, width - 1);
        int green = 255 * y / Math.max(1, height - 1);
        image.setRGB(x, y, red << 16 | green << 8 | blue);
      }
    }
    return image;
  }

  /** Every channel of every pixel at random, opaque. */
  public static BufferedImage noise(int width, int height, long seed) {
    Random random = new Random(seed);
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, random.nextInt(1 << 24));
      }
    }
    return image;
  }

  /** A copy of the same type. */
  public static BufferedImage copy(BufferedImage image) {
    return new BufferedImage(
        image.getColorModel(),
        image.copyData(image.getRaster().createCompatibleWritableRaster()),
        image.isAlphaPremultiplied(),
        null);
  }
}

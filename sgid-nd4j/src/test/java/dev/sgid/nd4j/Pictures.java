package dev.sgid.nd4j;

import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;

/** Pictures for tests. */
final class Pictures {
  private Pictures() {}

  /** Noise in which every level 0 to 255 occurs in every channel, where there is room for it. */
  static BufferedImage noise(int width, int height, long seed) {
    Random random = new Random(seed);
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < width * height; i++) {
      int level = i & 0xff;
      int rgb = level << 16 | ((level + random.nextInt(7)) & 0xff) << 8 | (255 - level);
      image.setRGB(i % width, i / width, rgb);
    }
    return image;
  }

  /** A picture of one color. */
  static BufferedImage plain(int type, int argb) {
    BufferedImage image = new BufferedImage(2, 2, type);
    IntStream.range(0, 4).forEach(i -> image.setRGB(i % 2, i / 2, argb));
    return image;
  }

  /** The pixels, row by row, as 0xRRGGBB. */
  static int[] pixels(BufferedImage image) {
    int[] argb = image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
    return Arrays.stream(argb).map(pixel -> pixel & 0xffffff).toArray();
  }
}

package dev.sgid.dataset;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.Random;

/** Pictures that look like nothing else, and the same ones stored in other ways. */
final class DuplicateImages {
  private DuplicateImages() {}

  /** Soft clouds of color; each seed is another picture. */
  static BufferedImage clouds(int width, int height, long seed) {
    return scaled(TestImages.noise(6, 6, seed), width, height);
  }

  static BufferedImage scaled(BufferedImage image, int width, int height) {
    BufferedImage scaled = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = scaled.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
    graphics.drawImage(image, 0, 0, width, height, null);
    graphics.dispose();
    return scaled;
  }

  static BufferedImage darker(BufferedImage image, double by) {
    Random dither = new Random(1);
    BufferedImage darker =
        new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        int rgb = image.getRGB(x, y);
        int dark = 0;
        for (int shift = 0; shift < 24; shift += 8) {
          dark |= (int) ((rgb >> shift & 0xff) * by + dither.nextDouble()) << shift;
        }
        darker.setRGB(x, y, dark);
      }
    }
    return darker;
  }
}

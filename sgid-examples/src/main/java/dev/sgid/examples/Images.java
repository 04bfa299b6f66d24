package dev.sgid.examples;

import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import javax.imageio.ImageIO;

/** Reads images, and says so where a file holds none. */
final class Images {
  private Images() {}

  static BufferedImage read(File file) throws IOException {
    BufferedImage image = ImageIO.read(file);
    if (image == null) {
      throw new IOException("Not an image that Java can read: " + file);
    }
    return image;
  }
}

package dev.sgid.testing;

import dev.sgid.SgidException;
import dev.sgid.Stage;
import java.awt.image.BufferedImage;

/** What the fakes have in common. */
final class Fakes {
  private Fakes() {}

  static void stopIfInterrupted(Stage stage) {
    if (Thread.currentThread().isInterrupted()) {
      throw SgidException.cancelled(stage);
    }
  }

  static int[] pixels(BufferedImage image) {
    int width = image.getWidth();
    return image.getRGB(0, 0, width, image.getHeight(), null, 0, width);
  }
}

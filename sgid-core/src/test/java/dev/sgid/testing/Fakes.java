package dev.sgid.testing;

import dev.sgid.Img2ImgRequest;
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

  /** The timestep of a step, from 1, if the model had a thousand with leading spacing. */
  static int timestep(Img2ImgRequest request, int step) {
    int left = request.settings().stepsRun() - step;
    return 1 + (int) (left * 1000L / request.settings().scheduleSteps());
  }

  static int[] pixels(BufferedImage image) {
    int width = image.getWidth();
    return image.getRGB(0, 0, width, image.getHeight(), null, 0, width);
  }
}

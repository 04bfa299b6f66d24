package dev.sgid.dataset.evaluate;

import dev.sgid.Sgid;
import dev.sgid.SgidBuilder;
import dev.sgid.testing.FakeCaptioner;
import dev.sgid.testing.FakeGenerator;
import dev.sgid.testing.FakeScorer;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/**
 * Stages whose numbers can be worked out by hand: an image's embedding stands at an angle of as
 * many degrees as its upper left pixel has levels of red; a text's at 0 if it ends with cat, else
 * at 90.
 */
final class AngleStages {
  private AngleStages() {}

  static SgidBuilder builder() {
    return Sgid.builder(
        new FakeCaptioner(),
        new FakeScorer()
            .withImages(image -> at(image.getRGB(0, 0) >> 16 & 0xff))
            .withTexts(text -> at(text.endsWith("cat") ? 0 : 90)),
        new FakeGenerator());
  }

  static Sgid sgid() {
    return builder().build();
  }

  static double cos(double degrees) {
    return Math.cos(Math.toRadians(degrees));
  }

  private static float[] at(double degrees) {
    return new float[] {
      (float) Math.cos(Math.toRadians(degrees)), (float) Math.sin(Math.toRadians(degrees))
    };
  }

  /** An image of one color. */
  static BufferedImage red(int level) {
    BufferedImage image = new BufferedImage(4, 4, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 16; i++) {
      image.setRGB(i % 4, i / 4, level << 16);
    }
    return image;
  }

  /** Writes an image of one color. */
  static void put(Path file, int red) {
    try {
      Files.createDirectories(file.getParent());
      ImageIO.write(red(red), "png", file.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package dev.sgid.nd4j;

import dev.sgid.Sgid;
import dev.sgid.dataset.AugmentJob;
import dev.sgid.dataset.training.TrainingSet;
import dev.sgid.testing.FakeCaptioner;
import dev.sgid.testing.FakeGenerator;
import dev.sgid.testing.FakeScorer;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import javax.imageio.ImageIO;

/** A data set of two classes, dark and bright pictures with noise on them, two copies of each. */
final class TrainingFolder {
  static final int SIDE = 8;

  private TrainingFolder() {}

  /** Augments as many square images of each class. */
  static TrainingSet set(Path folder, int ofEachClass, int side) {
    Random random = new Random(1);
    for (int i = 0; i < ofEachClass; i++) {
      write(folder.resolve("in/dark/" + i + ".png"), random, 60, side);
      write(folder.resolve("in/bright/" + i + ".png"), random, 160, side);
    }
    try (Sgid sgid =
        Sgid.builder(new FakeCaptioner(), new FakeScorer(), new FakeGenerator()).build()) {
      AugmentJob.builder(folder.resolve("in"), folder.resolve("out"))
          .withCopies(2)
          .withOriginals(true)
          .build()
          .run(sgid);
    }
    return TrainingSet.of(folder.resolve("out"));
  }

  private static void write(Path file, Random random, int level, int side) {
    BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < side * side; i++) {
      image.setRGB(i % side, i / side, 0x010101 * (level + random.nextInt(32)));
    }
    try {
      Files.createDirectories(file.getParent());
      ImageIO.write(image, "png", file.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package dev.sgid.djl;

import dev.sgid.Sgid;
import dev.sgid.dataset.DatasetReader;
import dev.sgid.dataset.training.TrainingSet;
import dev.sgid.testing.FakeCaptioner;
import dev.sgid.testing.FakeGenerator;
import dev.sgid.testing.FakeScorer;
import dev.sgid.testing.TestImages;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;

/** Small training sets. */
final class Sets {
  static final List<String> CLASSES = List.of("bag", "coat", "dress");

  private Sets() {}

  /** Of each class so many images of noise, which differ. */
  static Path images(Path folder, int ofEach, int width, int height) throws IOException {
    int seed = 0;
    for (String label : CLASSES) {
      for (int i = 0; i < ofEach; i++) {
        write(folder.resolve(label + "/" + i + ".png"), TestImages.noise(width, height, seed++));
      }
    }
    return folder;
  }

  static void write(Path file, BufferedImage image) throws IOException {
    Files.createDirectories(file.getParent());
    if (!ImageIO.write(image, "png", file.toFile())) {
      throw new IOException("No writer of PNG files");
    }
  }

  static Sgid sgid(FakeGenerator generator) {
    return Sgid.builder()
        .withCaptioner(new FakeCaptioner())
        .withScorer(new FakeScorer())
        .withGenerator(generator)
        .build();
  }

  /** Four images of each class with two copies of each, which are made. */
  static TrainingSet withCopies(Path folder) throws IOException {
    Path images = images(folder.resolve("in"), 4, 6, 5);
    try (Sgid sgid = sgid(new FakeGenerator())) {
      TrainingSet set = TrainingSet.of(DatasetReader.of(images), sgid, 2, folder.resolve("cache"));
      set.makeCopies(set.samples());
      return set;
    }
  }
}

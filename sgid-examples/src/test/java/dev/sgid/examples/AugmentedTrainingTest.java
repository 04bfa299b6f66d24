package dev.sgid.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sgid.Sgid;
import dev.sgid.nd4j.AugmentedDataSetIterator;
import dev.sgid.testing.FakeCaptioner;
import dev.sgid.testing.FakeGenerator;
import dev.sgid.testing.FakeScorer;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.dataset.DataSet;

class AugmentedTrainingTest {
  @TempDir private Path temporary;

  @Test
  void batches_twoClasses_holdOriginalsAndCopies() throws IOException {
    Path folder = Files.createDirectory(temporary.resolve("in"));
    write(folder, "bag", 0x804020);
    write(folder, "coat", 0x204080);
    try (Sgid sgid =
            Sgid.builder(new FakeCaptioner(), new FakeScorer(), new FakeGenerator()).build();
        AugmentedDataSetIterator batches =
            AugmentedTraining.batches(sgid, folder, 2, temporary.resolve("cache"))) {
      DataSet batch = batches.next();
      assertThat(batch.getFeatures().shape()).containsExactly(6, 3, 6, 8);
      assertThat(batch.getLabels().sum(0).toIntVector()).containsExactly(3, 3);
      assertThat(batches.getLabels()).containsExactly("bag", "coat");
      assertThat(batches.hasNext()).isFalse();
    }
  }

  private static void write(Path folder, String label, int rgb) throws IOException {
    BufferedImage image = new BufferedImage(8, 6, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 48; i++) {
      image.setRGB(i % 8, i / 8, rgb);
    }
    Path file = Files.createDirectory(folder.resolve(label)).resolve("1.png");
    assertThat(ImageIO.write(image, "png", file.toFile())).isTrue();
  }
}

package dev.sgid.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sgid.Sgid;
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
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

class AugmentedTrainingTest {
  @TempDir private Path folder;

  @Test
  void dataSet_twoClasses_holdsOriginalsThenCopies() throws IOException {
    write("bag", 0x804020);
    write("coat", 0x204080);
    try (Sgid sgid =
        Sgid.builder(new FakeCaptioner(), new FakeScorer(), new FakeGenerator()).build()) {
      DataSet dataSet = AugmentedTraining.dataSet(sgid, folder, 2);
      try (INDArray features = dataSet.getFeatures();
          INDArray labels = dataSet.getLabels()) {
        assertThat(features.shape()).containsExactly(6, 3, 6, 8);
        assertThat(features.getFloat(1, 0, 0, 0)).isEqualTo(0x20 / 255f);
        assertThat(labels.argMax(1).toIntVector()).containsExactly(0, 1, 0, 0, 1, 1);
        assertThat(dataSet.getLabelNamesList()).containsExactly("bag", "coat");
      }
    }
  }

  private void write(String label, int rgb) throws IOException {
    BufferedImage image = new BufferedImage(8, 6, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 48; i++) {
      image.setRGB(i % 8, i / 8, rgb);
    }
    Path file = Files.createDirectory(folder.resolve(label)).resolve("1.png");
    assertThat(ImageIO.write(image, "png", file.toFile())).isTrue();
  }
}

package dev.sgid.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.awt.image.BufferedImage;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a data set of the shape of Fashion-MNIST's training images, of one pixel each. */
class FashionFoldersTest {
  private static final int TOTAL = 50_002;

  @TempDir private Path data;

  @BeforeEach
  void writeData() throws IOException {
    try (DataOutputStream images = file("train-images-idx3-ubyte.gz", 0x803);
        DataOutputStream labels = file("train-labels-idx1-ubyte.gz", 0x801)) {
      images.writeInt(1);
      images.writeInt(1);
      for (int i = 0; i < TOTAL; i++) {
        images.write(i % 251);
        labels.write(i % 10);
      }
    }
  }

  private DataOutputStream file(String name, int magic) throws IOException {
    DataOutputStream out =
        new DataOutputStream(new GZIPOutputStream(Files.newOutputStream(data.resolve(name))));
    out.writeInt(magic);
    out.writeInt(TOTAL);
    return out;
  }

  @Test
  void write_countOfTwo_writesTheFirstImagesThatTrainedNoPack() throws IOException {
    Path out = data.resolve("out");

    FashionFolders.write(data, out, 2);

    BufferedImage first = ImageIO.read(out.resolve("t-shirt/fashion-50000.png").toFile());
    BufferedImage second = ImageIO.read(out.resolve("trouser/fashion-50001.png").toFile());
    assertThat(first.getWidth()).isEqualTo(5);
    assertThat(first.getRaster().getSample(2, 2, 0)).isEqualTo(50_000 % 251);
    assertThat(first.getRaster().getSample(1, 2, 0)).isZero();
    assertThat(second.getRaster().getSample(2, 2, 0)).isEqualTo(50_001 % 251);
  }

  @Test
  void write_moreThanThereAre_namesCountAndRange() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FashionFolders.write(data, data.resolve("out"), 3))
        .withMessageStartingWith("count is 3, must be 1 to 2");
  }
}

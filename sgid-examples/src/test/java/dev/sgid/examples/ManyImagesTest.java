package dev.sgid.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManyImagesTest {
  @Test
  void main_folderOfBags_writesTwoCopiesOfEach(@TempDir Path out) throws IOException {
    Path bags = Path.of("data/fashion/bag");

    ManyImages.main(new String[] {bags.toString(), "bag", out.toString()});

    try (Stream<Path> originals = Files.list(bags)) {
      assertThat(originals)
          .allSatisfy(
              original -> {
                for (int copy = 0; copy < 2; copy++) {
                  Path written = out.resolve(copy + "-" + original.getFileName());
                  assertThat(ImageIO.read(written.toFile()).getWidth()).isEqualTo(32);
                }
              });
    }
  }
}

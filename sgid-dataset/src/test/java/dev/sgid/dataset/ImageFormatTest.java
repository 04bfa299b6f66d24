package dev.sgid.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sgid.Sgid;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageFormatTest {
  @ParameterizedTest
  @CsvSource({"png, png", "jpeg, jpeg:95", "' jpeg:1', jpeg:1", "jpeg:100, jpeg:100"})
  void parse_text_isWhatToStringGives(String text, String format) {
    assertThat(ImageFormat.parse(text)).hasToString(format);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "jpg", "jpeg:", "png:3", "jpeg:-1", "webp"})
  void parse_noFormat_isRefused(String text) {
    assertThatThrownBy(() -> ImageFormat.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("An image format is png, jpeg or jpeg:QUALITY, is \"" + text + "\"");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 101})
  void jpeg_qualityOutOfRange_isRefused(int quality) {
    assertThatThrownBy(() -> ImageFormat.parse("jpeg:" + quality))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("quality must be in [1, 100], is " + quality);
  }

  @Test
  void encode_jpeg_isSmallerAndNearlyTheSame() throws IOException {
    BufferedImage picture = TestImages.halves(64, 48, BufferedImage.TYPE_INT_RGB);
    byte[] fine = ImageFormat.jpeg(95).encode(picture);
    byte[] coarse = ImageFormat.jpeg(10).encode(picture);

    BufferedImage read = ImageIO.read(new ByteArrayInputStream(fine));
    assertThat(coarse).hasSizeLessThan(fine.length);
    assertThat(read.getRaster().getSample(3, 3, 0))
        .isCloseTo(picture.getRGB(3, 3) >> 16 & 0xff, within(3));
  }

  @Test
  void run_jpeg_namesAndFilesAreJpeg(@TempDir Path folder) throws IOException {
    Files.createDirectories(folder.resolve("in/cat"));
    Files.write(
        folder.resolve("in/cat/a.png"), TestImages.encode(TestImages.noise(8, 6, 1), "png"));
    try (Sgid sgid = new FakeStages().sgid()) {
      AugmentJob job =
          AugmentJob.builder(folder.resolve("in"), folder.resolve("out"))
              .withImageFormat(ImageFormat.jpeg(90))
              .build();

      assertThat(job.run(sgid).pictures()).isEqualTo(1);
      assertThat(job.run(sgid).alreadyThere()).isEqualTo(1);
    }
    assertThat(Files.readAllBytes(folder.resolve("out/cat/a-sgid-0.jpg")))
        .startsWith(0xff, 0xd8, 0xff);
    assertThat(folder.resolve("out/sgid-job.json")).content().contains("\"jpeg:90\"");
  }
}

package dev.sgid.dataset;

import static dev.sgid.dataset.TestImages.BLUE;
import static dev.sgid.dataset.TestImages.RED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.awt.image.WritableRaster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageDecoderTest {
  private final ImageDecoder decoder = new ImageDecoder();

  @ParameterizedTest
  @ValueSource(strings = {"png", "bmp", "gif", "tiff"})
  void decode_losslessFormat_givesItsPixels(String format) throws IOException {
    BufferedImage image = decoder.decode(TestImages.encode(TestImages.halves(16, 8), format));

    assertThat(image.getType()).isEqualTo(BufferedImage.TYPE_INT_RGB);
    assertThat(image.getWidth()).isEqualTo(16);
    assertThat(image.getHeight()).isEqualTo(8);
    assertThat(rgb(image, 2, 4)).isEqualTo(RED);
    assertThat(rgb(image, 13, 4)).isEqualTo(BLUE);
  }

  @Test
  void decode_losslessWebp_givesItsPixels() throws IOException {
    BufferedImage image = decoder.decode(TestImages.LOSSLESS_WEBP);

    assertThat(rgb(image, 4, 2)).isEqualTo(RED);
    assertThat(rgb(image, 4, 13)).isEqualTo(BLUE);
  }

  @Test
  void decode_cmykJpeg_givesWhatPillowShows() throws IOException {
    BufferedImage image = decoder.decode(TestImages.CMYK_JPEG);

    assertNear(rgb(image, 3, 3), 235, 51, 32);
    assertNear(rgb(image, 12, 3), 30, 190, 215);
    assertNear(rgb(image, 3, 12), 127, 127, 127);
    assertNear(rgb(image, 12, 12), 195, 255, 55);
  }

  @Test
  void decode_grayPng_keepsItsLevels() throws IOException {
    BufferedImage gray = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_GRAY);
    gray.getRaster().setSample(1, 0, 0, 101);

    assertThat(rgb(decoder.decode(TestImages.encode(gray, "png")), 1, 0)).isEqualTo(0x656565);
  }

  @Test
  void decode_grayPngOf16Bits_scalesItsLevels() throws IOException {
    BufferedImage gray = new BufferedImage(256, 1, BufferedImage.TYPE_USHORT_GRAY);
    WritableRaster raster = gray.getRaster();
    for (int x = 0; x < 256; x++) {
      raster.setSample(x, 0, 0, x * 257);
    }

    BufferedImage image = decoder.decode(TestImages.encode(gray, "png"));

    for (int x = 0; x < 256; x++) {
      assertThat(rgb(image, x, 0)).isEqualTo(x * 0x010101);
    }
  }

  @Test
  void decode_transparentPng_isLaidOnWhite() throws IOException {
    BufferedImage clear = new BufferedImage(2, 1, BufferedImage.TYPE_INT_ARGB);
    clear.setRGB(1, 0, 0x80000000);

    BufferedImage image = decoder.decode(TestImages.encode(clear, "png"));

    assertThat(rgb(image, 0, 0)).isEqualTo(0xffffff);
    assertThat(rgb(image, 1, 0)).isEqualTo(0x7f7f7f);
  }

  @Test
  void decode_palettePng_givesItsColors() throws IOException {
    BufferedImage palette = TestImages.halves(16, 8, BufferedImage.TYPE_BYTE_INDEXED);
    int red = palette.getRGB(2, 4) & 0xffffff;

    assertThat(rgb(decoder.decode(TestImages.encode(palette, "png")), 2, 4)).isEqualTo(red);
  }

  @Test
  void decode_animatedGif_givesTheFirstFrame() throws IOException {
    byte[] gif = TestImages.animatedGif(TestImages.halves(8, 8), TestImages.noise(8, 8, 1));

    BufferedImage image = decoder.decode(gif);

    assertThat(rgb(image, 1, 4)).isEqualTo(RED);
    assertThat(rgb(image, 6, 4)).isEqualTo(BLUE);
  }

  @Test
  void decode_gifWhoseFrameIsSmallerThanItsScreen_givesTheWholeScreen() throws IOException {
    byte[] gif = TestImages.encode(TestImages.halves(8, 8), "gif");
    gif[6] = 20; // width and height of the screen, little-endian
    gif[8] = 10;

    BufferedImage image = decoder.decode(gif);

    assertThat(image.getWidth()).isEqualTo(20);
    assertThat(image.getHeight()).isEqualTo(10);
    assertThat(rgb(image, 1, 4)).isEqualTo(RED);
    assertThat(rgb(image, 15, 4)).isEqualTo(0xffffff);
  }

  /** The stored picture is 16x8, red on the left; where red is shown tells how it was turned. */
  @ParameterizedTest
  @CsvSource({
    "1, 16, 8, 1, 4", "2, 16, 8, 14, 4", "3, 16, 8, 14, 4", "4, 16, 8, 1, 4",
    "5, 8, 16, 4, 1", "6, 8, 16, 4, 1", "7, 8, 16, 4, 14", "8, 8, 16, 4, 14"
  })
  void decode_exifOrientation_turnsThePicture(
      int orientation, int width, int height, int redX, int redY) throws IOException {
    byte[] png = TestImages.encode(TestImages.halves(16, 8), "png");

    BufferedImage image = decoder.decode(TestImages.pngWithOrientation(png, orientation));

    assertThat(image.getWidth()).isEqualTo(width);
    assertThat(image.getHeight()).isEqualTo(height);
    assertThat(rgb(image, redX, redY)).isEqualTo(RED);
    assertThat(rgb(image, width - 1 - redX, height - 1 - redY)).isEqualTo(BLUE);
  }

  /** Mirrored ones too: one red corner pixel goes where EXIF's table says. */
  @ParameterizedTest
  @CsvSource({
    "1, 0, 0", "2, 2, 0", "3, 2, 1", "4, 0, 1", "5, 0, 0", "6, 1, 0", "7, 1, 2", "8, 0, 2"
  })
  void decode_exifOrientation_movesTheFirstPixel(int orientation, int x, int y) throws IOException {
    BufferedImage corner = new BufferedImage(3, 2, BufferedImage.TYPE_INT_RGB);
    corner.setRGB(0, 0, RED);
    byte[] png = TestImages.encode(corner, "png");

    BufferedImage image = decoder.decode(TestImages.pngWithOrientation(png, orientation));

    assertThat(rgb(image, x, y)).isEqualTo(RED);
  }

  @Test
  void decode_turnedJpeg_isUpright() throws IOException {
    byte[] jpeg = TestImages.encode(TestImages.halves(32, 16), "jpg");

    BufferedImage image = decoder.decode(TestImages.withOrientation(jpeg, 6));

    assertThat(image.getHeight()).isEqualTo(32);
    assertNear(rgb(image, 8, 4), 220, 30, 40);
  }

  @Test
  void decode_turnedWebp_isUpright() throws IOException {
    BufferedImage image = decoder.decode(TestImages.TURNED_WEBP);

    assertThat(image.getHeight()).isEqualTo(16);
    assertThat(rgb(image, 4, 2)).isEqualTo(RED);
  }

  @Test
  void decode_brokenExif_isIgnored() throws IOException {
    byte[] png = TestImages.encode(TestImages.halves(16, 8), "png");
    byte[] exif = {'M', 'M', 0, 42, 0x7f, 0, 0, 0};

    assertThat(decoder.decode(TestImages.withChunk(png, "eXIf", exif)).getWidth()).isEqualTo(16);
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpg", "gif", "bmp", "tiff"})
  void decode_fileCutShort_fails(String format) throws IOException {
    byte[] whole = TestImages.encode(TestImages.noise(64, 64, 7), format);

    for (double part : new double[] {0.1, 0.5, 0.75, 0.95}) {
      byte[] cut = Arrays.copyOf(whole, (int) (whole.length * part));
      assertThatThrownBy(() -> decoder.decode(cut))
          .as("%s of %s", part, format)
          .isInstanceOf(IOException.class)
          .message()
          .isNotBlank();
    }
  }

  @Test
  void decode_webpCutShort_fails() {
    byte[] cut = Arrays.copyOf(TestImages.LOSSLESS_WEBP, 40);

    assertThatThrownBy(() -> decoder.decode(cut))
        .isInstanceOf(IOException.class)
        .hasMessage("can't be decoded as WEBP: the file is cut short");
  }

  @Test
  void decode_decompressionBomb_failsBeforeDecoding() throws IOException {
    byte[] bomb = TestImages.pngClaiming(50_000, 50_000);

    assertThatThrownBy(() -> decoder.decode(bomb))
        .isInstanceOf(IOException.class)
        .hasMessage("50000x50000 pixels are more than the 100000000 allowed");
  }

  /** 2 GB of pixels, which the heap of the tests has no room for. */
  @Test
  void decode_imageTooLargeForTheHeap_failsAlone() throws IOException {
    ImageDecoder unlimited = new ImageDecoder(Long.MAX_VALUE);
    byte[] large = TestImages.pngClaiming(26_000, 26_000);

    assertThatThrownBy(() -> unlimited.decode(large))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(
            "too large for the memory of this Java process: 26000x26000 pixels take 4732 MB, it has"
                + " ");
    assertThat(unlimited.decode(TestImages.LOSSLESS_WEBP).getWidth()).isPositive();
  }

  @Test
  void decode_imageAboveTheLimitSet_fails() throws IOException {
    byte[] png = TestImages.encode(TestImages.halves(8, 8), "png");

    assertThat(new ImageDecoder(64).decode(png).getWidth()).isEqualTo(8);
    assertThatThrownBy(() -> new ImageDecoder(63).decode(png))
        .isInstanceOf(IOException.class)
        .hasMessage("8x8 pixels are more than the 63 allowed");
  }

  @Test
  void decode_whatIsNoImage_fails() {
    assertThatThrownBy(() -> decoder.decode(new byte[] {1, 2, 3}))
        .isInstanceOf(IOException.class)
        .hasMessage("no image of a format that can be read");
    assertThatThrownBy(() -> decoder.decode(new byte[0]))
        .isInstanceOf(IOException.class)
        .hasMessage("the file is empty");
  }

  @Test
  void read_file_decodesIt(@TempDir Path folder) throws IOException {
    Path file =
        Files.write(folder.resolve("a.png"), TestImages.encode(TestImages.halves(4, 4), "png"));

    assertThat(decoder.read(file).getWidth()).isEqualTo(4);
  }

  @Test
  void constructor_noPixels_isRefused() {
    assertThatThrownBy(() -> new ImageDecoder(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxPixels must be at least 1, is 0");
  }

  private static int rgb(BufferedImage image, int x, int y) {
    return image.getRGB(x, y) & 0xffffff;
  }

  private static void assertNear(int rgb, int red, int green, int blue) {
    assertThat(Math.abs((rgb >> 16) - red)).as("red of %06x", rgb).isLessThanOrEqualTo(6);
    assertThat(Math.abs((rgb >> 8 & 0xff) - green)).as("green of %06x", rgb).isLessThanOrEqualTo(6);
    assertThat(Math.abs((rgb & 0xff) - blue)).as("blue of %06x", rgb).isLessThanOrEqualTo(6);
  }
}

package dev.sgid.internal;

import static dev.sgid.testing.ImageAssert.assertThatImage;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sgid.testing.TestImages;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.WritableRaster;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RgbImageTest {
  @Test
  void of_moreThanAnArrayHolds_isRefusedWithTheSize() {
    BufferedImage image = new BufferedImage(26_800, 26_800, BufferedImage.TYPE_BYTE_BINARY);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> RgbImage.of(image))
        .withMessage("An image must have at most 715827882 pixels, is 26800x26800");
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        BufferedImage.TYPE_INT_RGB,
        BufferedImage.TYPE_INT_BGR,
        BufferedImage.TYPE_3BYTE_BGR,
        BufferedImage.TYPE_INT_ARGB,
        BufferedImage.TYPE_INT_ARGB_PRE,
        BufferedImage.TYPE_4BYTE_ABGR,
        BufferedImage.TYPE_4BYTE_ABGR_PRE
      })
  void of_opaqueColor_keepsEveryChannel(int type) {
    BufferedImage image = new BufferedImage(2, 1, type);
    image.setRGB(0, 0, 0xff01_80fe);
    image.setRGB(1, 0, 0xffff_0065);

    assertPixels(RgbImage.of(image), 0x01, 0x80, 0xfe, 0xff, 0x00, 0x65);
  }

  @Test
  void of_byteGray_isReadFromTheRasterWithoutGamma() {
    BufferedImage image = new BufferedImage(256, 1, BufferedImage.TYPE_BYTE_GRAY);
    for (int x = 0; x < 256; x++) {
      image.getRaster().setSample(x, 0, 0, x);
    }
    assertThat(image.getRGB(101, 0) & 0xff).isEqualTo(169); // what getRGB would have given

    RgbImage rgb = RgbImage.of(image);

    for (int x = 0; x < 256; x++) {
      assertThat(pixel(rgb, x)).containsExactly(x, x, x);
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "65535, 255", "257, 1", "128, 0", "129, 1", "25957, 101", "32896, 128"})
  void of_ushortGray_isScaledAndRounded(int value, int expected) {
    BufferedImage image = new BufferedImage(1, 1, BufferedImage.TYPE_USHORT_GRAY);
    image.getRaster().setSample(0, 0, 0, value);

    assertPixels(RgbImage.of(image), expected, expected, expected);
  }

  @Test
  void of_ushortColor_isScaledToEightBits() {
    BufferedImage image = component(ColorSpace.CS_sRGB, 2, false, DataBuffer.TYPE_USHORT, 3);
    image.getRaster().setPixel(0, 0, new int[] {0, 257 * 101, 65535});

    assertPixels(RgbImage.of(image), 0, 101, 255, 0, 0, 0);
  }

  @ParameterizedTest
  @CsvSource({"100, 255, 100", "100, 0, 255", "0, 128, 127", "100, 128, 177", "255, 7, 255"})
  void of_grayWithAlpha_isLaidOnWhite(int gray, int alpha, int expected) {
    BufferedImage image = component(ColorSpace.CS_GRAY, 1, false, DataBuffer.TYPE_BYTE, 2);
    image.getRaster().setPixel(0, 0, new int[] {gray, alpha});

    assertPixels(RgbImage.of(image), expected, expected, expected);
  }

  @ParameterizedTest
  @CsvSource({"100, 255, 100", "0, 0, 255", "50, 128, 177", "7, 7, 255"})
  void of_premultipliedGrayWithAlpha_isLaidOnWhite(int gray, int alpha, int expected) {
    BufferedImage image = component(ColorSpace.CS_GRAY, 1, true, DataBuffer.TYPE_BYTE, 2);
    image.getRaster().setPixel(0, 0, new int[] {gray, alpha});

    assertPixels(RgbImage.of(image), expected, expected, expected);
  }

  @ParameterizedTest
  @ValueSource(ints = {DataBuffer.TYPE_FLOAT, DataBuffer.TYPE_DOUBLE})
  void of_floatingPointGray_isTheRastersValueClipped(int dataType) {
    BufferedImage image = component(ColorSpace.CS_GRAY, 6, false, dataType, 1);
    double[] values = {0, 101 / 255.0, 1, 1.5, -1, Double.NaN};
    image.getRaster().setPixels(0, 0, 6, 1, values);

    assertPixels(
        RgbImage.of(image), 0, 0, 0, 101, 101, 101, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0);
  }

  @Test
  void of_floatingPointGrayWithAlpha_isLaidOnWhite() {
    BufferedImage image = component(ColorSpace.CS_GRAY, 1, false, DataBuffer.TYPE_FLOAT, 2);
    image.getRaster().setPixel(0, 0, new float[] {100 / 255f, 128 / 255f});

    assertPixels(RgbImage.of(image), 177, 177, 177);
  }

  @Test
  void of_sixteenBitGrayWithAlpha_isLaidOnWhite() {
    BufferedImage image = component(ColorSpace.CS_GRAY, 1, false, DataBuffer.TYPE_USHORT, 2);
    image.getRaster().setPixel(0, 0, new int[] {257 * 100, 257 * 128});

    assertPixels(RgbImage.of(image), 177, 177, 177);
  }

  @Test
  void of_argb_isLaidOnWhite() {
    BufferedImage image = new BufferedImage(3, 1, BufferedImage.TYPE_INT_ARGB);
    image.setRGB(0, 0, 0x0012_3456);
    image.setRGB(1, 0, 0x80ff_0064);
    image.setRGB(2, 0, 0xff12_3456);

    assertPixels(RgbImage.of(image), 255, 255, 255, 255, 127, 177, 0x12, 0x34, 0x56);
  }

  static LongStream seeds() {
    return LongStream.range(0, 5);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void of_premultipliedArgb_isWithinALevelOfTheExactMixture(long seed) {
    Random random = new Random(seed);
    BufferedImage image = new BufferedImage(200, 1, BufferedImage.TYPE_INT_ARGB_PRE);
    int[] samples = new int[4];
    int[][] expected = new int[200][3];
    for (int x = 0; x < 200; x++) {
      samples[3] = random.nextInt(256);
      for (int band = 0; band < 3; band++) {
        samples[band] = random.nextInt(samples[3] + 1);
        expected[x][band] = samples[band] + 255 - samples[3];
      }
      image.getRaster().setPixel(x, 0, samples);
    }

    RgbImage rgb = RgbImage.of(image);

    for (int x = 0; x < 200; x++) {
      for (int band = 0; band < 3; band++) {
        assertThat(pixel(rgb, x)[band])
            .as("seed %d, pixel %d, band %d", seed, x, band)
            .isBetween(expected[x][band] - 1, expected[x][band] + 1);
      }
    }
  }

  @Test
  void of_paletteWithTransparency_isLookedUpAndLaidOnWhite() {
    byte[] red = {10, (byte) 200, 0};
    byte[] green = {20, 100, 0};
    byte[] blue = {30, 50, 0};
    byte[] alpha = {(byte) 255, (byte) 255, 0};
    IndexColorModel palette = new IndexColorModel(8, 3, red, green, blue, alpha);
    BufferedImage image = new BufferedImage(3, 1, BufferedImage.TYPE_BYTE_INDEXED, palette);
    image.getRaster().setPixels(0, 0, 3, 1, new int[] {0, 1, 2});

    assertPixels(RgbImage.of(image), 10, 20, 30, 200, 100, 50, 255, 255, 255);
  }

  @Test
  void of_binary_isBlackAndWhite() {
    BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_BINARY);
    image.getRaster().setSample(1, 0, 0, 1);

    assertPixels(RgbImage.of(image), 0, 0, 0, 255, 255, 255);
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        BufferedImage.TYPE_INT_RGB,
        BufferedImage.TYPE_BYTE_GRAY,
        BufferedImage.TYPE_4BYTE_ABGR
      })
  void of_subImage_isThatPartOnly(int type) {
    BufferedImage whole = new BufferedImage(9, 7, type);
    for (int y = 0; y < 7; y++) {
      for (int x = 0; x < 9; x++) {
        int value = 20 * x + y;
        whole.getRaster().setPixel(x, y, new int[] {value, value, value, 255});
      }
    }

    RgbImage part = RgbImage.of(whole.getSubimage(4, 2, 3, 5));

    assertThat(part.width()).isEqualTo(3);
    assertThat(part.height()).isEqualTo(5);
    assertThat(part.rgb()).isEqualTo(RgbImage.of(whole).crop(4, 2, 3, 5).rgb());
    assertThat(pixel(part, 0)).containsExactly(82, 82, 82);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void toBufferedImage_anyPixels_goesThereAndBack(long seed) {
    BufferedImage image = TestImages.noise(1 + (int) seed * 7, 11, seed);

    BufferedImage back = RgbImage.of(image).toBufferedImage();

    assertThatImage(back).hasPixelsOf(image);
    assertThat(back.getType()).isEqualTo(BufferedImage.TYPE_INT_RGB);
  }

  @Test
  void identity_knownPixels_isWhatItAlwaysWas() {
    RgbImage image = new RgbImage(2, 1, new byte[] {(byte) 255, 0, 0, 0, (byte) 128, (byte) 255});

    assertThat(image.identity()) // Python: sha256(b"RGB8" + pack(">ii", 2, 1) + pixels)
        .isEqualTo("2ca057d7457d9e59995ba2e4ab41584117fbdaa6b2745afd3d0499f615cc1a69");
  }

  @Test
  void identity_samePixels_isTheSameWhateverTheTypeAndOtherInAnotherShape() {
    BufferedImage image = TestImages.noise(6, 4, 1);
    BufferedImage bgr = new BufferedImage(6, 4, BufferedImage.TYPE_3BYTE_BGR);
    bgr.setRGB(0, 0, 6, 4, image.getRGB(0, 0, 6, 4, null, 0, 6), 0, 6);
    RgbImage rgb = RgbImage.of(image);

    assertThat(RgbImage.of(bgr).identity()).isEqualTo(rgb.identity());
    assertThat(new RgbImage(4, 6, rgb.rgb()).identity()).isNotEqualTo(rgb.identity());
  }

  @Test
  void of_image_isNotChanged() {
    BufferedImage image = TestImages.noise(6, 4, 1);
    BufferedImage before = TestImages.copy(image);

    RgbImage rgb = RgbImage.of(image);
    rgb.rgb()[0]++;

    assertThatImage(image).hasPixelsOf(before);
  }

  @Test
  void rgbImage_wrongNumberOfBytes_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RgbImage(2, 2, new byte[11]))
        .withMessage("An RGB image of 2x2 can't have 11 bytes");
    assertThatIllegalArgumentException().isThrownBy(() -> new RgbImage(0, 2, new byte[0]));
  }

  private static BufferedImage component(
      int space, int width, boolean premultiplied, int dataType, int bands) {
    boolean alpha = bands % 2 == 0;
    ColorModel model =
        new ComponentColorModel(
            ColorSpace.getInstance(space),
            alpha,
            premultiplied,
            alpha ? Transparency.TRANSLUCENT : Transparency.OPAQUE,
            dataType);
    WritableRaster raster = model.createCompatibleWritableRaster(width, 1);
    return new BufferedImage(model, raster, premultiplied, null);
  }

  private static int[] pixel(RgbImage image, int index) {
    int[] pixel = new int[3];
    for (int band = 0; band < 3; band++) {
      pixel[band] = image.rgb()[3 * index + band] & 0xff;
    }
    return pixel;
  }

  private static void assertPixels(RgbImage image, int... expected) {
    byte[] bytes = new byte[expected.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) expected[i];
    }
    assertThat(image.rgb()).isEqualTo(bytes);
  }
}

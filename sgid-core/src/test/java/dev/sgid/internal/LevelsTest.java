package dev.sgid.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DirectColorModel;
import java.awt.image.IndexColorModel;
import java.awt.image.WritableRaster;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pictures of all types that users of the library may make themselves. */
class LevelsTest {
  private static final ColorSpace SRGB = ColorSpace.getInstance(ColorSpace.CS_sRGB);
  private static final ColorSpace GRAY = ColorSpace.getInstance(ColorSpace.CS_GRAY);
  private static final ColorSpace LINEAR = ColorSpace.getInstance(ColorSpace.CS_LINEAR_RGB);

  /** One pixel: black, level 101 and white, as far as the type has numbers for them. */
  @ParameterizedTest
  @CsvSource({
    "0, 0, 101, 255", // byte
    "1, 0, 25957, 65535", // unsigned short
    "2, 0, 12978, 32767", // short, which is signed
    "3, 0, 1701143909, -1", // int, which is unsigned
    "4, 0, 0.396078, 1", // float
    "5, 0, 0.396078, 1" // double
  })
  void of_anyWidthAndSign_areTheLevels(int dataType, double red, double green, double blue) {
    BufferedImage image = pixel(SRGB, false, false, dataType, red, green, blue);

    assertThat(shown(image)).containsExactly(0, 101, 255);
  }

  @ParameterizedTest
  @CsvSource({"0, 101", "1, 25957", "2, 12978", "3, 1701143909", "4, 0.396078", "5, 0.396078"})
  void of_grayOfAnyWidth_isTheLevel(int dataType, double level) {
    assertThat(shown(pixel(GRAY, false, false, dataType, level))).containsExactly(101, 101, 101);
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.5, 1.5, Double.NaN})
  void of_floatingPointBeyondBlackAndWhite_isClipped(double value) {
    int level = value > 1 ? 255 : 0;

    assertThat(shown(pixel(SRGB, false, false, DataBuffer.TYPE_FLOAT, value, value, value)))
        .containsExactly(level, level, level);
  }

  /** Level 200 at half opacity, which the samples have been multiplied by or not. */
  @ParameterizedTest
  @CsvSource({
    "0, false, 200, 128", "0, true, 100, 128",
    "1, false, 51400, 32896", "1, true, 25800, 32896",
    "3, false, -926365496, -2139062144", "3, true, 1690880128, -2139062144",
    "4, false, 0.784314, 0.501961", "4, true, 0.393695, 0.501961"
  })
  void of_alpha_isLaidOnWhite(int dataType, boolean premultiplied, double sample, double alpha) {
    BufferedImage gray = pixel(GRAY, true, premultiplied, dataType, sample, alpha);
    BufferedImage rgb = pixel(SRGB, true, premultiplied, dataType, sample, sample, sample, alpha);

    for (BufferedImage image : new BufferedImage[] {gray, rgb}) {
      for (int level : shown(image)) {
        assertThat(level).isBetween(226, 228); // 200 x 128/255 + 127
      }
    }
  }

  /** sRGB's formula: 0.2140 of the light is level 127.5. */
  @ParameterizedTest
  @CsvSource({"0, 55, 128", "1, 14025, 128", "2, 7012, 128", "4, 0.2140, 128", "5, 0.0100, 25"})
  void of_linearColor_isCompanded(int dataType, double light, int level) {
    int[] shown = shown(pixel(LINEAR, false, false, dataType, light, light, light));

    assertThat(shown[0]).isBetween(level - 1, level + 1);
    assertThat(shown).containsOnly(shown[0]);
  }

  @Test
  void of_linearPackedColor_isCompanded() {
    ColorModel model =
        new DirectColorModel(LINEAR, 24, 0xff0000, 0xff00, 0xff, 0, false, DataBuffer.TYPE_INT);
    BufferedImage image =
        new BufferedImage(model, model.createCompatibleWritableRaster(1, 1), false, null);
    image.getRaster().setPixel(0, 0, new int[] {0, 55, 255});

    int[] shown = shown(image);

    assertThat(shown[0]).isZero();
    assertThat(shown[1]).isBetween(127, 129);
    assertThat(shown[2]).isEqualTo(255);
  }

  /** A copy of the JDK's gray profile, whose levels are proportional to the light. */
  @Test
  void of_grayWithAProfileOfItsOwn_isConverted() {
    byte[] profile = ICC_Profile.getInstance(ColorSpace.CS_GRAY).getData();
    ColorSpace own = new ICC_ColorSpace(ICC_Profile.getInstance(profile));

    int[] shown = shown(pixel(own, false, false, DataBuffer.TYPE_BYTE, 55));

    assertThat(shown[0]).isBetween(127, 129);
    assertThat(shown).containsOnly(shown[0]);
  }

  @Test
  void of_colorSpaceWithoutProfile_asksItForRgb() {
    ColorSpace swapped =
        new ColorSpace(ColorSpace.TYPE_RGB, 3) {
          private static final long serialVersionUID = 1L;

          @Override
          public float[] toRGB(float[] color) {
            return new float[] {color[2], color[1], color[0]};
          }

          @Override
          public float[] fromRGB(float[] rgb) {
            return toRGB(rgb);
          }

          @Override
          public float[] toCIEXYZ(float[] color) {
            return SRGB.toCIEXYZ(toRGB(color));
          }

          @Override
          public float[] fromCIEXYZ(float[] color) {
            return toRGB(SRGB.fromCIEXYZ(color));
          }
        };

    assertThat(shown(pixel(swapped, false, false, DataBuffer.TYPE_BYTE, 10, 20, 30)))
        .containsExactly(30, 20, 10);
  }

  @Test
  void of_indexedGray_isLookedUp() {
    byte[] levels = {0, 101, (byte) 255};
    IndexColorModel palette = new IndexColorModel(2, 3, levels, levels, levels);
    BufferedImage image = new BufferedImage(1, 1, BufferedImage.TYPE_BYTE_BINARY, palette);
    image.getRaster().setSample(0, 0, 0, 1);

    assertThat(shown(image)).containsExactly(101, 101, 101);
  }

  @ParameterizedTest
  @ValueSource(ints = {BufferedImage.TYPE_USHORT_565_RGB, BufferedImage.TYPE_USHORT_555_RGB})
  void of_packedColor_isScaledToAllLevels(int type) {
    BufferedImage image = new BufferedImage(1, 1, type);
    image.setRGB(0, 0, 0xff00ff);

    assertThat(shown(image)).containsExactly(255, 0, 255);
  }

  @Test
  void constructor_wrongSizes_areRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Levels(2, 1, 3, new byte[6], new byte[1]))
        .withMessage("Levels of 2x1 pixels and 3 colors can't have 6 samples and 1 of opacity");
    assertThatIllegalArgumentException().isThrownBy(() -> new Levels(2, 1, 2, new byte[4], null));
  }

  private static int[] shown(BufferedImage image) {
    byte[] rgb = Levels.of(image).onWhite().rgb();
    return new int[] {rgb[0] & 0xff, rgb[1] & 0xff, rgb[2] & 0xff};
  }

  private static BufferedImage pixel(
      ColorSpace space, boolean alpha, boolean premultiplied, int dataType, double... samples) {
    ColorModel model =
        new ComponentColorModel(
            space,
            alpha,
            premultiplied,
            alpha ? Transparency.TRANSLUCENT : Transparency.OPAQUE,
            dataType);
    WritableRaster raster = model.createCompatibleWritableRaster(1, 1);
    raster.setPixel(0, 0, samples);
    return new BufferedImage(model, raster, premultiplied, null);
  }
}

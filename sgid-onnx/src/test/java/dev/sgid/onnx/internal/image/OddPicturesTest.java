package dev.sgid.onnx.internal.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.sgid.internal.RgbImage;
import dev.sgid.onnx.reference.Golden;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.WritableRaster;
import org.junit.jupiter.api.Test;

/** {@link RgbImage#of} on pictures that are not plain RGB, against what Pillow reads. */
class OddPicturesTest {
  private static final JsonObject GOLDEN = Golden.read("image/processors.json.gz");

  @Test
  void of_gray_equalsPillow() {
    assertReads("gray", new BufferedImage(40, 25, BufferedImage.TYPE_BYTE_GRAY));
  }

  @Test
  void of_grayWithAlpha_equalsPillowOnWhite() {
    assertReads("gray_alpha", component(ColorSpace.CS_GRAY, true, DataBuffer.TYPE_BYTE));
  }

  @Test
  void of_colourWithAlpha_equalsPillowOnWhite() {
    assertReads("rgba", component(ColorSpace.CS_sRGB, true, DataBuffer.TYPE_BYTE));
    assertReads("rgba", new BufferedImage(40, 25, BufferedImage.TYPE_INT_ARGB));
  }

  @Test
  void of_palette_equalsPillow() {
    byte[] colours = Golden.bytes(GOLDEN.get("palette"));
    IndexColorModel model = new IndexColorModel(8, 16, colours, 0, false);

    assertReads("palette", new BufferedImage(40, 25, BufferedImage.TYPE_BYTE_INDEXED, model));
  }

  @Test
  void of_oneBit_equalsPillow() {
    assertReads("bits", new BufferedImage(40, 25, BufferedImage.TYPE_BYTE_BINARY));
  }

  /** Pillow 13 clips 16-bit gray at 255; here it is scaled, as a viewer shows it. */
  @Test
  void of_gray16_isScaled() {
    BufferedImage image = new BufferedImage(256, 257, BufferedImage.TYPE_USHORT_GRAY);
    int[] all = new int[65536];
    for (int v = 0; v < all.length; v++) {
      all[v] = v;
    }
    image.getRaster().setPixels(0, 0, 256, 256, all);

    byte[] rgb = RgbImage.of(image).rgb();

    for (int v = 0; v < all.length; v++) {
      int expected = (int) Math.rint(v / 257.0);
      assertThat(rgb[3 * v] & 0xff).as("%d of 65535", v).isEqualTo(expected);
      assertThat(rgb[3 * v + 2]).isEqualTo(rgb[3 * v]);
    }
  }

  @Test
  void of_colour16_isScaledToWithinOneLevel() {
    BufferedImage image = component(ColorSpace.CS_sRGB, false, DataBuffer.TYPE_USHORT);
    int[] samples = new int[3 * 40 * 25];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (int) (i * 65535L / (samples.length - 1));
    }
    image.getRaster().setPixels(0, 0, 40, 25, samples);

    byte[] rgb = RgbImage.of(image).rgb();

    for (int i = 0; i < samples.length; i++) {
      assertThat((rgb[i] & 0xff) - samples[i] / 257.0)
          .as("%d of 65535", samples[i])
          .isBetween(-1., 1.);
    }
  }

  private static void assertReads(String name, BufferedImage image) {
    JsonObject golden =
        Golden.objects(GOLDEN.get("odd_pictures")).stream()
            .filter(c -> c.get("name").getAsString().equals(name))
            .findFirst()
            .orElseThrow();
    byte[] bytes = Golden.bytes(golden.get("samples"));
    int[] samples = new int[bytes.length];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = bytes[i] & 0xff;
    }
    image.getRaster().setPixels(0, 0, 40, 25, samples);

    assertThat(Pictures.firstDifference(Golden.bytes(golden.get("pixels")), RgbImage.of(image)))
        .as(name)
        .isEmpty();
  }

  private static BufferedImage component(int space, boolean alpha, int type) {
    ColorModel model =
        new ComponentColorModel(
            ColorSpace.getInstance(space),
            alpha,
            false,
            alpha ? Transparency.TRANSLUCENT : Transparency.OPAQUE,
            type);
    WritableRaster raster = model.createCompatibleWritableRaster(40, 25);
    return new BufferedImage(model, raster, false, null);
  }
}

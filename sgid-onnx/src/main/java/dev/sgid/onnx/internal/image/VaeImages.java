package dev.sgid.onnx.internal.image;

import dev.sgid.internal.RgbImage;
import java.nio.FloatBuffer;

/**
 * Pictures to the tensors of a variational autoencoder and back, as diffusers' {@code
 * VaeImageProcessor}: bytes 0..255 are -1..1 in float32, and back with rounding half to even.
 */
public final class VaeImages {
  private static final float[] VALUES = new float[256];

  static {
    for (int value = 0; value < 256; value++) {
      VALUES[value] = 2 * (value / 255f) - 1;
    }
  }

  private VaeImages() {}

  /**
   * Writes {@code image} as (3, height, width) in -1..1, red first, from {@code out}'s position on.
   * Position and limit stay as they are.
   */
  public static void toTensor(RgbImage image, FloatBuffer out) {
    Planes.checkRoom(out, image.width(), image.height());
    byte[] rgb = image.rgb();
    int o = out.position();
    for (int c = 0; c < 3; c++) {
      for (int i = c; i < rgb.length; i += 3) {
        out.put(o++, VALUES[rgb[i] & 0xff]);
      }
    }
  }

  /**
   * Reads (3, height, width) from {@code in}'s position on; values outside -1..1 are clipped, NaN
   * is black. Position and limit stay as they are.
   */
  public static RgbImage toImage(FloatBuffer in, int width, int height) {
    Planes.checkRoom(in, width, height);
    byte[] rgb = new byte[Math.multiplyExact(3, Math.multiplyExact(width, height))];
    int i = in.position();
    for (int c = 0; c < 3; c++) {
      for (int o = c; o < rgb.length; o += 3) {
        float unit = Math.min(1, Math.max(0, in.get(i++) * 0.5f + 0.5f));
        rgb[o] = (byte) (int) Math.rint(unit * 255f);
      }
    }
    return new RgbImage(width, height, rgb);
  }
}

package dev.sgid.dataset.evaluate;

import dev.sgid.internal.RgbImage;
import java.awt.Rectangle;

/**
 * The usual perturbations of images, with torchvision's arithmetic on 8-bit tensors (0.29, {@code
 * torchvision.transforms.v2.functional}): results are cut off to whole levels, not rounded, where
 * it does so.
 */
final class Perturbations {
  private static final float MOST = 255;
  private static final float TO_LEVEL = 255 + 1 - 1e-3f; // torchvision's to_dtype with scale=True

  private Perturbations() {}

  /** {@code horizontal_flip}. */
  static RgbImage flipped(RgbImage image) {
    byte[] in = image.rgb();
    byte[] out = new byte[in.length];
    for (int y = 0; y < image.height(); y++) {
      for (int x = 0; x < image.width(); x++) {
        int from = 3 * (y * image.width() + x);
        int to = 3 * (y * image.width() + image.width() - 1 - x);
        System.arraycopy(in, from, out, to, 3);
      }
    }
    return new RgbImage(image.width(), image.height(), out);
  }

  /** {@code resized_crop} to the size of the image: bilinear, which can only enlarge here. */
  static RgbImage croppedAndResized(RgbImage image, Rectangle crop) {
    return enlarged(
        image.crop(crop.x, crop.y, crop.width, crop.height), image.width(), image.height());
  }

  private static RgbImage enlarged(RgbImage image, int width, int height) {
    byte[] in = image.rgb();
    byte[] out = new byte[3 * width * height];
    for (int y = 0; y < height; y++) {
      double atY = Math.max(0, (y + 0.5) * image.height() / height - 0.5);
      int y0 = (int) atY;
      int y1 = Math.min(y0 + 1, image.height() - 1);
      double down = atY - y0;
      for (int x = 0; x < width; x++) {
        double atX = Math.max(0, (x + 0.5) * image.width() / width - 0.5);
        int x0 = (int) atX;
        int x1 = Math.min(x0 + 1, image.width() - 1);
        double right = atX - x0;
        for (int c = 0; c < 3; c++) {
          double above =
              (1 - right) * level(in, image, x0, y0, c) + right * level(in, image, x1, y0, c);
          double below =
              (1 - right) * level(in, image, x0, y1, c) + right * level(in, image, x1, y1, c);
          out[3 * (y * width + x) + c] = (byte) Math.rint((1 - down) * above + down * below);
        }
      }
    }
    return new RgbImage(width, height, out);
  }

  private static int level(byte[] rgb, RgbImage image, int x, int y, int c) {
    return rgb[3 * (y * image.width() + x) + c] & 0xff;
  }

  /** {@code adjust_brightness}: with black. */
  static RgbImage brightness(RgbImage image, double factor) {
    byte[] rgb = image.rgb();
    byte[] out = new byte[rgb.length];
    for (int i = 0; i < rgb.length; i++) {
      out[i] = blended(rgb[i] & 0xff, 0, factor);
    }
    return new RgbImage(image.width(), image.height(), out);
  }

  /** {@code adjust_contrast}: with the mean of the gray levels. */
  static RgbImage contrast(RgbImage image, double factor) {
    double sum = 0;
    byte[] rgb = image.rgb();
    for (int i = 0; i < rgb.length; i += 3) {
      sum += gray(rgb, i);
    }
    byte[] out = new byte[rgb.length];
    float mean = (float) (3 * sum / rgb.length);
    for (int i = 0; i < rgb.length; i++) {
      out[i] = blended(rgb[i] & 0xff, mean, factor);
    }
    return new RgbImage(image.width(), image.height(), out);
  }

  /** {@code adjust_saturation}: with the image in gray. */
  static RgbImage saturation(RgbImage image, double factor) {
    byte[] rgb = image.rgb();
    byte[] out = new byte[rgb.length];
    for (int i = 0; i < rgb.length; i++) {
      out[i] = blended(rgb[i] & 0xff, gray(rgb, i / 3 * 3), factor);
    }
    return new RgbImage(image.width(), image.height(), out);
  }

  private static byte blended(int level, float other, double factor) {
    float sum = (float) factor * level + (float) (1 - factor) * other;
    return (byte) Math.min(MOST, Math.max(0, sum));
  }

  private static float gray(byte[] rgb, int at) {
    return (float)
        Math.floor(
            0.2989f * (rgb[at] & 0xff)
                + 0.587f * (rgb[at + 1] & 0xff)
                + 0.114f * (rgb[at + 2] & 0xff));
  }

  /**
   * {@code adjust_hue}.
   *
   * @param factor in [-0.5, 0.5]: what part of the circle hues are turned by
   */
  static RgbImage hue(RgbImage image, double factor) {
    byte[] rgb = image.rgb();
    byte[] out = new byte[rgb.length];
    for (int i = 0; i < rgb.length; i += 3) {
      float[] turned =
          turned(
              (rgb[i] & 0xff) / MOST,
              (rgb[i + 1] & 0xff) / MOST,
              (rgb[i + 2] & 0xff) / MOST,
              (float) factor);
      for (int c = 0; c < 3; c++) {
        out[i + c] = (byte) (int) (turned[c] * TO_LEVEL);
      }
    }
    return new RgbImage(image.width(), image.height(), out);
  }

  /** To hue, saturation and value and back, as Pillow does it and torchvision after it. */
  private static float[] turned(float r, float g, float b, float factor) {
    float value = Math.max(r, Math.max(g, b));
    float range = value - Math.min(r, Math.min(g, b));
    float saturation = range == 0 ? 0 : range / value;
    float divisor = range == 0 ? 1 : range;
    float rc = (value - r) / divisor;
    float gc = (value - g) / divisor;
    float bc = (value - b) / divisor;
    float sixth = value == r ? bc - gc : value == g ? 2 + rc - bc : 4 + gc - rc;
    float hue = (sixth / 6 + 1) % 1 + factor;
    float sixths = (hue - (float) Math.floor(hue)) * 6;
    int sector = (int) sixths;
    float part = sixths - sector;
    float p = (1 - saturation) * value;
    float q = (1 - saturation * part) * value;
    float t = (1 - saturation * (1 - part)) * value;
    return switch (sector % 6) {
      case 0 -> new float[] {value, t, p};
      case 1 -> new float[] {q, value, p};
      case 2 -> new float[] {p, value, t};
      case 3 -> new float[] {p, q, value};
      case 4 -> new float[] {t, p, value};
      default -> new float[] {value, p, q};
    };
  }

  /** Mixup: {@code lambda} of the image, the rest of the other, which must be as large. */
  static RgbImage mixup(RgbImage image, RgbImage other, double lambda) {
    byte[] a = image.rgb();
    byte[] b = other.rgb();
    byte[] out = new byte[a.length];
    for (int i = 0; i < a.length; i++) {
      out[i] = (byte) Math.rint(lambda * (a[i] & 0xff) + (1 - lambda) * (b[i] & 0xff));
    }
    return new RgbImage(image.width(), image.height(), out);
  }

  /** CutMix: the other, which must be as large, shows in the box. */
  static RgbImage cutmix(RgbImage image, RgbImage other, Rectangle box) {
    byte[] out = image.rgb().clone();
    for (int y = box.y; y < box.y + box.height; y++) {
      int at = 3 * (y * image.width() + box.x);
      System.arraycopy(other.rgb(), at, out, at, 3 * box.width);
    }
    return new RgbImage(image.width(), image.height(), out);
  }
}

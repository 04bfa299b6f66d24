package dev.sgid.dataset.internal.duplicate;

import dev.sgid.internal.RgbImage;

/**
 * What is kept of an image to find it again: some 400 bytes. Immutable and thread-safe.
 *
 * <p>The likeness of two images is the cosine of what differs from their mean luma, and of that and
 * their colors together, the lower one: 1 for the same picture, however bright. It is taken of 16 x
 * 16 cells of luma and 4 x 4 of color.
 */
public final class Fingerprint {
  private static final int LUMA_CELLS = 16;
  private static final int COLOR_CELLS = 4;

  /** A cell of color stands for so many of luma. */
  private static final int COLOR_WEIGHT = LUMA_CELLS / COLOR_CELLS * (LUMA_CELLS / COLOR_CELLS);

  private static final int LUMA = LUMA_CELLS * LUMA_CELLS;
  private static final int COLOR = COLOR_CELLS * COLOR_CELLS;

  private final String identity;
  private final int width;
  private final int height;
  private final long hash;
  private final byte[] features; // luma less its mean, then the color differences, to one scale
  private final double lumaLength;
  private final double length;

  private Fingerprint(RgbImage image) {
    this.identity = image.identity();
    this.width = image.width();
    this.height = image.height();
    double[][] cells = AreaMean.of(image, PerceptualHash.CELLS);
    this.hash = PerceptualHash.of(cells[0]);
    this.features = features(cells);
    this.lumaLength = Math.sqrt(luma(this));
    this.length = Math.sqrt(luma(this) + color(this));
  }

  /** Of an image. */
  public static Fingerprint of(RgbImage image) {
    return new Fingerprint(image);
  }

  private static byte[] features(double[][] cells) {
    double[] values = new double[LUMA + 2 * COLOR];
    double[] luma = coarser(cells[0], LUMA_CELLS);
    double mean = 0;
    for (double value : luma) {
      mean += value / LUMA;
    }
    for (int i = 0; i < LUMA; i++) {
      values[i] = luma[i] - mean;
    }
    System.arraycopy(coarser(cells[1], COLOR_CELLS), 0, values, LUMA, COLOR);
    System.arraycopy(coarser(cells[2], COLOR_CELLS), 0, values, LUMA + COLOR, COLOR);
    double largest = 1; // less than a level is noise
    for (double value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    byte[] features = new byte[values.length];
    for (int i = 0; i < features.length; i++) {
      features[i] = largest > 1 ? (byte) Math.round(values[i] / largest * 127) : 0;
    }
    return features;
  }

  private static double[] coarser(double[] plane, int side) {
    return AreaMean.coarser(plane, PerceptualHash.CELLS, PerceptualHash.CELLS / side);
  }

  private double luma(Fingerprint other) {
    long sum = 0;
    for (int i = 0; i < LUMA; i++) {
      sum += features[i] * other.features[i];
    }
    return sum;
  }

  private double color(Fingerprint other) {
    long sum = 0;
    for (int i = LUMA; i < features.length; i++) {
      sum += features[i] * other.features[i];
    }
    return (double) COLOR_WEIGHT * sum;
  }

  /** SHA-256 of size and pixels, in hexadecimal: who has the same is the same picture. */
  public String identity() {
    return identity;
  }

  /** Width in pixels. */
  public int width() {
    return width;
  }

  /** Height in pixels. */
  public int height() {
    return height;
  }

  /** The perceptual hash. */
  long hash() {
    return hash;
  }

  /** The likeness, -1 to 1; 0 where one of both is of a single gray, which looks like nothing. */
  public double likeness(Fingerprint other) {
    if (lumaLength == 0 || other.lumaLength == 0) {
      return 0;
    }
    double luma = luma(other);
    return Math.min(
        luma / (lumaLength * other.lumaLength), (luma + color(other)) / (length * other.length));
  }
}

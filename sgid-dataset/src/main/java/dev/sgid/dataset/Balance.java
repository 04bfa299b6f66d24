package dev.sgid.dataset;

import dev.sgid.internal.Require;
import java.util.regex.Pattern;

/**
 * How many images, originals and copies together, a class shall have at least: more copies are made
 * of the images of small classes, so that the long tail of a data set fills up. No class loses any.
 *
 * <p>Immutable and thread-safe; {@code toString} gives what {@link #parse} reads.
 */
public final class Balance {
  private static final String MAX = "max";
  private static final Pattern INTEGER = Pattern.compile("\\d{1,10}");

  private final double ratio; // of the largest class; 0 for none
  private final int images; // 0 for none

  private Balance(double ratio, int images) {
    this.ratio = ratio;
    this.images = images;
  }

  /** Every class gets as many as the largest. */
  public static Balance max() {
    return new Balance(1, 0);
  }

  /**
   * Every class gets so many at least.
   *
   * @param images originals and copies together, at least 1
   */
  public static Balance images(int images) {
    return new Balance(0, Require.atLeast(1, images, "images of a class"));
  }

  /**
   * No class has less than a part of what the largest has.
   *
   * @param ratio above 0, up to 1
   */
  public static Balance ratio(double ratio) {
    if (!(ratio > 0 && ratio <= 1)) {
      throw new IllegalArgumentException(
          "The ratio of a balance must be above 0 and at most 1, is " + ratio);
    }
    return new Balance(ratio, 0);
  }

  /**
   * Reads {@code max}, a number of images like {@code 500}, or a ratio with a point in it, like
   * {@code 0.5}.
   *
   * @throws IllegalArgumentException if {@code text} is none of them or a number is out of range
   */
  public static Balance parse(String text) {
    String given = text.strip();
    if (given.equalsIgnoreCase(MAX)) {
      return max();
    }
    try {
      return INTEGER.matcher(given).matches()
          ? images(Integer.parseInt(given))
          : ratio(Double.parseDouble(given));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "A balance is max, a number of images of each class like 500, or a part of the largest"
              + " class like 0.5, is \""
              + text
              + "\"",
          e);
    }
  }

  /**
   * What a class is to have.
   *
   * @param largest how many the largest class has, its copies counted
   */
  long target(long largest) {
    // what a decimal like 0.7 lacks in binary is no image more
    return images > 0 ? images : (long) Math.ceil(ratio * largest - 1e-6);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Balance balance && toString().equals(balance.toString());
  }

  @Override
  public int hashCode() {
    return toString().hashCode();
  }

  @Override
  public String toString() {
    if (images > 0) {
      return Integer.toString(images);
    }
    return ratio == 1 ? MAX : Double.toString(ratio);
  }
}

package dev.sgid.internal;

import static java.util.Objects.requireNonNull;

/** Argument checks whose messages name the argument, its value and the range. */
public final class Require {
  private Require() {}

  /** Returns {@code value} if it is at least {@code least}. */
  public static int atLeast(int least, int value, String name) {
    if (value < least) {
      throw new IllegalArgumentException(name + " must be at least " + least + ", is " + value);
    }
    return value;
  }

  /** Returns {@code value} if it lies in {@code [least, most]}. */
  public static int within(int least, int most, int value, String name) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          name + " must be in [" + least + ", " + most + "], is " + value);
    }
    return value;
  }

  /** Returns {@code value} if it is finite and at least {@code least}. */
  public static double atLeast(double least, double value, String name) {
    if (!(value >= least) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(
          name + " must be finite and at least " + least + ", is " + value);
    }
    return value;
  }

  /** Returns {@code value} if it lies in {@code [least, most]}. */
  public static double within(double least, double most, double value, String name) {
    if (!(value >= least && value <= most)) {
      throw new IllegalArgumentException(
          name + " must be in [" + least + ", " + most + "], is " + value);
    }
    return value;
  }

  /** Returns {@code value} if it has at least one character that is no white space. */
  public static String notBlank(String value, String name) {
    requireNonNull(value, name);
    if (value.isBlank()) {
      throw new IllegalArgumentException(name + " must not be blank, is \"" + value + "\"");
    }
    return value;
  }
}

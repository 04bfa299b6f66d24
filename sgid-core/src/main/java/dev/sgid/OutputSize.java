package dev.sgid;

import dev.sgid.internal.Choice;

/** The size of the pictures handed out. */
public enum OutputSize {
  /** The original's size: padding is cropped off and scaling undone. */
  ORIGINAL,
  /** What the VAE gave, padding included. */
  GENERATED;

  /**
   * Reads {@code original} or {@code generated}.
   *
   * @throws IllegalArgumentException if {@code text} is neither
   */
  public static OutputSize parse(String text) {
    return Choice.parse(OutputSize.class, "An output size", text);
  }

  @Override
  public String toString() {
    return Choice.text(this);
  }
}

package dev.sgid;

/** The size of the pictures handed out. */
public enum OutputSize {
  /** The original's size: padding is cropped off and scaling undone. */
  ORIGINAL,
  /** What the VAE gave, padding included. */
  GENERATED
}

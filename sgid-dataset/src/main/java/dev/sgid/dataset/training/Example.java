package dev.sgid.dataset.training;

import static java.util.Objects.requireNonNull;

import java.awt.image.BufferedImage;

/**
 * A picture to train on, with its pixels.
 *
 * @param sample which one
 * @param image upright, 8-bit sRGB, {@code TYPE_INT_RGB}
 */
public record Example(Sample sample, BufferedImage image) {
  public Example {
    requireNonNull(sample, "sample");
    requireNonNull(image, "image");
  }
}

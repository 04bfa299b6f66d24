package dev.sgid.nd4j;

import static java.util.Objects.requireNonNull;

import dev.sgid.Augmentation;
import java.awt.image.BufferedImage;

/**
 * A picture to learn from: an original or a copy of one.
 *
 * @param image not changed
 * @param label the name of its class; {@code _} is read as a space
 */
public record LabelledImage(BufferedImage image, String label) {
  public LabelledImage {
    requireNonNull(image, "image");
    requireNonNull(label, "label");
  }

  /** The picture that an augmentation made, under its label. */
  public static LabelledImage of(Augmentation augmentation) {
    return new LabelledImage(augmentation.image(), augmentation.label());
  }
}

package dev.sgid;

import static java.util.Objects.requireNonNull;

import dev.sgid.internal.Require;
import java.awt.image.BufferedImage;
import org.jspecify.annotations.Nullable;

/**
 * Copies wanted of one image.
 *
 * @param image the original, not changed
 * @param label the class name; {@code _} is read as a space; not blank
 * @param id the caller's own name for the image, handed through; may be empty
 * @param firstCopy index of the first copy, at least 0; at most 2147483647 with {@code copies}
 * @param copies how many, at least 1
 * @param caption the image's caption where the caller has one; null to have it captioned
 * @param settings how to make the copies, all of it: to change a few, begin with {@link
 *     Sgid#settings()}, which has the pack's; null for those of the {@link Sgid}
 */
public record AugmentRequest(
    BufferedImage image,
    String label,
    String id,
    int firstCopy,
    int copies,
    @Nullable String caption,
    @Nullable Settings settings) {
  public AugmentRequest {
    requireNonNull(image, "image");
    requireNonNull(label, "label");
    if (label.replace('_', ' ').isBlank()) {
      throw new IllegalArgumentException("label must not be blank, is \"" + label + "\"");
    }
    requireNonNull(id, "id");
    Require.atLeast(0, firstCopy, "firstCopy");
    Require.atLeast(1, copies, "copies");
    if (firstCopy > Integer.MAX_VALUE - copies) {
      throw new IllegalArgumentException(
          "firstCopy and copies must be at most 2147483647 together, are "
              + firstCopy
              + " and "
              + copies);
    }
    if (settings != null) {
      Settings.requireSteps(settings.noiseRate(), settings.steps());
    }
  }

  /** One copy of an image, nothing special. */
  public static AugmentRequest of(BufferedImage image, String label) {
    return new AugmentRequest(image, label, "", 0, 1, null, null);
  }
}

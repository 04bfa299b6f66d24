package dev.sgid;

import static java.util.Objects.requireNonNull;

import dev.sgid.internal.Require;
import java.awt.image.BufferedImage;
import org.jspecify.annotations.Nullable;

/**
 * Copies wanted of one image. Begins with {@link #of}; the {@code with…} methods give changed
 * copies.
 *
 * @param image the original, not changed
 * @param label the class name; {@code _} is read as a space; not blank
 * @param id the caller's own name for the image, handed through; may be empty
 * @param firstCopy index of the first copy, at least 0; at most 2147483647 with {@code copies}
 * @param copies how many, at least 1
 * @param caption the image's caption where the caller has one; blank for none, so that the prompt
 *     is of the label alone; null to have it captioned
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
    if (Label.text(label).isEmpty()) {
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
      GenerationSettings ignored = settings.generation().requireRunnable();
    }
  }

  /** One copy of an image, nothing special. */
  public static AugmentRequest of(BufferedImage image, String label) {
    return new AugmentRequest(image, label, "", 0, 1, null, null);
  }

  /** This request under the caller's own name for the image. */
  public AugmentRequest withId(String value) {
    return new AugmentRequest(image, label, value, firstCopy, copies, caption, settings);
  }

  /** This request for so many copies, at least 1. */
  public AugmentRequest withCopies(int value) {
    return new AugmentRequest(image, label, id, firstCopy, value, caption, settings);
  }

  /** This request with copies that are counted from {@code value} on, at least 0. */
  public AugmentRequest withFirstCopy(int value) {
    return new AugmentRequest(image, label, id, value, copies, caption, settings);
  }

  /** This request with a caption of the caller's own; null to have the image captioned. */
  public AugmentRequest withCaption(@Nullable String value) {
    return new AugmentRequest(image, label, id, firstCopy, copies, value, settings);
  }

  /** This request with settings of its own; null for those of the {@link Sgid}. */
  public AugmentRequest withSettings(@Nullable Settings value) {
    return new AugmentRequest(image, label, id, firstCopy, copies, caption, value);
  }
}

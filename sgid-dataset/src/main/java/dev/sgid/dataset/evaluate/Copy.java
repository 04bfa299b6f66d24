package dev.sgid.dataset.evaluate;

import dev.sgid.dataset.Source;
import org.jspecify.annotations.Nullable;

/**
 * A picture that was made of an original.
 *
 * @param picture where it lies; its name is relative to the folder of the copies
 * @param sourceSha256 of the original's file, as it was when the copy was made; null where nobody
 *     wrote it down
 * @param similarity of the original and its caption; null where nobody wrote it down
 * @param guidanceScale likewise
 */
record Copy(
    Source picture,
    @Nullable String sourceSha256,
    @Nullable Double similarity,
    @Nullable Double guidanceScale) {
  /** One of which nothing more is known. */
  static Copy unexplained(Source picture) {
    return new Copy(picture, null, null, null);
  }

  String name() {
    return picture.source();
  }
}

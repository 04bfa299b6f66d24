package dev.sgid.dataset.evaluate;

import org.jspecify.annotations.Nullable;

/**
 * A picture that was made of an original.
 *
 * @param name relative to the folder of the copies
 * @param content its file
 * @param sourceSha256 of the original's file, as it was when the copy was made; null where nobody
 *     wrote it down
 * @param similarity of the original and its caption; null where nobody wrote it down
 * @param guidanceScale likewise
 */
record Copy(
    String name,
    Content content,
    @Nullable String sourceSha256,
    @Nullable Double similarity,
    @Nullable Double guidanceScale) {
  /** One of which nothing more is known. */
  static Copy unexplained(String name, Content content) {
    return new Copy(name, content, null, null, null);
  }
}

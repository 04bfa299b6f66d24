package dev.sgid.dataset;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * What a {@link RowJob} gives for an image: a picture, the line of a copy that is not kept, or a
 * failure.
 *
 * @param label the image's class
 * @param line of a picture, or of a copy that is not kept; null for a failure
 * @param file the picture's file; null where there is none
 * @param failure what went wrong; null where nothing did
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record RowPicture(
    String label, @Nullable ManifestLine line, byte @Nullable [] file, @Nullable Failure failure) {
  static RowPicture made(ManifestLine line, byte[] file) {
    return new RowPicture(line.label(), line, file, null);
  }

  static RowPicture dropped(ManifestLine line) {
    return new RowPicture(line.label(), line, null, null);
  }

  static RowPicture failed(String label, Failure failure) {
    return new RowPicture(label, null, null, failure);
  }

  /** Whether it is the line of a copy that was made and is not kept. */
  public boolean isDropped() {
    return line != null && file == null;
  }

  /** The line of a picture or of a copy that is not kept. */
  ManifestLine ofPicture() {
    return requireNonNull(line, "line");
  }
}

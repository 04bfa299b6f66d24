package dev.sgid.dataset;

import static java.util.Objects.requireNonNull;

/**
 * A line of {@code failures.jsonl}: an image or a folder that could not be used, or a copy that
 * could not be made.
 *
 * @param source the image or folder, relative to the data set
 * @param reason what went wrong, one line
 */
public record Failure(String source, String reason) {
  public Failure {
    requireNonNull(source, "source");
    reason = reason.strip().replaceAll("\\s*\\R\\s*", " ");
  }

  /** What went wrong with one copy of an image. */
  static String ofCopy(int copy, String reason) {
    return "copy " + copy + ": " + reason;
  }
}

package dev.sgid.dataset;

import static java.util.Objects.requireNonNull;

/**
 * A line of {@code failures.jsonl}.
 *
 * @param source the image, relative to the data set
 * @param reason what went wrong, one line
 */
record Failure(String source, String reason) {
  Failure {
    requireNonNull(source, "source");
    reason = reason.strip().replaceAll("\\s*\\R\\s*", " ");
  }
}

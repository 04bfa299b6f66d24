package dev.sgid.dataset;

import static java.util.Objects.requireNonNull;

import dev.sgid.internal.Reason;
import java.util.regex.Pattern;

/**
 * A line of {@code failures.jsonl}: an image or a folder that could not be used, or a copy that
 * could not be made.
 *
 * @param source the image or folder, relative to the data set
 * @param reason what went wrong, one line
 */
public record Failure(String source, String reason) {
  private static final Pattern OF_COPY = Pattern.compile("copy \\d+: ");

  public Failure {
    requireNonNull(source, "source");
    reason = Reason.oneLine(requireNonNull(reason, "reason"));
  }

  /** What went wrong with one copy of an image. */
  static String ofCopy(int copy, String reason) {
    return "copy " + copy + ": " + reason;
  }

  /** Whether it is but of one copy. */
  boolean isOfCopy() {
    return OF_COPY.matcher(reason).lookingAt();
  }
}

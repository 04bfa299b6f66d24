package dev.sgid;

import static java.util.Objects.requireNonNull;

import dev.sgid.internal.Require;

/**
 * A copy that could not be made.
 *
 * @param id the request's
 * @param label as given, stripped, with {@code _} read as a space
 * @param copy index of the copy, from 0
 * @param reason what went wrong first
 */
public record FailedCopy(String id, String label, int copy, SgidException reason)
    implements Outcome {
  public FailedCopy {
    requireNonNull(id, "id");
    requireNonNull(label, "label");
    Require.atLeast(0, copy, "copy");
    requireNonNull(reason, "reason");
  }

  @Override
  public Augmentation orThrow() {
    throw reason;
  }
}

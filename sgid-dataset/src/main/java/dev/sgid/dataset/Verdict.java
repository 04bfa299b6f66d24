package dev.sgid.dataset;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * What was found of a copy when it was looked at, and what followed from it. Its components are
 * fields of the copy's line in the manifest.
 *
 * @param labelProbability how likely it shows its label, among all labels of the data set, as the
 *     scorer sees it, in [0, 1]; null where there was nothing to look at
 * @param likeness how alike its pixels are to those of its original, or of a copy before it if that
 *     is more, in [-1, 1]; 1 for the same or null where there was nothing to look at, as for the
 *     probability
 * @param attempt which try it is: 0 for the first
 * @param kept whether it is fit to train on
 * @param rejectReason why not; null where it is
 */
public record Verdict(
    @Nullable Double labelProbability,
    @Nullable Double likeness,
    int attempt,
    boolean kept,
    @Nullable String rejectReason) {
  public Verdict {
    if (!kept) {
      requireNonNull(rejectReason, "rejectReason");
    }
  }
}

package dev.sgid;

import static java.util.Objects.requireNonNull;

import dev.sgid.internal.Require;

/**
 * A caption and how well it matches its image.
 *
 * @param caption the chosen one of the candidates; empty without a captioner
 * @param similarity cosine of caption and image, in [-1, 1]; where the caption is blank, of label
 *     and image
 */
public record ScoredCaption(String caption, double similarity) {
  public ScoredCaption {
    requireNonNull(caption, "caption");
    Require.within(-1, 1, similarity, "similarity");
  }
}

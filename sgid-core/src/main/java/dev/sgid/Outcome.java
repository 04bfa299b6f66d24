package dev.sgid;

import java.util.List;

/** What became of one copy of one request: an {@link Augmentation}, or why there is none. */
public sealed interface Outcome permits Augmentation, FailedCopy {
  /** The request's own name for its image. */
  String id();

  /** The label as text. */
  String label();

  /** Index of the copy, from 0. */
  int copy();

  /**
   * The new image with everything that explains it.
   *
   * @throws SgidException what went wrong, if this is a {@link FailedCopy}
   */
  Augmentation orThrow();

  /** Those that have a picture, in order. */
  static List<Augmentation> pictures(List<? extends Outcome> outcomes) {
    return outcomes.stream()
        .filter(Augmentation.class::isInstance)
        .map(Augmentation.class::cast)
        .toList();
  }
}

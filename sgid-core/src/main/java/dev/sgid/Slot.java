package dev.sgid;

import java.awt.image.BufferedImage;

/** A request on its way through a {@link StreamRun}, whose lock guards it. */
final class Slot {
  final Draft draft;
  final long first; // number of its first picture
  final long pixels; // of the original; a copy is counted as as many
  int begun; // copies
  int left; // copies not handed out yet
  boolean hasFailed; // with one copy at least, and not because it was refused

  Slot(Draft draft, long first) {
    this.draft = draft;
    this.first = first;
    BufferedImage image = draft.request.image();
    this.pixels = (long) image.getWidth() * image.getHeight();
    this.left = draft.request.copies();
  }

  /** Number of the next picture to begin. */
  long next() {
    return first + begun;
  }

  /** Which copy a picture is. */
  int copy(long number) {
    return draft.request.firstCopy() + (int) (number - first);
  }

  FailedCopy failed(long number, SgidException reason) {
    return new FailedCopy(draft.request.id(), draft.label, copy(number), reason);
  }
}

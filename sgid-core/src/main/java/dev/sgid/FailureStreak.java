package dev.sgid;

import org.jspecify.annotations.Nullable;

/**
 * Images that fail one after the other. So many that they can't all be to blame themselves are
 * hopeless: the device is dead, or the models are of no use. Not thread-safe.
 */
final class FailureStreak {
  /** So many are hopeless. */
  static final int HOPELESS = 32;

  private int images;

  /**
   * Notes what became of a copy. All copies of an image count once; one that was made begins anew,
   * and so does one that was refused, since that takes models that are well.
   *
   * @return why there is no hope, or null
   */
  @Nullable SgidException note(Slot slot, Outcome outcome) {
    if (!(outcome instanceof FailedCopy copy) || copy.reason().isRejection()) {
      images = 0;
      return null;
    }
    if (!slot.hasFailed) {
      slot.hasFailed = true;
      images++;
    }
    if (images < HOPELESS) {
      return null;
    }
    SgidException reason = copy.reason();
    return new SgidException(
        reason.stage(),
        "The last "
            + images
            + " images failed one after the other, so not they are to blame but the device or the"
            + " models; the last one: "
            + reason.getMessage(),
        reason);
  }
}

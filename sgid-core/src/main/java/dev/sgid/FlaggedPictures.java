package dev.sgid;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Pictures of a stream that a safety checker has flagged: each is made again with other seeds, and
 * given up after so many attempts. Not thread-safe: the stream's lock guards it.
 */
final class FlaggedPictures {
  /** How often a picture is made again. */
  static final int MOST_ATTEMPTS = 4;

  private final Notices notices;
  private final Map<Long, Integer> attempts = new HashMap<>(); // by number, those not given up
  private final Deque<Again> waiting = new ArrayDeque<>();

  /**
   * A picture to be made again.
   *
   * @param attempt how often it was flagged before
   */
  record Again(Slot slot, long number, int attempt) {}

  FlaggedPictures(Notices notices) {
    this.notices = notices;
  }

  /** The next that is to be made again; null if none is. */
  @Nullable Again next() {
    return waiting.poll();
  }

  /**
   * Looks at what became of a picture.
   *
   * @return what is to be handed out; null where it is to be made again
   */
  Img2ImgFeed.@Nullable Done settle(Slot slot, Img2ImgFeed.Done done) {
    long number = done.ticket().index();
    if (!(done.result() instanceof Img2ImgResult.Failure failure)
        || !failure.reason().isFlagged()) {
      attempts.remove(number);
      return done;
    }
    int attempt = attempts.merge(number, 1, Integer::sum);
    if (attempt <= MOST_ATTEMPTS) {
      notices.flagged(slot.draft);
      waiting.add(new Again(slot, number, attempt));
      return null;
    }
    attempts.remove(number);
    SgidException last = failure.reason();
    return new Img2ImgFeed.Done(
        done.ticket(),
        new Img2ImgResult.Failure(
            SgidException.flagged(
                last.stage(),
                last.getMessage()
                    + ", as were the "
                    + MOST_ATTEMPTS
                    + " before it, of other seeds")));
  }
}

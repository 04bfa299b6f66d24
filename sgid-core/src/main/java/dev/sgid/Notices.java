package dev.sgid;

import dev.sgid.internal.Once;
import java.util.Optional;
import java.util.OptionalDouble;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What users should know but need not hear for every image: said once, in the log, by each {@link
 * Sgid}. Thread-safe.
 */
final class Notices {
  private static final Logger LOG = LoggerFactory.getLogger(Notices.class);

  private final Optional<Domain> domain;
  private final Once cut = new Once();
  private final Once far = new Once();
  private final Once flagged = new Once();

  Notices(Optional<Domain> domain) {
    this.domain = domain;
  }

  /** A prompt has lost its end. */
  void cut(Draft draft, String lost) {
    if (cut.first()) {
      LOG.warn(
          "The prompt of {} is longer than the model takes: \"{}\" is cut off. Others may be, too;"
              + " this is said once, what each lost is told with it",
          draft.name(),
          lost);
    }
  }

  /** A picture was flagged, and is made again. */
  void flagged(Draft draft) {
    if (flagged.first()) {
      LOG.info(
          "The safety checker flagged a picture made of {}: it is made again, with other seeds, up"
              + " to {} times. Others may be flagged, too; this is said once",
          draft.name(),
          FlaggedPictures.MOST_ATTEMPTS);
    }
  }

  /** How far the image is from what the pack knows; empty where the pack does not say. */
  OptionalDouble distance(Draft draft) {
    return domain.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(domain.get().distance(draft.embedding));
  }

  /**
   * Looks whether the pack knows anything like the image.
   *
   * @throws SgidException if it doesn't and settings are strict
   */
  void lookAt(Draft draft) {
    if (domain.isEmpty()) {
      return;
    }
    double distance = domain.get().distance(draft.embedding);
    if (distance <= domain.get().far()) {
      return;
    }
    String what =
        draft.name()
            + " is far from all that the pack was trained on (distance "
            + Math.rint(distance * 1000) / 1000
            + ", far is above "
            + domain.get().far()
            + ")";
    if (draft.settings.strict()) {
      throw SgidException.rejected(Stage.SIMILARITY, what + ", and settings are strict");
    }
    if (far.first()) {
      LOG.warn(
          "{}: its copies will hardly show what it shows; use a pack that knows such images. Others"
              + " may be far, too; this is said once, how far each is is told with it",
          what);
    }
  }
}

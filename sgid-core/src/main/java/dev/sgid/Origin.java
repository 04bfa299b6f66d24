package dev.sgid;

import static java.util.Objects.requireNonNull;

import dev.sgid.internal.Require;
import dev.sgid.internal.StageEvents;

/**
 * What a picture on its way is made of, for those who watch: it decides nothing.
 *
 * @param id the caller's own name for the image; empty where it has none
 * @param label the class name as the caller gave it; empty where it is not known
 * @param copy index of the copy, from 0; {@link #ALL} for what is done once for all copies
 */
public record Origin(String id, String label, int copy) {
  /** No copy in particular. */
  public static final int ALL = -1;

  /** Nothing is known. */
  public static final Origin UNKNOWN = new Origin("", "", ALL);

  public Origin {
    requireNonNull(id, "id");
    requireNonNull(label, "label");
    Require.atLeast(ALL, copy, "copy");
  }

  StageEvents.Subject subject() {
    return new StageEvents.Subject(id, label, copy);
  }
}

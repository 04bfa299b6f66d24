package dev.sgid.dataset;

import dev.sgid.GenerationSettings;
import dev.sgid.internal.Require;
import java.util.Locale;

/**
 * What becomes of copies that are not fit to train on. Immutable and thread-safe; {@code toString}
 * gives what {@link #parse} reads.
 */
public final class WhenRejected {
  private static final String RECORD = "record";
  private static final String DROP = "drop";
  private static final String RETRY = "retry";
  private static final int USUAL_ATTEMPTS = 4;
  private static final int MOST_ATTEMPTS = 63;
  private static final double LOWER = 0.8; // of the noise rate before

  /** Copies from here on are tries of others, so that no two pictures share a seed. */
  private static final int FIRST_RETRY = 1 << 30;

  /** How many copies have a range of their own for their tries. */
  static final int MOST_COPIES = (1 << 30) / (MOST_ATTEMPTS + 1);

  private final boolean dropped;
  private final int attempts; // beyond the first

  private WhenRejected(boolean dropped, int attempts) {
    this.dropped = dropped;
    this.attempts = attempts;
  }

  /** They stay, and the manifest says what they are. */
  public static WhenRejected record() {
    return new WhenRejected(false, 0);
  }

  /** They are not written; {@code dropped.jsonl} has their lines. */
  public static WhenRejected drop() {
    return new WhenRejected(true, 0);
  }

  /**
   * They are made again, first with other seeds, then with less and less noise too, and dropped if
   * nothing helps.
   *
   * @param attempts how often at most, from 1 to 63
   */
  public static WhenRejected retry(int attempts) {
    return new WhenRejected(true, Require.within(1, MOST_ATTEMPTS, attempts, "attempts"));
  }

  /**
   * Reads {@code record}, {@code drop}, {@code retry} (4 times) or {@code retry:TIMES}.
   *
   * @throws IllegalArgumentException if it is none of them
   */
  public static WhenRejected parse(String text) {
    String given = text.strip().toLowerCase(Locale.ROOT);
    if (given.equals(RECORD)) {
      return record();
    }
    if (given.equals(DROP)) {
      return drop();
    }
    if (given.equals(RETRY)) {
      return retry(USUAL_ATTEMPTS);
    }
    if (given.matches(RETRY + ":\\d{1,9}")) {
      return retry(Integer.parseInt(given.substring(RETRY.length() + 1)));
    }
    throw new IllegalArgumentException(
        "What is done with rejected copies is record, drop, retry or retry:TIMES, is \""
            + text
            + "\"");
  }

  /** Whether they are not written. */
  boolean isDropped() {
    return dropped;
  }

  /** How often a copy is made again at most. */
  int attempts() {
    return attempts;
  }

  /** Refuses more copies of an image than have tries of their own. */
  void requireRoom(int mostCopies) {
    if (attempts > 0 && mostCopies > MOST_COPIES) {
      throw new IllegalArgumentException(
          "Of an image at most "
              + MOST_COPIES
              + " copies can be made again, "
              + mostCopies
              + " are asked for");
    }
  }

  /** The index whose seed a try of a copy has. */
  int index(int copy, int attempt) {
    return attempt == 0 ? copy : FIRST_RETRY + copy * (MOST_ATTEMPTS + 1) + attempt;
  }

  /** Which copy an index is a try of. */
  static int copy(int index) {
    return index < FIRST_RETRY ? index : (index - FIRST_RETRY) / (MOST_ATTEMPTS + 1);
  }

  /** What a try is made with: the first half of them as the copy itself, the others calmer. */
  GenerationSettings settings(GenerationSettings of, int attempt) {
    int lower = Math.max(0, attempt - (attempts + 1) / 2);
    return lower == 0 ? of : of.withNoiseRate(of.noiseRate() * Math.pow(LOWER, lower));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof WhenRejected policy && toString().equals(policy.toString());
  }

  @Override
  public int hashCode() {
    return toString().hashCode();
  }

  @Override
  public String toString() {
    return attempts > 0 ? RETRY + ":" + attempts : dropped ? DROP : RECORD;
  }
}

package dev.sgid.dataset;

import static java.util.Objects.requireNonNull;

import dev.sgid.dataset.CopyCounts.Share;
import java.io.Serializable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A job that was asked for and not measured yet. Immutable and thread-safe.
 *
 * @param job a {@code sgid-job.json} without what only the models know
 * @param out where the pictures go, for messages
 * @param copies what each class gets, by label
 */
public record RowJobDraft(String job, String out, Map<String, OfClass> copies)
    implements Serializable {
  private static final long serialVersionUID = 1;

  /**
   * What a class gets.
   *
   * @param images how many it has
   * @param copies of each of them
   * @param rest how many of them get one more: those that come first by the SHA-256 of their name
   */
  public record OfClass(long images, int copies, long rest) implements Serializable {
    private static final long serialVersionUID = 1;
  }

  public RowJobDraft {
    requireNonNull(job, "job");
    requireNonNull(out, "out");
    copies = Collections.unmodifiableMap(new LinkedHashMap<>(copies));
  }

  /** All labels, in code point order. */
  public List<String> classes() {
    return List.copyOf(copies.keySet());
  }

  /** How many copies there are to make. */
  public long pictures() {
    return copies.values().stream().mapToLong(of -> of.images() * of.copies() + of.rest()).sum();
  }

  /** The most copies of any image. */
  public int mostCopies() {
    return copies.values().stream()
        .mapToInt(of -> of.rest() > 0 ? of.copies() + 1 : of.copies())
        .max()
        .orElse(0);
  }

  /** Whether no image gets fewer copies than a former job gave it. */
  boolean covers(FormerJob former) {
    Map<String, Long> sizes = new LinkedHashMap<>();
    copies.forEach((label, of) -> sizes.put(label, of.images()));
    Map<String, Share> before = CopyCounts.shares(sizes, former.copies(), former.balance());
    return copies.entrySet().stream()
        .allMatch(
            of -> {
              Share share = requireNonNull(before.get(of.getKey()));
              OfClass now = of.getValue();
              return now.copies() > share.copies()
                  || (now.copies() == share.copies() && now.rest() >= share.rest());
            });
  }
}

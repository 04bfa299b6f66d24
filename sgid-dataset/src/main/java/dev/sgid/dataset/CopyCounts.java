package dev.sgid.dataset;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sgid.internal.Sha256;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * How many copies there are to make of each image: those that all images of a class get, and where
 * a {@link Balance} wants more, as many more for each, but for the rest that does not divide.
 *
 * <p>Whose turn the rest is, a hash of the image's name says: the first in that order get one copy
 * more. So a class that grows by an image, or needs one picture more, changes it for one image and
 * not for all. Immutable and thread-safe.
 */
final class CopyCounts {
  private final @Nullable Balance balance;
  private final Map<String, OfClass> classes = new HashMap<>();
  private final int total;
  private final int most;

  /**
   * A class.
   *
   * @param copies of each of its images
   * @param last in the order of hashes, of the images that get one copy more; null for none
   */
  private record OfClass(int copies, @Nullable Turn last) {
    int of(Source source) {
      return copies + (last != null && Turn.of(source).compareTo(last) <= 0 ? 1 : 0);
    }
  }

  /** Where an image stands in the order of hashes. */
  private record Turn(String hash, String source) implements Comparable<Turn> {
    private static final Comparator<Turn> ORDER =
        Comparator.comparing(Turn::hash).thenComparing(Turn::source);

    static Turn of(Source source) {
      return new Turn(Sha256.hex(source.source().getBytes(UTF_8)), source.source());
    }

    @Override
    public int compareTo(Turn other) {
      return ORDER.compare(this, other);
    }
  }

  /**
   * Counts.
   *
   * @param sources the data set
   * @param each copies of an image of a class that are made in any case, at least 0
   * @param balance what classes are filled up to; null for nothing
   * @throws IllegalArgumentException if there are more than 2147483647
   */
  CopyCounts(Iterable<Source> sources, ToIntFunction<String> each, @Nullable Balance balance) {
    this.balance = balance;
    Map<String, Long> sizes = new HashMap<>();
    sources.forEach(source -> sizes.merge(source.label(), 1L, Long::sum));
    Map<String, Long> rests = new HashMap<>();
    long copies = 0;
    int highest = 0;
    for (Map.Entry<String, Share> share : shares(sizes, each, balance).entrySet()) {
      String label = share.getKey();
      Share of = share.getValue();
      classes.put(label, new OfClass(of.copies(), null));
      highest = Math.max(highest, of.most());
      if (of.rest() > 0) {
        rests.put(label, of.rest());
      }
      copies += of.total(sizes.getOrDefault(label, 0L));
    }
    this.total = toInt(copies);
    this.most = highest;
    giveRests(sources, rests);
  }

  private static int toInt(long copies) {
    if (copies > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "copies and balance ask for "
              + copies
              + " pictures, there must be at most "
              + Integer.MAX_VALUE);
    }
    return (int) copies;
  }

  /**
   * What a class gets.
   *
   * @param copies of each of its images
   * @param rest how many of them get one more
   */
  record Share(int copies, long rest) {
    /** How many copies an image gets at most. */
    int most() {
      return rest > 0 ? copies + 1 : copies;
    }

    /** Copies of so many images. */
    long total(long images) {
      return images * copies + rest;
    }
  }

  /** What each class gets, by the numbers of their images. */
  static Map<String, Share> shares(
      Map<String, Long> sizes, ToIntFunction<String> each, @Nullable Balance balance) {
    long largest = 0;
    for (Map.Entry<String, Long> size : sizes.entrySet()) {
      largest = Math.max(largest, size.getValue() * (1L + each.applyAsInt(size.getKey())));
    }
    long target = balance == null ? 0 : balance.target(largest);
    Map<String, Share> shares = new HashMap<>();
    sizes.forEach(
        (label, size) -> {
          long wanted = Math.max(size * each.applyAsInt(label), target - size);
          shares.put(label, new Share(toInt(wanted / size), wanted % size));
        });
    return shares;
  }

  private void giveRests(Iterable<Source> sources, Map<String, Long> rests) {
    if (rests.isEmpty()) {
      return;
    }
    Map<String, List<Turn>> turns = new HashMap<>();
    for (Source source : sources) {
      if (rests.containsKey(source.label())) {
        turns.computeIfAbsent(source.label(), label -> new ArrayList<>()).add(Turn.of(source));
      }
    }
    turns.forEach(
        (label, order) -> {
          order.sort(Comparator.naturalOrder());
          Turn last = order.get((int) (rests.getOrDefault(label, 1L) - 1));
          classes.computeIfPresent(label, (same, of) -> new OfClass(of.copies(), last));
        });
  }

  /** How many copies an image gets. */
  int of(Source source) {
    OfClass found = classes.get(source.label());
    return found == null ? 0 : found.of(source);
  }

  /** How many copies all images get. */
  int total() {
    return total;
  }

  /** How many copies an image gets at most. */
  int most() {
    return most;
  }

  /** What classes are filled up to; null for nothing. */
  @Nullable Balance balance() {
    return balance;
  }

  /** Whether no image gets fewer copies than it would by other counts. */
  boolean covers(Iterable<Source> sources, CopyCounts others) {
    for (Source source : sources) {
      if (of(source) < others.of(source)) {
        return false;
      }
    }
    return true;
  }
}

package dev.sgid.dataset;

import dev.sgid.dataset.History.PictureId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToIntFunction;

/** What is still to be made of a data set. Immutable and thread-safe. */
final class Missing {
  private final Set<PictureId> there; // or not wanted
  private final Set<PictureId> rejected = new HashSet<>();
  private final Set<PictureId> dropped = new HashSet<>();
  private final ToIntFunction<Source> copies;
  private final boolean originals;

  /**
   * What is missing beside what is there.
   *
   * @param copies wanted of each image
   * @param originals whether the originals are wanted, too
   * @param attempts how often a copy is made again before it is given up
   */
  Missing(History history, ToIntFunction<Source> copies, boolean originals, int attempts) {
    this.there = new HashSet<>();
    history.made().forEach(picture -> there.add(picture.id()));
    history.rejected().forEach(picture -> rejected.add(picture.id()));
    history
        .dropped()
        .forEach(
            (id, tries) -> {
              if (tries.containsKey(attempts) && history.made(id) == null) {
                dropped.add(id);
              }
            });
    there.addAll(rejected);
    there.addAll(dropped);
    this.copies = copies;
    this.originals = originals;
  }

  /** What is missing of what a job asks for. */
  static Missing of(AugmentJob job, History history) {
    return new Missing(
        history, job.copies()::of, job.withOriginals(), job.whenRejected().attempts());
  }

  /**
   * Copies next to each other.
   *
   * @param first index of the first
   * @param count how many
   */
  record Range(int first, int count) {}

  /** Whether anything of an image is missing. */
  boolean any(Source source) {
    return original(source) || copies(source) > 0;
  }

  /** Whether the original is to be put beside its copies. */
  boolean original(Source source) {
    return originals && !there.contains(new PictureId(source.source(), PictureId.ORIGINAL));
  }

  /** Whether a copy is missing. */
  boolean copy(Source source, int copy) {
    return copy < copies.applyAsInt(source)
        && !there.contains(new PictureId(source.source(), copy));
  }

  /** How many copies of an image are missing. */
  int copies(Source source) {
    return ranges(source).stream().mapToInt(Range::count).sum();
  }

  /** How many copies of all images are missing. */
  int pictures(Iterable<Source> sources) {
    int pictures = 0;
    for (Source source : sources) {
      pictures += copies(source);
    }
    return pictures;
  }

  /** How many of the copies that were asked for a review has rejected. */
  int rejected(Iterable<Source> sources) {
    return count(rejected, sources);
  }

  /** How many of the copies that were asked for were made, and not kept. */
  int dropped(Iterable<Source> sources) {
    return count(dropped, sources);
  }

  private int count(Set<PictureId> of, Iterable<Source> sources) {
    int count = 0;
    for (Source source : sources) {
      int wanted = of.isEmpty() ? 0 : copies.applyAsInt(source);
      for (int copy = 0; copy < wanted; copy++) {
        count += of.contains(new PictureId(source.source(), copy)) ? 1 : 0;
      }
    }
    return count;
  }

  /** The copies of an image that are missing, in order. */
  List<Range> ranges(Source source) {
    List<Range> ranges = new ArrayList<>();
    int wanted = copies.applyAsInt(source);
    int first = 0;
    for (int copy = 0; copy <= wanted; copy++) {
      if (copy == wanted || there.contains(new PictureId(source.source(), copy))) {
        if (copy > first) {
          ranges.add(new Range(first, copy - first));
        }
        first = copy + 1;
      }
    }
    return ranges;
  }
}

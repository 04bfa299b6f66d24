package dev.sgid.dataset;

import dev.sgid.dataset.Missing.Range;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is missing of a data set, in the order in which it is made: made up as it is asked for,
 * since there may be a million images and as many copies of each as one likes.
 */
final class Work implements Iterator<Work.Task> {
  /** All copies of an image, and then the next one's. */
  static final int AT_ONCE = 0;

  private final Missing missing;
  private final List<Pass> passes;
  private int pass;
  private Iterator<Source> left;
  private @Nullable Task next;

  private Work(Missing missing, List<Pass> passes) {
    this.missing = missing;
    this.passes = passes;
    this.left = passes.get(0).sources().iterator();
  }

  /**
   * A part of it.
   *
   * @param source the image
   * @param ranges the copies of it to make, in order
   * @param original whether it is to be put beside them itself
   * @param failedBefore whether all of it failed in a run before
   */
  record Task(Source source, List<Range> ranges, boolean original, boolean failedBefore) {
    /** How many copies there are to make. */
    int copies() {
      return ranges.stream().mapToInt(Range::count).sum();
    }
  }

  /**
   * One look at images.
   *
   * @param copy the one that is made of each; {@link #ALL} for all that are missing
   * @param failed what former runs know of; null where that is no matter
   */
  private record Pass(Iterable<Source> sources, int copy, @Nullable History failed) {
    private static final int ALL = -1;
  }

  /** Image by image, in the data set's order. */
  static Iterator<Task> inOrder(Iterable<Source> sources, Missing missing) {
    return new Work(missing, List.of(new Pass(sources, Pass.ALL, null)));
  }

  /**
   * What matters most first: a copy of every image before the second of any, and those of small
   * classes before those of large ones. What failed before is at the end, so that it does not use
   * up every budget; and image by image, since a try of one copy forgets what failed of all of
   * them.
   *
   * @param copies how many passes there are, for as many copies; {@link #AT_ONCE} for all copies of
   *     an image at once, in the data set's order
   */
  static Iterator<Task> failedLast(
      Iterable<Source> sources, Missing missing, History history, int copies) {
    Set<String> failed = history.failed();
    List<Source> fresh = new ArrayList<>();
    List<Source> again = new ArrayList<>();
    sources.forEach(source -> (failed.contains(source.source()) ? again : fresh).add(source));
    List<Pass> passes = new ArrayList<>();
    if (copies == AT_ONCE) {
      passes.add(new Pass(fresh, Pass.ALL, null));
    } else {
      Map<String, Integer> sizes = new HashMap<>();
      sources.forEach(source -> sizes.merge(source.label(), 1, Integer::sum));
      fresh.sort(Comparator.comparingInt(source -> sizes.getOrDefault(source.label(), 0)));
      for (int copy = 0; copy < copies; copy++) {
        passes.add(new Pass(fresh, copy, null));
      }
    }
    passes.add(new Pass(again, Pass.ALL, history));
    return new Work(missing, passes);
  }

  @Override
  public boolean hasNext() {
    while (next == null && pass < passes.size()) {
      if (left.hasNext()) {
        next = task(passes.get(pass), left.next());
      } else if (++pass < passes.size()) {
        left = passes.get(pass).sources().iterator();
      }
    }
    return next != null;
  }

  private @Nullable Task task(Pass of, Source source) {
    boolean all = of.copy() == Pass.ALL;
    List<Range> ranges =
        all
            ? missing.ranges(source)
            : missing.copy(source, of.copy()) ? List.of(new Range(of.copy(), 1)) : List.of();
    boolean original = (all || of.copy() == 0) && missing.original(source);
    if (ranges.isEmpty() && !original) {
      return null;
    }
    Task task = new Task(source, ranges, original, false);
    return of.failed() == null
        ? task
        : new Task(source, ranges, original, of.failed().hasFailed(source.source(), task.copies()));
  }

  @Override
  public Task next() {
    Task task = hasNext() ? next : null;
    if (task == null) {
      throw new NoSuchElementException("There is nothing more to make");
    }
    next = null;
    return task;
  }
}

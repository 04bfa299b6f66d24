package dev.sgid.dataset;

import dev.sgid.dataset.Missing.Range;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What is missing of a data set, in the order in which it is made. */
final class Work {
  private Work() {}

  /**
   * A part of it.
   *
   * @param source the image
   * @param ranges the copies of it to make, in order
   * @param original whether it is to be put beside them itself
   * @param failedBefore whether something of it failed in a run before
   */
  record Task(Source source, List<Range> ranges, boolean original, boolean failedBefore) {
    /** How many copies there are to make. */
    int copies() {
      return ranges.stream().mapToInt(Range::count).sum();
    }
  }

  /** Image by image, in the data set's order. */
  static Iterator<Task> inOrder(Iterable<Source> sources, Missing missing) {
    return stream(sources)
        .filter(missing::any)
        .map(source -> new Task(source, missing.ranges(source), missing.original(source), false))
        .iterator();
  }

  /**
   * What matters most first: a copy of every image before the second of any, and those of small
   * classes before those of large ones.
   */
  static Iterator<Task> mostTellingFirst(
      Iterable<Source> sources, Missing missing, CopyCounts copies) {
    Map<String, Integer> sizes = new HashMap<>();
    sources.forEach(source -> sizes.merge(source.label(), 1, Integer::sum));
    List<Source> rareFirst = new ArrayList<>();
    sources.forEach(rareFirst::add);
    rareFirst.sort(Comparator.comparingInt(source -> sizes.getOrDefault(source.label(), 0)));
    Set<String> begun = new HashSet<>();
    return IntStream.range(0, Math.max(1, copies.most()))
        .boxed()
        .flatMap(copy -> rareFirst.stream().map(source -> task(source, copy, missing, begun)))
        .filter(task -> task.original() || !task.ranges().isEmpty())
        .iterator();
  }

  private static Task task(Source source, int copy, Missing missing, Set<String> begun) {
    boolean isMissing = missing.ranges(source).stream().anyMatch(range -> range.holds(copy));
    boolean original = missing.original(source) && begun.add(source.source());
    return new Task(source, isMissing ? List.of(new Range(copy, 1)) : List.of(), original, false);
  }

  /** The same with what failed before at its end, so that it does not use up every budget. */
  static Iterator<Task> failedLast(Iterator<Task> work, Set<String> failed) {
    List<Task> first = new ArrayList<>();
    List<Task> last = new ArrayList<>();
    work.forEachRemaining(
        task -> {
          if (failed.contains(task.source().source())) {
            last.add(new Task(task.source(), task.ranges(), task.original(), true));
          } else {
            first.add(task);
          }
        });
    return Stream.concat(first.stream(), last.stream()).iterator();
  }

  private static Stream<Source> stream(Iterable<Source> sources) {
    List<Source> all = new ArrayList<>();
    sources.forEach(all::add);
    return all.stream();
  }
}

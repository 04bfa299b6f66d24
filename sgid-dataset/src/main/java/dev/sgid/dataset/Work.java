package dev.sgid.dataset;

import dev.sgid.dataset.Missing.Range;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
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
   * @param failedBefore whether all of it failed in a run before
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

  /**
   * The same with what failed before at its end, so that it does not use up every budget; and image
   * by image, since a try of one copy forgets what failed of all of them.
   *
   * @param failed images of which something failed
   * @param isAllOfIt whether that was all that is missing of one
   */
  static Iterator<Task> failedLast(
      Iterator<Task> work, Set<String> failed, Predicate<Source> isAllOfIt) {
    List<Task> first = new ArrayList<>();
    Map<String, Task> last = new LinkedHashMap<>();
    work.forEachRemaining(
        task -> {
          String source = task.source().source();
          if (failed.contains(source)) {
            boolean all = isAllOfIt.test(task.source());
            Task again = new Task(task.source(), task.ranges(), task.original(), all);
            last.merge(source, again, Work::together);
          } else {
            first.add(task);
          }
        });
    return Stream.concat(first.stream(), last.values().stream()).iterator();
  }

  private static Task together(Task a, Task b) {
    return new Task(
        a.source(),
        Stream.concat(a.ranges().stream(), b.ranges().stream()).toList(),
        a.original() || b.original(),
        a.failedBefore());
  }

  private static Stream<Source> stream(Iterable<Source> sources) {
    List<Source> all = new ArrayList<>();
    sources.forEach(all::add);
    return all.stream();
  }
}

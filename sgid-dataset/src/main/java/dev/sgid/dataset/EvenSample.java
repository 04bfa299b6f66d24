package dev.sgid.dataset;

import java.util.List;
import java.util.stream.IntStream;

/** A few of many, evenly spread. */
final class EvenSample {
  private EvenSample() {}

  /** At most so many of a list, in its order. */
  static <T> List<T> of(List<T> all, int most) {
    int wanted = Math.min(most, all.size());
    return IntStream.range(0, wanted)
        .mapToObj(i -> all.get((int) ((long) i * all.size() / wanted)))
        .toList();
  }
}

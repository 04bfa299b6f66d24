package dev.sgid.dataset.internal.keep;

import java.util.List;
import java.util.stream.IntStream;

/** A few of many, evenly spread. */
public final class EvenSample {
  private EvenSample() {}

  /** At most so many of a list, in its order. */
  public static <T> List<T> of(List<T> all, int most) {
    int wanted = Math.min(most, all.size());
    return IntStream.range(0, wanted)
        .mapToObj(i -> all.get((int) ((long) i * all.size() / wanted)))
        .toList();
  }
}

package dev.sgid.dataset.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Counts values in fine bins, which are joined two by two until few enough are left. */
final class Bins {
  private static final int MOST_FINE = 100_000;
  private static final int MOST = 40;
  private static final double TOLERANCE = 1e-9; // 0.29 / 0.01 is less than 29

  private double width;
  private NavigableMap<Long, Integer> counts = new TreeMap<>();

  Bins(double finest) {
    this.width = finest;
  }

  void add(double value) {
    counts.merge((long) Math.floor(value / width + TOLERANCE), 1, Integer::sum);
    if (counts.size() > MOST_FINE) { // values of any size take no more memory than that
      join();
    }
  }

  private void join() {
    width *= 2;
    NavigableMap<Long, Integer> joined = new TreeMap<>();
    counts.forEach((bin, count) -> joined.merge(Math.floorDiv(bin, 2L), count, Integer::sum));
    counts = joined;
  }

  /** What was counted; null for nothing. */
  @Nullable Histogram histogram() {
    if (counts.isEmpty()) {
      return null;
    }
    while (counts.lastKey() - counts.firstKey() >= MOST) {
      join();
    }
    List<Integer> all = new ArrayList<>();
    for (long bin = counts.firstKey(); bin <= counts.lastKey(); bin++) {
      all.add(counts.getOrDefault(bin, 0));
    }
    return new Histogram(counts.firstKey() * width, width, all);
  }
}

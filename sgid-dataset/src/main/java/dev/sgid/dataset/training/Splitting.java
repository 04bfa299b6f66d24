package dev.sgid.dataset.training;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which groups are held out. A group's place in its class's order is that of a hash over seed and
 * group, so it depends on no other image.
 */
final class Splitting {
  private Splitting() {}

  /** The groups to hold out, of each class as near to the fraction as whole groups are. */
  static Set<String> heldOut(List<Sample> samples, double fraction, long seed) {
    if (!(fraction > 0 && fraction < 1)) {
      throw new IllegalArgumentException("fraction must be in (0, 1), is " + fraction);
    }
    Set<String> heldOut = new HashSet<>();
    for (List<String> groups : byClass(samples, seed)) {
      int most = groups.size() - 1; // one at least is trained on
      int count = (int) Math.max(1, Math.rint(fraction * groups.size()));
      heldOut.addAll(groups.subList(0, Math.min(most, count)));
    }
    if (heldOut.isEmpty()) {
      throw new IllegalArgumentException(
          "Nothing can be held out: no class has two originals that differ");
    }
    return heldOut;
  }

  /** The groups of each fold, which differ by at most one in number, also within a class. */
  static List<Set<String>> folds(List<Sample> samples, int k, long seed) {
    List<List<String>> classes = byClass(samples, seed);
    int count = classes.stream().mapToInt(List::size).sum();
    if (k < 2 || k > count) {
      throw new IllegalArgumentException(
          "k must be in [2, " + count + "], the number of originals that differ, is " + k);
    }
    List<Set<String>> folds = new ArrayList<>();
    for (int i = 0; i < k; i++) {
      folds.add(new HashSet<>());
    }
    int next = 0; // goes on from class to class, so that small ones are not all in the first folds
    for (List<String> groups : classes) {
      for (String group : groups) {
        folds.get(next++ % k).add(group);
      }
    }
    return folds;
  }

  /** The groups of each class, in their order; one that shows several counts for its first. */
  private static List<List<String>> byClass(List<Sample> samples, long seed) {
    Map<String, Integer> classes = new LinkedHashMap<>();
    samples.forEach(sample -> classes.putIfAbsent(sample.group(), sample.classIndex()));
    Map<Integer, Set<String>> groups = new TreeMap<>();
    classes.forEach(
        (group, index) -> groups.computeIfAbsent(index, i -> new LinkedHashSet<>()).add(group));
    Comparator<String> byChance =
        Comparator.comparingLong((String group) -> Shuffle.hash(seed, group))
            .thenComparing(Comparator.naturalOrder());
    return groups.values().stream()
        .map(ofClass -> ofClass.stream().sorted(byChance).toList())
        .toList();
  }
}

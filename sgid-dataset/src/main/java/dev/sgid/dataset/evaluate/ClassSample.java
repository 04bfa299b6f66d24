package dev.sgid.dataset.evaluate;

import dev.sgid.dataset.Source;
import dev.sgid.dataset.internal.keep.EvenSample;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A few images of a data set, spread evenly over its classes, and in each over its images. */
final class ClassSample {
  private ClassSample() {}

  /** At most so many, class by class; what small classes lack, the larger ones have more. */
  static List<Source> of(Iterable<Source> all, int most) {
    Map<String, List<Source>> byLabel = new TreeMap<>();
    all.forEach(
        source -> byLabel.computeIfAbsent(source.label(), l -> new ArrayList<>()).add(source));
    List<String> smallestFirst = new ArrayList<>(byLabel.keySet());
    smallestFirst.sort(Comparator.comparingInt(label -> size(byLabel, label)));
    Map<String, Integer> wanted = new HashMap<>();
    int left = most;
    for (int i = 0; i < smallestFirst.size(); i++) {
      String label = smallestFirst.get(i);
      int share = Math.min(size(byLabel, label), left / (smallestFirst.size() - i));
      wanted.put(label, share);
      left -= share;
    }
    List<Source> sample = new ArrayList<>();
    byLabel.forEach(
        (label, images) -> sample.addAll(EvenSample.of(images, wanted.getOrDefault(label, 0))));
    return sample;
  }

  private static int size(Map<String, List<Source>> byLabel, String label) {
    return byLabel.getOrDefault(label, List.of()).size();
  }
}

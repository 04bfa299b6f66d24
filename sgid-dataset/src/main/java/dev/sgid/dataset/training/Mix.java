package dev.sgid.dataset.training;

import dev.sgid.internal.Require;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Which of originals and copies an epoch has. Immutable; {@code toString} says which. */
public final class Mix {
  private static final Mix ALL = new Mix(-1);

  private final double rate; // below 0 for all

  private Mix(double rate) {
    this.rate = rate;
  }

  /** Each original and each copy, once an epoch. */
  public static Mix all() {
    return ALL;
  }

  /**
   * Each original once an epoch, or in its place one of its copies, anew in each epoch: the
   * synthetic probability of DA-Fusion (Trabucco et al., 2023). So an epoch is as long as without
   * copies. An original that has no copies stands for itself.
   *
   * @param probability that a copy takes an original's place, in [0, 1]
   */
  public static Mix synthetic(double probability) {
    return new Mix(Require.within(0, 1, probability, "probability"));
  }

  /** The samples of an epoch, not shuffled. */
  List<Sample> of(List<Sample> samples, Random random) {
    if (rate < 0) {
      return new ArrayList<>(samples);
    }
    Map<String, List<Sample>> copies = new HashMap<>();
    for (Sample sample : samples) {
      if (sample.isCopy()) {
        copies.computeIfAbsent(sample.original(), original -> new ArrayList<>()).add(sample);
      }
    }
    List<Sample> epoch = new ArrayList<>();
    for (Sample sample : samples) {
      if (!sample.isCopy()) {
        boolean replaced = random.nextDouble() < rate; // drawn for each, so that no other shifts
        double which = random.nextDouble();
        List<Sample> own = copies.getOrDefault(sample.original(), List.of());
        epoch.add(replaced && !own.isEmpty() ? own.get((int) (which * own.size())) : sample);
      }
    }
    return epoch;
  }

  @Override
  public String toString() {
    return rate < 0 ? "all" : "synthetic " + rate;
  }
}

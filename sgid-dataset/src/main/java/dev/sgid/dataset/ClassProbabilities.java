package dev.sgid.dataset;

import static java.util.Objects.requireNonNull;

import dev.sgid.Label;
import dev.sgid.Sgid;
import dev.sgid.ZeroShot;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How likely images show the classes of a data set, as the scorer sees it. Thread-safe. */
final class ClassProbabilities {
  private final @Nullable ZeroShot zeroShot; // null for no classes, of which nothing is asked
  private final Labels labels;
  private final Map<String, Integer> indices = new HashMap<>(); // by text

  /**
   * Embeds the classes' texts; classes of the same text are one.
   *
   * @param classes as the data set has them; none, where nothing of it can be used
   */
  ClassProbabilities(Sgid sgid, Collection<String> classes, Labels labels) {
    this.labels = labels;
    Set<String> texts = new LinkedHashSet<>();
    classes.forEach(label -> texts.add(Label.text(labels.text(label))));
    this.zeroShot = texts.isEmpty() ? null : sgid.zeroShot(List.copyOf(texts));
    texts.forEach(text -> indices.put(text, indices.size()));
  }

  /** How likely an image shows a class of the data set. */
  double probability(float[] image, String label) {
    Integer index = indices.get(Label.text(labels.text(label)));
    if (index == null) {
      throw new IllegalArgumentException("A label that was not planned: " + label);
    }
    return requireNonNull(zeroShot).probabilities(image)[index];
  }

  /** What an image shows most likely. */
  Guess best(float[] image) {
    double[] probabilities = requireNonNull(zeroShot).probabilities(image);
    int best = 0;
    for (int i = 1; i < probabilities.length; i++) {
      best = probabilities[i] > probabilities[best] ? i : best;
    }
    return new Guess(requireNonNull(zeroShot).labels().get(best), probabilities[best]);
  }

  /**
   * What an image may show.
   *
   * @param text the label's text
   * @param probability in [0, 1]
   */
  record Guess(String text, double probability) {}
}

package dev.sgid.dataset.internal.keep;

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
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** How likely images show the classes of a data set, as the scorer sees it. Thread-safe. */
public final class ClassProbabilities {
  private final @Nullable ZeroShot zeroShot; // null for no classes, of which nothing is asked
  private final UnaryOperator<String> texts; // by label
  private final Map<String, Integer> indices = new HashMap<>(); // by text

  /**
   * Embeds the classes' texts; classes of the same text are one.
   *
   * @param classes as the data set has them; none, where nothing of it can be used
   * @param texts what each of them means
   */
  public ClassProbabilities(Sgid sgid, Collection<String> classes, UnaryOperator<String> texts) {
    this.texts = texts;
    Set<String> different = new LinkedHashSet<>();
    classes.forEach(label -> different.add(Label.text(texts.apply(label))));
    this.zeroShot = different.isEmpty() ? null : sgid.zeroShot(List.copyOf(different));
    different.forEach(text -> indices.put(text, indices.size()));
  }

  /** What an image shows. */
  public OfImage of(float[] image) {
    return new OfImage(requireNonNull(zeroShot).probabilities(image));
  }

  /** The probabilities of an image. */
  public final class OfImage {
    private final double[] probabilities; // by index

    private OfImage(double[] probabilities) {
      this.probabilities = probabilities;
    }

    /** How likely it shows a class of the data set. */
    public double probability(String label) {
      Integer index = indices.get(Label.text(texts.apply(label)));
      if (index == null) {
        throw new IllegalArgumentException("A label that was not planned: " + label);
      }
      return probabilities[index];
    }

    /** What it shows most likely. */
    Guess best() {
      int best = 0;
      for (int i = 1; i < probabilities.length; i++) {
        best = probabilities[i] > probabilities[best] ? i : best;
      }
      return new Guess(requireNonNull(zeroShot).labels().get(best), probabilities[best]);
    }
  }

  /**
   * What an image may show.
   *
   * @param text the label's text
   * @param probability in [0, 1]
   */
  record Guess(String text, double probability) {}
}

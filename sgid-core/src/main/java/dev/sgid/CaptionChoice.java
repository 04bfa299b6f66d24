package dev.sgid;

import dev.sgid.internal.Choice;
import java.util.Random;

/**
 * Chooses one of an image's caption candidates.
 *
 * <p>Thread-safe; the ready-made ones are serialisable.
 */
@FunctionalInterface
public interface CaptionChoice {
  /**
   * The index of the chosen candidate.
   *
   * @param similarities cosine of each candidate with the image, in the captioner's order; at least
   *     one
   * @param seed of whatever is drawn at random
   */
  int choose(double[] similarities, long seed);

  /**
   * The candidate most similar to the image; of those within 1e-6 of each other, like two that the
   * scorer's tokenizer cuts to the same text, the first. The default.
   */
  static CaptionChoice best() {
    return Choices.BEST;
  }

  /** The captioner's own first. */
  static CaptionChoice first() {
    return Choices.FIRST;
  }

  /** Any of them with equal chance, drawn from the image's seed. */
  static CaptionChoice random() {
    return Choices.RANDOM;
  }

  /**
   * Reads {@code best}, {@code first} or {@code random}, as the ready-made ones' {@code toString}
   * gives them.
   *
   * @throws IllegalArgumentException if {@code text} is none of them
   */
  static CaptionChoice parse(String text) {
    return Choice.parse(Choices.class, "A caption choice", text);
  }
}

enum Choices implements CaptionChoice {
  BEST {
    @Override
    public int choose(double[] similarities, long seed) {
      int best = 0;
      for (int i = 1; i < similarities.length; i++) {
        if (similarities[i] > similarities[best] + EQUAL) {
          best = i;
        }
      }
      return best;
    }
  },
  FIRST {
    @Override
    public int choose(double[] similarities, long seed) {
      return 0;
    }
  },
  RANDOM {
    @Override
    public int choose(double[] similarities, long seed) {
      return new Random(seed).nextInt(similarities.length); // specified to the bit, in java.base
    }
  };

  private static final double EQUAL = 1e-6; // float rounding, no preference

  @Override
  public String toString() {
    return Choice.text(this);
  }
}

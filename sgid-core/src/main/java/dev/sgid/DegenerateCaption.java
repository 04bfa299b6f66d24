package dev.sgid;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Captions that say nothing: a language model that knows nothing of a picture repeats itself
 * (Holtzman et al., The Curious Case of Neural Text Degeneration, 2020).
 */
final class DegenerateCaption {
  private static final int TIMES = 3; // twice is emphasis: "a very very small bag"
  private static final int LONGEST_PHRASE = 4; // words

  private DegenerateCaption() {}

  /**
   * Whether {@code caption} has no word, or one to four words three times in a row. Case and
   * punctuation around words don't count.
   */
  static boolean is(String caption) {
    List<String> words =
        Arrays.stream(caption.toLowerCase(Locale.ROOT).split("[\\s\\p{Z}]+"))
            .map(word -> word.replaceAll("^[\\p{P}\\p{S}]+|[\\p{P}\\p{S}]+$", ""))
            .filter(word -> !word.isEmpty())
            .toList();
    for (int length = 1; length <= LONGEST_PHRASE; length++) {
      if (repeats(words, length)) {
        return true;
      }
    }
    return words.isEmpty();
  }

  /** The indexes of the captions that are not; of all, where none is left. */
  static List<Integer> othersOf(List<String> captions) {
    List<Integer> all = IntStream.range(0, captions.size()).boxed().toList();
    List<Integer> others = all.stream().filter(i -> !is(captions.get(i))).toList();
    return others.isEmpty() ? all : others;
  }

  /** Whether a phrase of {@code length} words comes as often as that in a row. */
  private static boolean repeats(List<String> words, int length) {
    int same = 0; // words in a row that are the one a phrase before
    for (int i = length; i < words.size(); i++) {
      same = words.get(i).equals(words.get(i - length)) ? same + 1 : 0;
      if (same == (TIMES - 1) * length) {
        return true;
      }
    }
    return false;
  }
}

package dev.sgid.dataset.evaluate;

import dev.sgid.dataset.DatasetReader;
import dev.sgid.dataset.Failure;
import dev.sgid.dataset.Source;
import dev.sgid.dataset.evaluate.Evaluation.MatchedBy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Matches pictures of any tool to originals by the names of their files: a copy's name begins with
 * its original's, extensions aside, in the same class. The name must not go on in the middle of a
 * number or a word: {@code 1-a.png} and {@code 1a.png} are of {@code 1.jpg}, {@code 12.png} is not.
 * Of several originals the one with the longest name is meant.
 */
final class NamedCopies {
  private final Map<String, Map<String, List<Source>>> originals = new HashMap<>(); // class, stem

  private NamedCopies(DatasetReader in) {
    for (Source source : in) {
      originals
          .computeIfAbsent(label(source), label -> new HashMap<>())
          .computeIfAbsent(stem(source), stem -> new ArrayList<>(1))
          .add(source);
    }
  }

  static Copies of(DatasetReader in, DatasetReader out) {
    NamedCopies names = new NamedCopies(in);
    Copies copies = Copies.none(MatchedBy.FILE_NAME);
    out.forEach(picture -> names.match(picture, copies));
    copies.failures().addAll(out.failures());
    return copies;
  }

  private void match(Source picture, Copies copies) {
    Map<String, List<Source>> stems = originals.get(label(picture));
    if (stems == null) {
      unmatched(picture, copies, "the data set has no class \"" + picture.label() + "\"");
      return;
    }
    String stem = stem(picture);
    for (int length = stem.length(); length > 0; length--) {
      List<Source> found = stems.get(stem.substring(0, length));
      if (found == null || isWithin(stem, length)) {
        continue;
      }
      if (found.size() == 1) {
        copies.add(found.get(0), Copy.unexplained(picture));
      } else {
        unmatched(
            picture,
            copies,
            "several originals are called so: "
                + found.get(0).source()
                + " and "
                + found.get(1).source());
      }
      return;
    }
    unmatched(
        picture,
        copies,
        "no original of the class \""
            + picture.label()
            + "\" has a name that its name begins with");
  }

  private static void unmatched(Source picture, Copies copies, String reason) {
    copies.unmatched().add(new Failure(picture.source(), reason));
  }

  /** Whether a number or a word goes on behind so many characters. */
  private static boolean isWithin(String stem, int length) {
    if (length == stem.length()) {
      return false;
    }
    char before = stem.charAt(length - 1);
    char after = stem.charAt(length);
    return (Character.isDigit(before) && Character.isDigit(after))
        || (Character.isLetter(before) && Character.isLetter(after));
  }

  /** Tools differ in what they put for a space. */
  private static String label(Source source) {
    return source.label().replace('_', ' ').strip();
  }

  private static String stem(Source source) {
    String name = source.source().substring(source.source().lastIndexOf('/') + 1);
    int dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }
}

package dev.sgid.dataset;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sgid.internal.Sha256;
import java.text.Normalizer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Names what is written: {@code LABEL/STEM-sgid-COPY.png}, and originals as they are called.
 *
 * <p>Where two sources would get the same name, also on a file system that does not tell case or
 * Unicode's forms apart, or a name would pass {@value #MAX_BYTES} bytes, the first 8 digits of the
 * SHA-256 of {@code source} join the stem, for all of those sources.
 */
final class OutputNames {
  private static final int MAX_BYTES = 255;
  private static final int HASH_DIGITS = 8;

  private final Map<String, String> stems = new HashMap<>(); // by source

  OutputNames(List<Source> sources, int copies, boolean withOriginals) {
    Map<String, Integer> uses = new HashMap<>();
    Set<String> originals = new HashSet<>();
    for (Source source : sources) {
      uses.merge(key(source, source.stem()), 1, Integer::sum);
      if (withOriginals) {
        originals.add(key(source, source.name()));
      }
    }
    int suffixes = bytes(copyName("", copies - 1));
    for (Source source : sources) {
      String stem = source.stem();
      int longest = Math.max(bytes(stem) + suffixes, withOriginals ? bytes(source.name()) : 0);
      boolean alone =
          uses.getOrDefault(key(source, stem), 0) == 1
              && longest <= MAX_BYTES
              && (originals.isEmpty() || hitsNone(source, copies, originals));
      stems.put(source.source(), alone ? stem : hashed(source, suffixes));
    }
  }

  private static boolean hitsNone(Source source, int copies, Set<String> originals) {
    for (int copy = 0; copy < copies; copy++) {
      if (originals.contains(key(source, copyName(source.stem(), copy)))) {
        return false;
      }
    }
    return true;
  }

  private static String hashed(Source source, int suffixes) {
    String hash = "-" + Sha256.hex(source.source().getBytes(UTF_8)).substring(0, HASH_DIGITS);
    int room = MAX_BYTES - suffixes - hash.length() - bytes(extension(source));
    return cut(source.stem(), room) + hash;
  }

  /** The longest beginning that has at most {@code most} bytes, between two characters. */
  private static String cut(String text, int most) {
    int end = 0;
    int used = 0;
    while (end < text.length()) {
      int point = text.codePointAt(end);
      used += bytes(Character.toString(point));
      if (used > most) {
        break;
      }
      end += Character.charCount(point);
    }
    return text.substring(0, end);
  }

  /** Relative to the folder that is written, with {@code /}. */
  String copy(Source source, int copy) {
    return source.label() + "/" + copyName(stem(source), copy);
  }

  /** Relative to the folder that is written, with {@code /}. */
  String original(Source source) {
    return source.label() + "/" + stem(source) + extension(source);
  }

  private String stem(Source source) {
    String stem = stems.get(source.source());
    if (stem == null) {
      throw new IllegalArgumentException("A source that was not planned: " + source);
    }
    return stem;
  }

  private static String copyName(String stem, int copy) {
    return stem + "-sgid-" + copy + ".png";
  }

  private static String extension(Source source) {
    return source.name().substring(source.stem().length());
  }

  private static String key(Source source, String name) {
    String path = source.label() + "/" + name;
    return Normalizer.normalize(path, Normalizer.Form.NFC).toLowerCase(Locale.ROOT);
  }

  private static int bytes(String text) {
    return text.getBytes(UTF_8).length;
  }
}

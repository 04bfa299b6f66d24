package dev.sgid.dataset.internal.vp8;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** VP8's constants, read once from {@code tables.txt}. */
final class Tables {
  private static final Map<String, int[]> ALL = read();

  /** Probabilities of coefficients: (4, 8, 3, 11). */
  static final int[] COEFFICIENTS = table("coefficients", 4 * 8 * 3 * 11);

  /** How likely a frame replaces each of {@link #COEFFICIENTS}. */
  static final int[] UPDATES = table("coefficient-updates", 4 * 8 * 3 * 11);

  /** Probabilities of a subblock's mode by those above and on the left: (10, 10, 9). */
  static final int[] SUBBLOCK_MODES = table("subblock-modes", 10 * 10 * 9);

  /** What a quantizer, 0 to 127, multiplies the first coefficient by. */
  static final int[] DC_STEPS = table("dc-steps", 128);

  /** What a quantizer, 0 to 127, multiplies the others by. */
  static final int[] AC_STEPS = table("ac-steps", 128);

  private Tables() {}

  private static int[] table(String name, int length) {
    int[] numbers = ALL.get(name);
    if (numbers == null || numbers.length != length) {
      throw new IllegalStateException("VP8's table " + name + " is missing or not whole");
    }
    return numbers;
  }

  private static Map<String, int[]> read() {
    Map<String, List<String>> numbers = new HashMap<>();
    String name = "";
    for (String line : text().lines().toList()) {
      if (Character.isLetter(line.charAt(0))) {
        name = line;
      } else if (!line.startsWith("#")) {
        numbers
            .computeIfAbsent(name, key -> new ArrayList<>())
            .addAll(List.of(line.split(" ", -1)));
      }
    }
    Map<String, int[]> all = new HashMap<>();
    numbers.forEach(
        (key, list) -> all.put(key, list.stream().mapToInt(Integer::parseInt).toArray()));
    return all;
  }

  private static String text() {
    try (InputStream in = Tables.class.getResourceAsStream("tables.txt")) {
      if (in == null) {
        throw new IllegalStateException("VP8's tables are missing beside its classes");
      }
      return new String(in.readAllBytes(), US_ASCII);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package dev.sgid.cli;

import java.util.Locale;

/** Text on a terminal, whose columns are no characters: some take two, some none. */
final class Columns {
  private static final int[][] WIDE = { // Unicode's East Asian Width, in blocks
    {0x1100, 0x115f},
    {0x2e80, 0xa4cf},
    {0xac00, 0xd7a3},
    {0xf900, 0xfaff},
    {0xfe30, 0xfe6f},
    {0xff00, 0xff60},
    {0xffe0, 0xffe6},
    {0x1f300, 0x1faff},
    {0x20000, 0x3fffd},
  };

  private Columns() {}

  /** A line that says something of what is named. */
  static String field(String name, String text) {
    return String.format(Locale.ROOT, "%-15s %s", name, text);
  }

  /** So many bytes, in words. */
  static String bytes(long bytes) {
    return bytes >= 1_000_000_000
        ? String.format(Locale.ROOT, "%.1f GB", bytes / 1e9)
        : String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
  }

  /** How many columns a text takes. */
  static int of(String text) {
    return text.codePoints().map(Columns::of).sum();
  }

  private static int of(int codePoint) {
    int type = Character.getType(codePoint);
    if (type == Character.NON_SPACING_MARK
        || type == Character.ENCLOSING_MARK
        || type == Character.FORMAT) {
      return 0;
    }
    for (int[] range : WIDE) {
      if (codePoint >= range[0] && codePoint <= range[1]) {
        return 2;
      }
    }
    return 1;
  }

  /**
   * A text that anybody may have written, fit for a terminal: no more than so many columns, and
   * without what would move the cursor or turn the direction of writing.
   */
  static String plain(String text, int most) {
    String plain = text.replaceAll("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}]", "?");
    return of(plain) <= most ? plain : cut(plain, most - 3) + "...";
  }

  /** The beginning of a text that takes no more than so many columns. */
  static String cut(String text, int most) {
    StringBuilder cut = new StringBuilder();
    int taken = 0;
    for (int codePoint : text.codePoints().toArray()) {
      taken += of(codePoint);
      if (taken > most) {
        break;
      }
      cut.appendCodePoint(codePoint);
    }
    return cut.toString();
  }
}

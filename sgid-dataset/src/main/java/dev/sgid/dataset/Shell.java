package dev.sgid.dataset;

import java.nio.file.Path;
import java.util.regex.Pattern;

/** Lines that a user can type. */
final class Shell {
  private static final Pattern PLAIN = Pattern.compile("[\\w@%+=:,./\\\\-]+");

  private Shell() {}

  /** A path as a shell takes it: in quotes where it needs them. */
  static String quoted(Path path) {
    String text = path.toString();
    return PLAIN.matcher(text).matches() ? text : "'" + text.replace("'", "'\\''") + "'";
  }
}

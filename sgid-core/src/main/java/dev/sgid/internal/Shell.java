package dev.sgid.internal;

import java.io.File;
import java.util.regex.Pattern;

/** Lines that a user can type. */
public final class Shell {
  private static final Pattern PLAIN =
      Pattern.compile("[\\w@%+=:,./" + Pattern.quote(File.separator) + "-]+");

  private Shell() {}

  /** A word as a shell takes it: in quotes where it needs them. */
  public static String quoted(String word) {
    return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}

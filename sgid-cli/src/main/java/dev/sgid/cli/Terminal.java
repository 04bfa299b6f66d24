package dev.sgid.cli;

import java.util.Map;
import picocli.CommandLine.Help.Ansi;

/**
 * What may be sent to the terminal.
 *
 * @param environment the process's variables
 */
record Terminal(Map<String, String> environment) {
  /** That of this process. */
  static Terminal ofThisProcess() {
    return new Terminal(System.getenv());
  }

  /** Whether stderr is a terminal that can draw a line anew. */
  boolean redraws() {
    return Boolean.getBoolean("sgid.terminal") // the launcher tells: Java can't ask about stderr
        && !isDumb();
  }

  /**
   * Whether help has colors: not where <a href="https://no-color.org">NO_COLOR</a> is set or the
   * terminal is dumb; else where picocli finds a terminal, or the variables that ask for them.
   */
  Ansi ansi() {
    return isDumb() || environment.containsKey("NO_COLOR") ? Ansi.OFF : Ansi.AUTO;
  }

  private boolean isDumb() {
    return "dumb".equals(environment.get("TERM"));
  }
}

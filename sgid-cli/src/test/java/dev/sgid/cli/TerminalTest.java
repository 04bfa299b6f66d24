package dev.sgid.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.Help.Ansi;

class TerminalTest {
  private static final String ESCAPE = "\u001b";

  @AfterEach
  void forgetTheTerminal() {
    System.clearProperty("sgid.terminal");
  }

  @Test
  void redraws_dumbTerminal_doesNot() {
    assertThat(new Terminal(Map.of("TERM", "xterm")).redraws()).isFalse(); // no terminal
    System.setProperty("sgid.terminal", "true");

    assertThat(new Terminal(Map.of("TERM", "xterm")).redraws()).isTrue();
    assertThat(new Terminal(Map.of()).redraws()).isTrue();
    assertThat(new Terminal(Map.of("TERM", "dumb")).redraws()).isFalse();
  }

  @Test
  void ansi_noColorOrDumb_isOff() {
    assertThat(new Terminal(Map.of("TERM", "xterm")).ansi()).isEqualTo(Ansi.AUTO);
    assertThat(new Terminal(Map.of("NO_COLOR", "1")).ansi()).isEqualTo(Ansi.OFF);
    assertThat(new Terminal(Map.of("TERM", "dumb")).ansi()).isEqualTo(Ansi.OFF);
  }

  @Test
  void help_colorsForced_hasThem() throws IOException, InterruptedException {
    assertThat(help(Map.of("CLICOLOR_FORCE", "1"))).contains(ESCAPE + "[1m");
  }

  @Test
  void help_noTerminalNoColorOrDumb_hasNoEscapes() throws IOException, InterruptedException {
    assertThat(help(Map.of())).contains("--json").doesNotContain(ESCAPE);
    assertThat(help(Map.of("CLICOLOR_FORCE", "1", "NO_COLOR", "1"))).doesNotContain(ESCAPE);
    assertThat(help(Map.of("CLICOLOR_FORCE", "1", "TERM", "dumb"))).doesNotContain(ESCAPE);
  }

  @Test
  void augment_noTerminal_printsNoEscapes(@TempDir Path folder)
      throws IOException, InterruptedException {
    MainProcess command =
        MainProcess.run(
            Map.of(), List.of(), List.of("augment", folder + "/nowhere", folder + "/out"));

    assertThat(command.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(command.stderr()).startsWith("sgid: ").doesNotContain(ESCAPE, "\r");
    assertThat(command.stdout()).isEmpty();
  }

  private static String help(Map<String, String> environment)
      throws IOException, InterruptedException {
    return MainProcess.run(environment, List.of(), List.of("augment", "--help")).stdout();
  }
}

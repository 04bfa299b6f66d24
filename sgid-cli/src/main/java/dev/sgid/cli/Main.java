package dev.sgid.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Help;

/** Starts the {@code sgid} command. */
public final class Main {
  private Main() {}

  /** Runs the command and ends the process with its exit code. */
  public static void main(String[] args) {
    System.setProperty("java.awt.headless", "true"); // pictures are decoded, never shown
    System.exit(run(commandLine(), args));
  }

  /** Runs the command; the exit code. */
  static int run(CommandLine command, String... args) {
    try {
      return command.execute(args);
    } catch (Error e) { // which picocli lets through
      return ExitCode.report(e, command.getErr());
    }
  }

  /** The command; what it prints goes to stdout and stderr if nobody says otherwise. */
  static CommandLine commandLine() {
    return commandLine(new PrintWriter(System.out, false, UTF_8));
  }

  /** The command; events for machines go to {@code utf8}, whatever the locale says. */
  static CommandLine commandLine(PrintWriter utf8) {
    return new CommandLine(new SgidCommand(utf8))
        .setColorScheme(Help.defaultColorScheme(Terminal.ofThisProcess().ansi()))
        .setParameterExceptionHandler((e, args) -> ExitCode.usage(e))
        .setExecutionExceptionHandler((e, command, parsed) -> ExitCode.report(e, command.getErr()));
  }
}

package dev.sgid.cli;

import picocli.CommandLine;

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
    } catch (OutOfMemoryError e) {
      command
          .getErr()
          .println("sgid: out of memory: try --lanes 1 --batch 1, or SGID_JAVA_OPTS=-Xmx8g");
      return ExitCode.UNUSABLE;
    } catch (Error e) { // which picocli lets through
      return ExitCode.bug(e, command.getErr());
    }
  }

  /** The command; what it prints goes to stdout and stderr if nobody says otherwise. */
  static CommandLine commandLine() {
    return new CommandLine(new SgidCommand())
        .setParameterExceptionHandler((e, args) -> ExitCode.usage(e))
        .setExecutionExceptionHandler((e, command, parsed) -> ExitCode.report(e, command.getErr()));
  }
}

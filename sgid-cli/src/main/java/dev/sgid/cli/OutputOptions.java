package dev.sgid.cli;

import java.time.Clock;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What is said while a command runs, and to whom. */
final class OutputOptions {
  // picocli puts the real one here
  @Spec(Spec.Target.MIXEE)
  private final CommandSpec spec = CommandSpec.create();

  @Option(names = "--quiet", description = "Prints errors and warnings only.")
  private boolean quiet;

  @Option(
      names = "--json",
      description =
          "Prints what happens for machines: a JSON object a line, in UTF-8, on stdout. Stderr is"
              + " as with --quiet.")
  private boolean json;

  /** Whether people are told of errors and warnings only. */
  boolean isQuiet() {
    return quiet || json;
  }

  /**
   * Does a command's work, watched by whom the options say.
   *
   * @param work gives the exit code; what it throws goes on, once the events have their last line
   */
  int watched(ToIntFunction<Watch> work) {
    CommandLine command = spec.commandLine();
    JsonEvents events =
        json ? new JsonEvents(SgidCommand.utf8(spec), Clock.systemUTC(), System::nanoTime) : null;
    int exitCode;
    try (Watch watch = new Watch(command.getErr(), isQuiet(), events)) {
      exitCode = work.applyAsInt(watch);
    } catch (RuntimeException | Error e) {
      end(events, ExitCode.of(e), ExitCode.message(e));
      throw e;
    }
    end(events, exitCode, null);
    return exitCode;
  }

  private static void end(@Nullable JsonEvents events, int exitCode, @Nullable String message) {
    if (events != null) {
      events.ended(exitCode, message);
    }
  }
}

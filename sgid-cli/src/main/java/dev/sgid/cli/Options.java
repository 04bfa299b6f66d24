package dev.sgid.cli;

import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** What groups of options have in common. */
final class Options {
  private Options() {}

  /** Sets what was given; a value that is refused is named with its option. */
  static <T> void set(
      CommandSpec command, String option, @Nullable T value, Consumer<? super T> setter) {
    if (value == null) {
      return;
    }
    try {
      setter.accept(value);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), option + ": " + e.getMessage(), e);
    }
  }

  /**
   * A path that was given. Java takes an empty one, as of an unset variable, for the working
   * folder.
   */
  static Path named(CommandSpec command, String parameter, @Nullable Path path) {
    if (path == null) {
      throw new ParameterException(command.commandLine(), parameter + " is missing");
    }
    if (path.toString().isEmpty()) {
      throw new ParameterException(
          command.commandLine(), parameter + " is empty; the folder one is in is called .");
    }
    return path;
  }
}

package dev.sgid.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/**
 * Refuses files that would lie in a data set, where they may be taken for data.
 *
 * @param command that is asked to write
 * @param data the data set; a file has no inside
 */
record Outside(CommandSpec command, Path data) {
  static Outside of(CommandSpec command, Path data) {
    return new Outside(command, data);
  }

  /** Refuses a file that an option names. */
  Outside require(String option, Path file) {
    if (Files.isDirectory(file)) {
      throw new ParameterException(command.commandLine(), option + ": " + file + " is a folder");
    }
    try {
      Path folder = existing(file.toAbsolutePath().normalize());
      if (Files.isDirectory(data)
          && folder != null
          && folder.toRealPath().startsWith(data.toRealPath())) {
        throw new ParameterException(
            command.commandLine(),
            option + ": " + file + " would lie in the data set " + data + ": name another place");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(file + " can't be looked at: " + e.getMessage(), e);
    }
    return this;
  }

  private static @Nullable Path existing(@Nullable Path path) {
    return path == null || Files.exists(path) ? path : existing(path.getParent());
  }
}

package dev.sgid.cli;

import dev.sgid.dataset.DatasetException;
import dev.sgid.dataset.ImageDecoder;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Single pictures in and out, for commands that draw a figure. */
final class Pictures {
  private Pictures() {}

  /** Reads a picture that was named on the command line. */
  static BufferedImage read(CommandSpec command, String parameter, @Nullable Path file) {
    Path named = Options.named(command, parameter, file);
    try {
      if (!Files.exists(named)) {
        throw new DatasetException("There is no file " + named);
      }
      if (Files.isDirectory(named)) {
        throw new DatasetException(named + " is a folder, an image is expected");
      }
      return new ImageDecoder().read(named);
    } catch (IOException e) {
      throw new DatasetException(named + " can't be read: " + e.getMessage(), e);
    }
  }

  /**
   * The file of a figure.
   *
   * @param option that names it
   * @param inputs images, none of which it may be
   */
  static Path figure(CommandSpec command, String option, Path given, List<Path> inputs) {
    Path file = Options.named(command, option, given);
    if (!file.toString().toLowerCase(Locale.ROOT).endsWith(".png")) {
      throw new ParameterException(
          command.commandLine(), option + ": the figure is a .png file, is to be " + file);
    }
    if (Files.isDirectory(file)) {
      throw new ParameterException(command.commandLine(), option + ": " + file + " is a folder");
    }
    for (Path input : inputs) {
      if (isSame(input, file)) {
        throw new ParameterException(
            command.commandLine(),
            option + ": " + file + " is the image itself: choose another name");
      }
    }
    return file;
  }

  private static boolean isSame(Path a, Path b) {
    try {
      return Files.exists(a) && Files.exists(b) && Files.isSameFile(a, b);
    } catch (IOException e) {
      throw new UncheckedIOException(b + " can't be looked at: " + e.getMessage(), e);
    }
  }

  /** Writes a figure. */
  static void write(BufferedImage figure, Path file) {
    try {
      Path folder = file.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      if (!ImageIO.write(figure, "png", file.toFile())) {
        throw new AssertionError("Every Java platform writes PNG");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(file + " can't be written: " + e.getMessage(), e);
    }
  }

  /** Labels as they are listed on the command line; none where there is no list. */
  static List<String> labels(@Nullable String list) {
    return list == null
        ? List.of()
        : Arrays.stream(list.split(",", -1)).map(String::strip).toList();
  }
}

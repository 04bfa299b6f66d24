package dev.sgid.onnx.reference;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/** The small random packs that {@code tools/reference/tiny_models.py} makes. */
public final class TinyPacks {
  private TinyPacks() {}

  /**
   * Lays packs over one another, a file of a later one replacing that of an earlier one.
   *
   * @param into an empty folder, or one that does not exist yet
   * @param names {@code tiny-sd1} first, then what differs from it
   * @return {@code into}, with the pack's {@code stable-diffusion} in it
   */
  public static Path assemble(Path into, String... names) {
    for (String name : names) {
      copy(folder(name), into);
    }
    return into;
  }

  /** Copies a model that is no whole pack, a CLIP or a BLIP, to {@code into}. */
  public static Path assembleBeside(Path into, String name) {
    copy(folder(name, "config.json"), into);
    return into;
  }

  private static Path folder(String name) {
    return folder(name, "MADE_BY.json");
  }

  private static Path folder(String name, String file) {
    URL url = TinyPacks.class.getResource("/dev/sgid/onnx/models/" + name + "/" + file);
    if (url == null) {
      throw new AssertionError("No tiny pack " + name);
    }
    try {
      return Path.of(url.toURI()).resolveSibling("");
    } catch (URISyntaxException e) {
      throw new AssertionError(url.toString(), e);
    }
  }

  private static void copy(Path from, Path to) {
    try (Stream<Path> tree = Files.walk(from)) {
      List<Path> files = tree.filter(Files::isRegularFile).toList();
      for (Path file : files) {
        Path target = to.resolve(from.relativize(file).toString());
        Files.createDirectories(target.resolve("..").normalize());
        Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

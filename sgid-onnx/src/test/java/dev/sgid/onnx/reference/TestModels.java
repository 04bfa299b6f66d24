package dev.sgid.onnx.reference;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/** The small models among the test resources, and the pictures they are asked about. */
public final class TestModels {
  private TestModels() {}

  /** A model's folder, {@code tiny-clip} for one. */
  public static Path folder(String name) {
    URL url = TestModels.class.getResource("/dev/sgid/onnx/models/" + name + "/config.json");
    if (url == null) {
      throw new AssertionError("No test model " + name);
    }
    try {
      return Path.of(url.toURI()).resolveSibling("");
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  /** A copy of a model's folder that a test may break. */
  public static Path copy(String name, Path to) {
    try (Stream<Path> files = Files.list(folder(name))) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
      return to;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Moves files of a folder into its folder {@code onnx}, where published models have them. */
  public static void moveBelow(Path folder, String... names) {
    try {
      Path below = Files.createDirectories(folder.resolve("onnx"));
      for (String name : names) {
        Files.move(folder.resolve(name), below.resolve(name));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A picture, {@code gray-28x28} for one. */
  public static BufferedImage image(String name) {
    try (InputStream in = Golden.open("images/" + name + ".png")) {
      return ImageIO.read(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Several pictures. */
  public static List<BufferedImage> images(List<String> names) {
    return names.stream().map(TestModels::image).toList();
  }
}

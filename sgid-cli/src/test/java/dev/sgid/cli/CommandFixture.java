package dev.sgid.cli;

import dev.sgid.testing.FakePack;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;

/**
 * A folder with a pack for a command, and what the command prints. The pack is a {@link FakePack}.
 */
abstract class CommandFixture {
  final Path folder;
  final Path in;
  final Path out;
  final Path pack;
  final StringWriter stdout = new StringWriter();
  final StringWriter stderr = new StringWriter();

  CommandFixture(Path folder) {
    this.folder = folder;
    this.in = folder.resolve("in");
    this.out = folder.resolve("out");
    this.pack = folder.resolve("pack");
  }

  @BeforeEach
  void emptyPack() throws IOException {
    CommandBackend.reset();
    Files.createDirectories(pack);
  }

  /** Runs a command; its exit code. */
  int sgid(Object... args) {
    stdout.getBuffer().setLength(0);
    stderr.getBuffer().setLength(0);
    return Main.run(
        Main.commandLine(new PrintWriter(stdout, true))
            .setOut(new PrintWriter(stdout, true))
            .setErr(new PrintWriter(stderr, true)),
        Arrays.stream(args).map(Object::toString).toArray(String[]::new));
  }

  /** A picture of 8x6 pixels of one color. */
  static Path image(Path file, int rgb) {
    BufferedImage image = new BufferedImage(8, 6, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 48; i++) {
      image.setRGB(i % 8, i / 8, rgb);
    }
    return write(file, image);
  }

  static Path write(Path file, BufferedImage image) {
    try {
      Files.createDirectories(file.getParent());
      boolean ignored = ImageIO.write(image, "png", file.toFile());
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

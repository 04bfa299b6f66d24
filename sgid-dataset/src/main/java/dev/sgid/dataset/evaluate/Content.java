package dev.sgid.dataset.evaluate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A picture's file, wherever it lies; read when it is wanted. */
@FunctionalInterface
interface Content {
  /** No picture is longer; a file is read as a whole. */
  long MOST_BYTES = 1L << 30;

  byte[] read() throws IOException;

  /** That of a file of its own. */
  static Content of(Path file) {
    return () -> {
      requireSize(Files.size(file));
      return Files.readAllBytes(file);
    };
  }

  static void requireSize(long bytes) throws IOException {
    if (bytes > MOST_BYTES) {
      throw new IOException(
          "the file has " + bytes + " bytes, at most " + MOST_BYTES + " are read");
    }
  }
}

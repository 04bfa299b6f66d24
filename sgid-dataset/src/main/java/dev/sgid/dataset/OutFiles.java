package dev.sgid.dataset;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Writes files that appear whole, by a rename.
 *
 * <p>With {@link FileOutputStream}: an interrupt would close a channel in the middle of a write.
 */
final class OutFiles {
  private static final String TEMPORARY_PREFIX = ".sgid-";
  private static final String TEMPORARY_SUFFIX = ".tmp";

  private OutFiles() {}

  /** A name in the folder's root for what is not finished; hidden, and known to be sgid's. */
  static Path temporary(Path out, String what) {
    // not a "temp file" of Java's, which nobody else may read
    return out.resolve(TEMPORARY_PREFIX + what + TEMPORARY_SUFFIX);
  }

  /** Whether a file of this name is one that {@link #temporary} names. */
  static boolean isTemporary(String name) {
    return name.startsWith(TEMPORARY_PREFIX) && name.endsWith(TEMPORARY_SUFFIX);
  }

  /** Writes a file; {@code name} is relative to the folder, with {@code /}. */
  static void write(Path out, String name, byte[] content) throws IOException {
    Path file = FileName.resolve(out, name);
    Path folder = file.getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    Path temporary = temporary(out, "file");
    try {
      try (OutputStream stream = new FileOutputStream(temporary.toFile())) {
        stream.write(content);
      }
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }
}

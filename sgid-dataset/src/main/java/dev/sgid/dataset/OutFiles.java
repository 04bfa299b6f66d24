package dev.sgid.dataset;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

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

  /**
   * The file of a name that a manifest has; null if there is none, or a link is on the way.
   *
   * @param name relative to the folder, with {@code /}
   */
  static @Nullable Path inside(Path out, String name) {
    String[] names = name.split("/", -1);
    Path at = out;
    try {
      for (int i = 0; i < names.length; i++) {
        if (names[i].isEmpty() || names[i].equals(".") || names[i].equals("..")) {
          return null;
        }
        at = FileName.resolve(at, names[i]);
        boolean last = i == names.length - 1;
        if (last
            ? !Files.isRegularFile(at, LinkOption.NOFOLLOW_LINKS)
            : !Files.isDirectory(at, LinkOption.NOFOLLOW_LINKS)) {
          return null;
        }
      }
      return at;
    } catch (InvalidPathException e) {
      return null; // a name from another platform: it can't be here
    }
  }

  /** What a file is made of, for {@link #write(Path, String, Content)}. */
  @FunctionalInterface
  interface Content {
    /** Writes it all; need not close the stream. */
    void to(OutputStream stream) throws IOException;
  }

  /** Writes a picture; {@code name} is relative to the folder, with {@code /}. */
  static void write(Path out, String name, byte[] content) throws IOException {
    write(out, name, stream -> stream.write(content), false);
  }

  /** Writes a file that outlives a power failure as soon as it appears. */
  static void write(Path out, String name, Content content) throws IOException {
    write(out, name, content, true);
  }

  private static void write(Path out, String name, Content content, boolean sync)
      throws IOException {
    Path file = FileName.resolve(out, name);
    Path folder = file.getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    Path temporary = temporary(out, "file");
    try {
      try (FileOutputStream stream = new FileOutputStream(temporary.toFile())) {
        content.to(stream);
        if (sync) {
          stream.getFD().sync();
        }
      }
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /** Deletes a folder in which nothing is left. */
  static void deleteIfEmpty(Path folder) throws IOException {
    try {
      Files.delete(folder);
    } catch (DirectoryNotEmptyException | NoSuchFileException e) {
      return; // somebody else's files are in it, or it never came to be
    }
  }
}

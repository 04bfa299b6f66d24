package dev.sgid.dataset;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Holds a folder for one run, in this process and among all: the operating system lets go of it
 * when the process ends, however it ends.
 *
 * <p>The lock is on {@value #NAME} in the folder's root, which says who holds it, and goes with the
 * run. Nothing else in this process may open that file: on Unix, closing any one of its handles
 * lets go of the lock.
 */
final class OutLock implements AutoCloseable {
  static final String NAME = "sgid.lock";
  private static final long BEHIND_TEXT =
      Long.MAX_VALUE - 1; // Windows lets nobody read what's locked
  private static final int MOST_TRIES = 100;
  private static final int MOST_BYTES = 64;
  private static final Pattern TEXT = Pattern.compile("process (\\d+)\\R?");

  /** Real paths of the folders that are held in this process. Also the monitor of all this. */
  private static final Set<Path> HELD = new HashSet<>();

  private final Path out;
  private final RandomAccessFile file;

  private OutLock(Path out, RandomAccessFile file) {
    this.out = out;
    this.file = file;
  }

  /**
   * Takes a folder.
   *
   * @param out a real path
   * @throws DatasetException if another run holds it, or a file of the lock's name is another's
   */
  static OutLock take(Path out) throws IOException {
    synchronized (HELD) {
      RandomAccessFile file = locked(out, true);
      try {
        file.setLength(0);
        file.write(("process " + ProcessHandle.current().pid() + "\n").getBytes(US_ASCII));
      } catch (IOException e) {
        file.close();
        throw e;
      }
      HELD.add(out);
      return new OutLock(out, file);
    }
  }

  /**
   * Refuses a folder that another run holds.
   *
   * @param out a real path
   */
  static void requireFree(Path out) throws IOException {
    synchronized (HELD) {
      requireNotHeld(out);
      if (Files.isWritable(out.resolve(NAME))) {
        locked(out, false).close();
      }
    }
  }

  private static void requireNotHeld(Path out) {
    if (HELD.contains(out)) {
      throw new DatasetException("Another run, of this process, is writing to " + out);
    }
  }

  private static RandomAccessFile locked(Path out, boolean create) throws IOException {
    requireNotHeld(out);
    Path path = out.resolve(NAME);
    for (int i = 0; i < MOST_TRIES; i++) {
      requireOurs(path);
      @Nullable Object before = key(path);
      if (before == null && !create && !Files.exists(path)) {
        throw new IOException("it was taken away");
      }
      RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw");
      boolean locked = false;
      try {
        FileLock lock = file.getChannel().tryLock(BEHIND_TEXT, 1, false);
        if (lock == null) {
          throw heldElsewhere(out, file);
        }
        // the run before may have taken its file away between the opening and the locking
        locked = before == null ? Files.exists(path) : Objects.equals(before, key(path));
        if (locked) {
          requireOurs(file, path);
          return file;
        }
      } finally {
        if (!locked) {
          file.close();
        }
      }
    }
    throw new IOException(path + " comes and goes: other runs are at work");
  }

  private static DatasetException heldElsewhere(Path out, RandomAccessFile file)
      throws IOException {
    Matcher text = TEXT.matcher(text(file));
    return new DatasetException(
        "Another run is writing to "
            + out
            + (text.matches() ? " (process " + text.group(1) + ")" : "")
            + ": wait for it, or choose another folder");
  }

  /** A link would have another file written. */
  private static void requireOurs(Path path) {
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)
        && !Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
      throw inTheWay(path);
    }
  }

  private static void requireOurs(RandomAccessFile file, Path path) throws IOException {
    String text = text(file);
    if (!text.isEmpty() && !TEXT.matcher(text).matches()) {
      file.close();
      throw inTheWay(path);
    }
  }

  static DatasetException inTheWay(Path path) {
    return new DatasetException(
        path + " is in the way: sgid did not write it, move it or choose another folder");
  }

  private static String text(RandomAccessFile file) throws IOException {
    byte[] bytes = new byte[MOST_BYTES];
    file.seek(0);
    int length = Math.max(0, file.read(bytes));
    file.seek(0);
    return new String(bytes, 0, length, US_ASCII);
  }

  /** What tells a file from one that took its name; null where there is none or none can. */
  private static @Nullable Object key(Path path) throws IOException {
    return Files.exists(path)
        ? Files.readAttributes(path, BasicFileAttributes.class).fileKey()
        : null;
  }

  /** Lets go. */
  @Override
  public void close() throws IOException {
    synchronized (HELD) {
      boolean deleted = deleted(); // before it is let go, so that nobody takes one that vanishes
      file.close();
      if (!deleted) {
        Files.deleteIfExists(out.resolve(NAME)); // Windows deletes no open files
      }
      HELD.remove(out);
    }
  }

  private boolean deleted() {
    try {
      Files.deleteIfExists(out.resolve(NAME));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}

package dev.sgid.internal;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;
import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.FileLockInterruptionException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Files of the class path, unpacked once to a folder of the cache.
 *
 * <p>The folder appears whole, by one rename. Its files are checked on every use; a folder that was
 * damaged is made anew. A lock beside it lets one thread of one process unpack at a time.
 *
 * @param name the folder's; files that differ need another
 * @param files what lies in it
 */
public record Unpacking(String name, List<Item> files) {
  // A file lock only orders processes. A text constant is one object for all class loaders, so this
  // orders web applications, too, each of which has its own copy of this class.
  private static final String IN_THIS_PROCESS = "dev.sgid.internal.Unpacking";

  public Unpacking {
    files = List.copyOf(files);
  }

  /** What tells one content from another. */
  public interface Sum {
    /** The sum of all that is left of {@code in}. */
    String of(InputStream in) throws IOException;
  }

  /**
   * A file.
   *
   * @param path where it comes to lie, separated by slashes
   * @param bytes its size
   * @param sum how its content is told
   * @param expected what the sum comes to
   * @param source where it is read
   */
  public record Item(String path, long bytes, Sum sum, String expected, URL source) {
    private boolean isAt(Path file) throws IOException {
      if (!Files.isRegularFile(file) || Files.size(file) != bytes) {
        return false;
      }
      try (InputStream in = Files.newInputStream(file)) {
        return sum.of(in).equals(expected);
      }
    }
  }

  /** A file of the class path that is not what is expected of it. */
  public static final class DamagedSource extends IOException {
    private static final long serialVersionUID = 1L;

    /** Says what is wrong with the source. */
    public DamagedSource(String problem, @Nullable Throwable cause) {
      super(problem, cause);
    }
  }

  /** Why the files can't be unpacked: where to, the reason, and how to choose another folder. */
  public static final class CantUnpack extends IOException {
    private static final long serialVersionUID = 1L;

    private CantUnpack(@Nullable Path cache, IOException cause) {
      super(
          "can't be unpacked"
              + (cache == null ? "" : " to " + cache)
              + " ("
              + Reason.of(cause)
              + (cause.getSuppressed().length == 0
                  ? ""
                  : "; in its place: " + Reason.of(cause.getSuppressed()[0]))
              + "); "
              + CacheFolder.REMEDY,
          cause);
    }
  }

  /**
   * The folder, whole; unpacked if need be.
   *
   * @param chosen the cache that the caller chose; null for the default, for which {@link
   *     CacheFolder#temporary()} stands in where it can't be written
   * @throws DamagedSource if a file on the class path is not what is listed
   * @throws CantUnpack if it can't be made
   * @throws IOException if the thread is interrupted; {@link #isInterruption} tells
   */
  public Path in(@Nullable Path chosen) throws IOException {
    Path cache = null;
    try {
      CacheFolder folder = CacheFolder.of(chosen);
      cache = folder.path();
      return folder.named() ? in(folder) : inOrElsewhere(folder);
    } catch (IOException e) {
      throw isFinal(e) ? e : new CantUnpack(cache, e);
    }
  }

  Path inOrElsewhere(CacheFolder users) throws IOException {
    try {
      return in(users);
    } catch (IOException e) {
      if (isFinal(e)) {
        throw e;
      }
      try {
        CacheFolder temporary = CacheFolder.temporary();
        Path unpacked = in(temporary);
        LoggerFactory.getLogger(Unpacking.class) // there is seldom need for one
            .info(
                "{} is unpacked to {}, because {} can't be used ({})",
                name,
                temporary.path(),
                users.path(),
                Reason.of(e));
        return unpacked;
      } catch (IOException second) {
        e.addSuppressed(second);
        throw e;
      }
    }
  }

  /** Whether no other folder would have helped. */
  private static boolean isFinal(IOException e) {
    return e instanceof DamagedSource || isInterruption(e);
  }

  /** Whether this is how an interrupted thread's unpacking ends. */
  public static boolean isInterruption(IOException e) {
    return e instanceof ClosedByInterruptException || e instanceof FileLockInterruptionException;
  }

  private Path in(CacheFolder folder) throws IOException {
    Path cache = folder.path();
    Path target = cache.resolve(name);
    if (isWhole(target)) {
      return target;
    }
    Files.createDirectories(cache);
    synchronized (IN_THIS_PROCESS) {
      try (FileChannel channel = FileChannel.open(cache.resolve(name + ".lock"), CREATE, WRITE);
          FileLock lock = channel.lock()) {
        if (!isWhole(target)) { // another may have been faster
          unpackAnew(target, cache.resolve(name + ".unpacking"));
        }
        return target;
      }
    }
  }

  private void unpackAnew(Path target, Path fresh) throws IOException {
    Folders.delete(fresh); // what a killed process left
    try {
      for (Item file : files) {
        unpack(file, fresh.resolve(file.path));
      }
      Folders.delete(target);
      Files.move(fresh, target, ATOMIC_MOVE);
    } catch (IOException e) {
      try {
        Folders.delete(fresh); // a full disk gets its room back
      } catch (IOException second) {
        e.addSuppressed(second);
      }
      throw e;
    }
  }

  private static void unpack(Item file, Path path) throws IOException {
    Files.createDirectories(requireNonNull(path.getParent()));
    try (InputStream in = open(file)) {
      Files.copy(in, path);
    }
    if (!file.isAt(path)) {
      throw new DamagedSource(file.path + " is not what is listed", null);
    }
  }

  private static InputStream open(Item file) throws DamagedSource {
    try {
      return file.source.openStream();
    } catch (IOException e) {
      throw new DamagedSource(file.source + " can't be read", e);
    }
  }

  private boolean isWhole(Path unpacked) throws IOException {
    try {
      for (Item file : files) {
        if (!file.isAt(unpacked.resolve(file.path))) {
          return false;
        }
      }
      return true;
    } catch (NoSuchFileException e) {
      return false; // another is making it anew at this moment
    }
  }
}

package dev.sgid.cli;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.sgid.SgidException;
import dev.sgid.Stage;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;

/**
 * A shard that comes from standard input, kept in a file beside OUT as long as a command runs: a
 * job looks at its whole data set before it begins, and reads images where they lie.
 */
final class StandardInput implements AutoCloseable {
  private static final String PREFIX = ".sgid-stdin";
  private static final String SHARD = "stdin.tar";
  private static final String LOCK = "lock"; // held as long as the process lives

  /** Folders of this process, whose locks a look at them would let go of. */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  /** What stands for it on the command line. */
  static final Path NAME = Path.of("-");

  private final Path folder;
  private final FileChannel lock;

  /** The lock gets its name once it is held, so that nobody takes it for one that is left. */
  private StandardInput(Path folder) throws IOException {
    this.folder = folder;
    Path begun = folder.resolve(LOCK + ".new");
    lock = FileChannel.open(begun, CREATE_NEW, WRITE);
    HELD.add(folder);
    boolean held = false;
    try {
      // a try, since an interrupted thread may not wait; nobody else knows of the file
      held = lock.tryLock() != null && Files.exists(Files.move(begun, folder.resolve(LOCK)));
    } finally {
      if (!held) {
        Files.deleteIfExists(begun);
        close();
      }
    }
  }

  /**
   * Keeps all that comes.
   *
   * @param out to be written; the file lies beside it, where there must be room for pictures too
   * @throws IllegalArgumentException if nothing comes
   * @throws SgidException if the thread is interrupted
   */
  static StandardInput keep(InputStream in, Path out) {
    try {
      StandardInput kept = new StandardInput(Files.createTempDirectory(beside(out), PREFIX));
      try {
        kept.copy(in);
        return kept;
      } catch (IOException | RuntimeException e) {
        kept.close();
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Standard input can't be kept: " + e.getMessage(), e);
    }
  }

  /**
   * Removes what processes that were killed left beside a folder, and nothing of a living one's.
   *
   * @param out to be written
   */
  static void removeLeft(Path out) {
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(beside(out), PREFIX + "*")) {
      for (Path folder : folders) {
        if (!HELD.contains(folder) && Files.isDirectory(folder, NOFOLLOW_LINKS)) {
          removeIfDead(folder);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      // another user's, or just being removed: it stands in nobody's way
    }
  }

  /** A folder without a lock is just being made. */
  private static void removeIfDead(Path folder) throws IOException {
    Path lock = folder.resolve(LOCK);
    if (!Files.isRegularFile(lock, NOFOLLOW_LINKS)) {
      return;
    }
    try (FileChannel channel = FileChannel.open(lock, WRITE)) {
      if (channel.tryLock() == null) {
        return;
      }
      Files.deleteIfExists(folder.resolve(SHARD));
    }
    Files.deleteIfExists(lock);
    Files.deleteIfExists(folder);
  }

  private static Path beside(Path out) {
    Path above = out.toAbsolutePath().normalize().getParent();
    while (above != null && !Files.isDirectory(above)) {
      above = above.getParent();
    }
    return above == null ? Path.of(".") : above;
  }

  /** On another thread, since an interrupt does not end a read. */
  private void copy(InputStream in) throws IOException {
    OutputStream kept = Files.newOutputStream(file()); // here, so that close() finds it
    CompletableFuture<Void> copied = // which also hears of an error, so that nobody waits for ever
        CompletableFuture.runAsync(() -> transfer(in, kept), StandardInput::start);
    try {
      copied.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw SgidException.cancelled(Stage.OPEN);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UncheckedIOException io) {
        throw new IOException(io.getMessage(), io);
      }
      throw new IllegalStateException(e.getCause());
    }
    if (Files.size(file()) == 0) {
      throw new IllegalArgumentException(
          "Nothing came from standard input: a tar shard is expected there");
    }
  }

  private static void transfer(InputStream in, OutputStream kept) {
    try (kept) {
      in.transferTo(kept);
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  private static void start(Runnable task) {
    Thread reader = new Thread(task, "sgid-stdin");
    reader.setDaemon(true);
    reader.start();
  }

  /** The shard. */
  Path file() {
    return folder.resolve(SHARD);
  }

  @Override
  public void close() {
    try {
      Files.deleteIfExists(file());
      lock.close(); // Windows deletes no open files
      Files.deleteIfExists(folder.resolve(LOCK));
      Files.deleteIfExists(folder);
      HELD.remove(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(folder + " can't be removed: " + e.getMessage(), e);
    }
  }
}

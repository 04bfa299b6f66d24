package dev.sgid.cli;

import dev.sgid.SgidException;
import dev.sgid.Stage;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * A shard that comes from standard input, kept in a file beside OUT as long as a command runs: a
 * job looks at its whole data set before it begins, and reads images where they lie.
 */
final class StandardInput implements AutoCloseable {
  /** What stands for it on the command line. */
  static final Path NAME = Path.of("-");

  private final Path folder;

  private StandardInput(Path folder) {
    this.folder = folder;
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
      StandardInput kept = new StandardInput(Files.createTempDirectory(beside(out), ".sgid-stdin"));
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

  private static Path beside(Path out) {
    Path above = out.toAbsolutePath().normalize().getParent();
    while (above != null && !Files.isDirectory(above)) {
      above = above.getParent();
    }
    return above == null ? Path.of(".") : above;
  }

  /** On another thread, since an interrupt does not end a read. */
  private void copy(InputStream in) throws IOException {
    CompletableFuture<Void> copied = // which also hears of an error, so that nobody waits for ever
        CompletableFuture.runAsync(() -> transfer(in), StandardInput::start);
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

  private void transfer(InputStream in) {
    try (OutputStream file = Files.newOutputStream(file())) {
      in.transferTo(file);
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
    return folder.resolve("stdin.tar");
  }

  @Override
  public void close() {
    try {
      Files.deleteIfExists(file());
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(folder + " can't be removed: " + e.getMessage(), e);
    }
  }
}

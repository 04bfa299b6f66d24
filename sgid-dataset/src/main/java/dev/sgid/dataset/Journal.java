package dev.sgid.dataset;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;

/**
 * The lines that a run has written so far, each with what it tells of on its way or in place.
 *
 * <p>A line is handed to the operating system at once, so it outlives the process however that
 * ends, and at least once a second of writing to the disk, so it outlives the machine. What is torn
 * at the end, by a lost power supply, {@link History} leaves out.
 *
 * <p>For one thread. Not a channel: an interrupt would close it.
 */
final class Journal implements AutoCloseable {
  private static final long BETWEEN_SYNCS = 1_000_000_000; // nanoseconds

  private final RandomAccessFile file;
  private long synced = System.nanoTime();

  private Journal(RandomAccessFile file) {
    this.file = file;
  }

  /** Goes on behind {@code length}, which ends a line; what stands there is cut off. */
  static Journal open(Path path, long length) throws IOException {
    RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw");
    try {
      file.setLength(length);
      file.seek(length);
      return new Journal(file);
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }

  /** Where the next line begins. */
  long end() throws IOException {
    return file.getFilePointer();
  }

  /** Adds a line, with its end, or nothing of it. */
  void add(String line) throws IOException {
    long before = end();
    try {
      file.write(line.getBytes(UTF_8));
      if (System.nanoTime() - synced >= BETWEEN_SYNCS) {
        sync();
      }
    } catch (IOException e) {
      cut(before);
      throw e;
    }
  }

  /** Takes back all lines from {@code end} on. */
  void cut(long end) throws IOException {
    file.setLength(end);
    file.seek(end);
  }

  private void sync() throws IOException {
    file.getFD().sync();
    synced = System.nanoTime();
  }

  @Override
  public void close() throws IOException {
    try (file) {
      sync();
    }
  }
}

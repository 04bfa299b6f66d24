package dev.sgid.dataset.internal.out;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * Lines of files that are looked at once and read again later from where they stand, so that a
 * million need not be in memory. For one thread.
 */
public final class FileLines implements AutoCloseable {
  private final Map<Path, RandomAccessFile> files = new HashMap<>();

  /** Takes a line. */
  @FunctionalInterface
  public interface Taker {
    /**
     * A whole line.
     *
     * @param text without its end
     * @param offset of its first byte in the file
     * @param length in bytes, with its end
     */
    void take(String text, long offset, int length);
  }

  /**
   * Hands out the whole lines of a file; none where there is no such file.
   *
   * @return where the last of them ends: what stands behind it has no end, and may be torn
   */
  public static long each(Path file, Taker taker) throws IOException {
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return 0;
    }
    long offset = 0;
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      for (int b = in.read(); b >= 0; b = in.read()) {
        if (b == '\n') {
          int length = line.size() + 1;
          taker.take(line.toString(UTF_8), offset, length);
          offset += length;
          line.reset();
        } else {
          line.write(b);
        }
      }
    }
    return offset;
  }

  /** A line as it stands there, with its end. */
  public byte[] read(Path file, long offset, int length) throws IOException {
    RandomAccessFile open = files.get(file);
    if (open == null) {
      open = new RandomAccessFile(file.toFile(), "r");
      files.put(file, open);
    }
    byte[] line = new byte[length];
    open.seek(offset);
    open.readFully(line);
    return line;
  }

  @Override
  public void close() throws IOException {
    for (RandomAccessFile file : files.values()) {
      file.close();
    }
  }
}

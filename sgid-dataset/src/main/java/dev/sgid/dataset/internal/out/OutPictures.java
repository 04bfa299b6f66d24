package dev.sgid.dataset.internal.out;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarFile;
import org.jspecify.annotations.Nullable;

/** The pictures' files in an augmented data set, be they in folders or in shards. Thread-safe. */
public final class OutPictures {
  private static final int MOST_BYTES = 1 << 30;

  private final Path out;
  private final Map<Path, Map<String, Span>> shards = new ConcurrentHashMap<>();

  /** Those of a folder that was written. */
  public OutPictures(Path out) {
    this.out = out;
  }

  /** Where a file lies in a shard, in bytes. */
  private record Span(long offset, long length) {}

  /**
   * The file of a picture.
   *
   * @param fileName as its line has it
   * @throws IOException saying why it can't be read
   */
  public byte[] read(String fileName) throws IOException {
    Path file = inside(fileName);
    if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return bytes(file, new Span(0, Files.size(file)));
    }
    int slash = fileName.indexOf('/');
    if (slash > 0 && fileName.substring(0, slash).endsWith(".tar")) {
      Path shard = inside(fileName.substring(0, slash));
      if (Files.isRegularFile(shard, LinkOption.NOFOLLOW_LINKS)) {
        byte[] bytes = read(shard, fileName.substring(slash + 1));
        if (bytes != null) {
          return bytes;
        }
      }
    }
    throw new IOException("the file is not there any more");
  }

  /**
   * A file in a shard, also in one that is being written; null if it is not there. A shard is
   * looked through once, and again where something is asked for that was not there then.
   *
   * @throws IOException saying why it can't be read
   */
  public byte @Nullable [] read(Path shard, String name) throws IOException {
    Span span = index(shard).get(name);
    if (span == null) {
      shards.remove(shard);
      span = index(shard).get(name);
    }
    return span == null ? null : bytes(shard, span);
  }

  private Path inside(String name) throws IOException {
    try {
      Path path = out.resolve(name).normalize();
      if (path.startsWith(out.normalize())) {
        return path;
      }
    } catch (InvalidPathException e) {
      throw new IOException("no name of a file here: " + e.getReason(), e);
    }
    throw new IOException("it lies outside the folder");
  }

  private Map<String, Span> index(Path shard) throws IOException {
    try {
      return shards.computeIfAbsent(shard, OutPictures::indexed);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static Map<String, Span> indexed(Path shard) {
    Map<String, Span> index = new HashMap<>();
    try (TarFile tar = new TarFile(shard)) {
      for (TarArchiveEntry entry : tar.getEntries()) {
        index.put(entry.getName(), new Span(entry.getDataOffset(), entry.getSize()));
      }
      return index;
    } catch (IllegalArgumentException e) { // as commons-compress says, too, that it is damaged
      throw new UncheckedIOException(new IOException(String.valueOf(e.getMessage()), e));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] bytes(Path file, Span span) throws IOException {
    if (span.length > MOST_BYTES) {
      throw new IOException("the file has " + span.length + " bytes");
    }
    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
      byte[] bytes = new byte[(int) span.length];
      in.seek(span.offset);
      in.readFully(bytes);
      return bytes;
    }
  }
}

package dev.sgid.onnx;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import dev.sgid.internal.CacheFolder;
import dev.sgid.internal.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SHA-256 of files. That of a large file is remembered in the cache folder, under its path, for as
 * long as its size and the times of its last change are the same.
 *
 * <p>Thread-safe, also among processes.
 */
final class FileDigests {
  private static final Logger LOG = LoggerFactory.getLogger(FileDigests.class);
  private static final long LARGE = 1 << 24;

  /** A file may be changed once more within what its file system takes for the same time. */
  private static final Duration SETTLED = Duration.ofSeconds(3);

  private final @Nullable Path memory;
  private final long large;
  private final InstantSource clock;

  /**
   * Digests of files.
   *
   * @param memory the folder to remember them in; null to forget them
   * @param large how many bytes a file has whose digest is remembered, at least
   * @param clock tells how long ago a file was changed
   */
  FileDigests(@Nullable Path memory, long large, InstantSource clock) {
    this.memory = memory;
    this.large = large;
    this.clock = clock;
  }

  /** Remembered in {@code digests} in this cache folder; null for the default. */
  static FileDigests in(@Nullable Path cache) {
    Path memory = null;
    try {
      memory = CacheFolder.of(cache).path().resolve("digests");
    } catch (IOException e) {
      LOG.debug("Digests are not remembered", e);
    }
    return new FileDigests(memory, LARGE, InstantSource.system());
  }

  /**
   * The SHA-256 of a file, in lower-case hexadecimal. An interrupted thread gets an {@link
   * java.nio.channels.ClosedByInterruptException}.
   */
  String of(Path file) throws IOException {
    if (memory == null || Files.size(file) < large) {
      return compute(file);
    }
    Path real = file.toRealPath();
    Path note = memory.resolve(Sha256.hex(real.toString().getBytes(UTF_8)).substring(0, 32));
    String state = state(real);
    String known = read(note);
    if (known.length() > 64 && known.substring(64).equals(state)) {
      return known.substring(0, 64);
    }
    boolean settled = lastChange(real).plus(SETTLED).isBefore(clock.instant());
    String digest = compute(real);
    if (settled && state(real).equals(state)) {
      write(note, digest + state);
    }
    return digest;
  }

  private static String compute(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return Sha256.hex(in);
    }
  }

  /** All that changes when the file does. */
  private static String state(Path file) throws IOException {
    return " " + Files.size(file) + " " + times(file) + " " + file + "\n";
  }

  private static Instant lastChange(Path file) throws IOException {
    Instant last = Instant.MIN;
    for (Object time : times(file).values()) {
      if (time instanceof FileTime t && t.toInstant().isAfter(last)) {
        last = t.toInstant();
      }
    }
    return last;
  }

  private static Map<String, Object> times(Path file) throws IOException {
    try {
      // the time of the last change of the entry itself can't be set back
      return new TreeMap<>(Files.readAttributes(file, "unix:lastModifiedTime,ctime,ino"));
    } catch (UnsupportedOperationException e) {
      return Files.readAttributes(file, "lastModifiedTime");
    }
  }

  private static String read(Path note) {
    try {
      return Files.readString(note);
    } catch (IOException e) {
      return "";
    }
  }

  private static void write(Path note, String text) {
    try {
      Path folder = note.resolveSibling("");
      Files.createDirectories(folder);
      Path fresh = Files.createTempFile(folder, "digest", ".new");
      try {
        Files.writeString(fresh, text);
        Files.move(fresh, note, REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(fresh);
      }
    } catch (IOException e) {
      LOG.debug("A digest can't be remembered", e);
    }
  }
}

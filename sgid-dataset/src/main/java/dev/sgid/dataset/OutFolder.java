package dev.sgid.dataset;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonObject;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The folder that is written. Each file appears in it whole, under its final name, by a rename.
 *
 * <p>While the run lasts, the manifest's lines stand in {@value #JOURNAL}, a picture's line always
 * before the picture itself, so that no picture is ever without one; at the end the journal becomes
 * {@value #METADATA}. All of this lies in the folder's root, since any folder more would be a class
 * to torchvision.
 *
 * <p>Files are written with {@link FileOutputStream} and {@link RandomAccessFile}: an interrupt
 * would close a channel in the middle of a write.
 */
final class OutFolder implements AutoCloseable {
  static final String JOB = "sgid-job.json";
  static final String JOURNAL = "sgid-journal.jsonl";
  static final String METADATA = "metadata.jsonl";
  static final String FAILURES = "failures.jsonl";
  private static final String TEMPORARY_PREFIX = ".sgid-";
  private static final String TEMPORARY_SUFFIX = ".tmp";
  private static final Set<String> OWN = Set.of(JOURNAL, METADATA, FAILURES);

  private final Path out;
  private final boolean created;
  private final RandomAccessFile journal;
  private final List<Failure> failures = new ArrayList<>();
  private int files;

  private OutFolder(Path out, boolean created, RandomAccessFile journal) {
    this.out = out;
    this.created = created;
    this.journal = journal;
  }

  /** Whether a file of this name in the folder's root is a run's. */
  static boolean isOwnName(String name) {
    return OWN.contains(name)
        || (name.startsWith(TEMPORARY_PREFIX) && name.endsWith(TEMPORARY_SUFFIX));
  }

  /**
   * Refuses a folder that can't be written to.
   *
   * @throws DatasetException if it is no folder, or not empty and not to be overwritten
   */
  static void requireUsable(Path out, boolean overwrite) throws IOException {
    if (!Files.exists(out)) {
      return;
    }
    if (!Files.isDirectory(out)) {
      throw new DatasetException(out + " is not a folder");
    }
    try (Stream<Path> entries = Files.list(out)) {
      if (!overwrite && entries.findAny().isPresent()) {
        throw new DatasetException(
            out
                + " is not empty: choose another folder, or overwrite what a former run wrote (--overwrite)");
      }
    }
  }

  /**
   * Begins to write.
   *
   * @param planned names of all files that may come
   * @throws DatasetException if one of them exists, or another run is at work
   */
  static OutFolder begin(Path out, Collection<String> planned, JsonObject job) throws IOException {
    for (String name : planned) {
      requireAbsent(out, name);
    }
    for (String name : List.of(JOB, JOURNAL, METADATA, FAILURES)) {
      requireAbsent(out, name);
    }
    boolean created = !Files.exists(out);
    Files.createDirectories(out);
    Files.createFile(out.resolve(JOURNAL)); // fails where another run was faster
    OutFolder folder =
        new OutFolder(out, created, new RandomAccessFile(out.resolve(JOURNAL).toFile(), "rw"));
    try {
      folder.write(JOB, Json.file(job).getBytes(UTF_8));
    } catch (IOException e) {
      folder.close();
      throw e;
    }
    return folder;
  }

  private static void requireAbsent(Path out, String name) {
    Path file = out.resolve(name);
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new DatasetException(
          file + " is in the way: sgid did not write it, move it or choose another folder");
    }
  }

  /** Adds a file and its line; neither, if one of them can't be written. */
  void add(String name, byte[] content, JsonObject line) throws IOException {
    long before = journal.length();
    try {
      journal.write(Json.line(line).getBytes(UTF_8));
      write(name, content);
    } catch (IOException e) {
      journal.setLength(before);
      throw e;
    }
    files++;
  }

  /** Adds a line to the failures. */
  void add(Failure failure) {
    failures.add(failure);
  }

  int failures() {
    return failures.size();
  }

  private void write(String name, byte[] content) throws IOException {
    Path file = out.resolve(name);
    Files.createDirectories(file.getParent());
    // not a "temp file" of Java's, which nobody else may read
    Path temporary = out.resolve(TEMPORARY_PREFIX + files + TEMPORARY_SUFFIX);
    try {
      try (OutputStream stream = new FileOutputStream(temporary.toFile())) {
        stream.write(content);
      }
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /** Makes manifest and failures of what was done; a run that did nothing leaves nothing behind. */
  @Override
  public void close() throws IOException {
    journal.close();
    if (files == 0 && failures.isEmpty()) {
      Files.deleteIfExists(out.resolve(JOURNAL));
      Files.deleteIfExists(out.resolve(JOB));
      if (created) {
        Files.deleteIfExists(out);
      }
      return;
    }
    if (!failures.isEmpty()) {
      StringBuilder lines = new StringBuilder();
      failures.forEach(failure -> lines.append(Json.line(Json.failure(failure))));
      write(FAILURES, lines.toString().getBytes(UTF_8));
    }
    Files.move(out.resolve(JOURNAL), out.resolve(METADATA), StandardCopyOption.ATOMIC_MOVE);
  }
}

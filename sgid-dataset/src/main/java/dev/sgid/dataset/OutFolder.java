package dev.sgid.dataset;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The folder that is written, held for one run. Each file appears in it whole, under its final
 * name.
 *
 * <p>While the run lasts, the manifest's lines stand in {@value #JOURNAL}, a picture's line always
 * before the picture itself, so that no picture is ever without one; at the end the journal becomes
 * {@value #METADATA}. All of this lies in the folder's root, since any folder more would be a class
 * to torchvision.
 */
final class OutFolder implements AutoCloseable {
  static final String JOB = "sgid-job.json";
  static final String JOURNAL = "sgid-journal.jsonl";
  static final String METADATA = "metadata.jsonl";
  static final String FAILURES = "failures.jsonl";
  private static final List<String> OWN = List.of(JOB, JOURNAL, METADATA, FAILURES);

  private final Path out;
  private final List<Path> created; // folders, the outermost first
  private final OutLock lock;
  private final List<Failure> failures = new ArrayList<>();
  private @Nullable RandomAccessFile journal; // an interrupt would close a channel
  private @Nullable DatasetWriter writer;
  private int files;

  private OutFolder(Path out, List<Path> created, OutLock lock) {
    this.out = out;
    this.created = created;
    this.lock = lock;
  }

  /** Whether a file of this name in the folder's root is a run's. */
  static boolean isOwnName(String name) {
    return OWN.contains(name) || OutFiles.isTemporary(name);
  }

  /**
   * Takes a folder for a run, made where there is none. Nothing in it is changed yet.
   *
   * @throws DatasetException if it can't be used, or another run holds it
   */
  static OutFolder take(Path out, boolean overwrite) throws IOException {
    OutPlace.requireUsable(out, overwrite);
    List<Path> created = new ArrayList<>();
    Path real = OutPlace.real(out);
    for (Path folder = real; folder != null && !Files.exists(folder); folder = folder.getParent()) {
      created.add(0, folder);
    }
    try {
      Files.createDirectories(real);
      OutLock lock = OutLock.take(real);
      if (!overwrite && OutPlace.holdsFiles(real)) {
        lock.close();
        OutPlace.requireUsable(out, false); // another run was faster, and is done
      }
      return new OutFolder(real, created, lock);
    } catch (IOException | RuntimeException e) {
      removeEmpty(created);
      throw e;
    }
  }

  /**
   * Begins to write.
   *
   * @param format how
   * @param planned what may come
   * @param job the job file
   * @return files of others, which stay; relative to the folder, in order
   * @throws DatasetException if one of them is in the way of what may come; nothing is removed then
   */
  List<String> begin(OutputFormat format, Planned planned, String job) throws IOException {
    FormerRun former = FormerRun.of(out);
    requireFree(former, format.inTheWay(out, planned.names()));
    requireFree(former, OWN.stream().map(out::resolve).toList());
    former.remove(); // only now: nothing is left to be refused
    List<String> foreign = former.foreign();
    Files.createFile(out.resolve(JOURNAL));
    journal = new RandomAccessFile(out.resolve(JOURNAL).toFile(), "rw");
    OutFiles.write(out, JOB, job.getBytes(UTF_8));
    writer = format.open(out, planned.classes());
    return foreign;
  }

  /**
   * What may come.
   *
   * @param names of all images
   * @param classes all labels, in the order that numbers them
   */
  record Planned(Iterable<String> names, List<String> classes) {}

  private static void requireFree(FormerRun former, Collection<Path> files) {
    for (Path file : files) {
      if (Files.exists(file, LinkOption.NOFOLLOW_LINKS) && !former.wrote(file)) {
        throw OutLock.inTheWay(file);
      }
    }
  }

  /** Adds an image and its line; neither, if one of them can't be written. */
  void add(ManifestLine named, byte[] image) throws IOException {
    RandomAccessFile lines = begun(journal);
    DatasetWriter images = begun(writer);
    ManifestLine line = named.withFileName(images.place(named.fileName(), named, image));
    long before = lines.length();
    try {
      lines.write((line.toJson() + "\n").getBytes(UTF_8));
      images.write(line, image);
    } catch (IOException e) {
      lines.setLength(before);
      throw e;
    }
    files++;
  }

  private static <T> T begun(@Nullable T part) {
    if (part == null) {
      throw new IllegalStateException("Nothing can be added before begin()");
    }
    return part;
  }

  /** Adds a line to the failures. */
  void add(Failure failure) {
    failures.add(failure);
  }

  int failures() {
    return failures.size();
  }

  /** Makes manifest and failures of what was done; a run that did nothing leaves nothing behind. */
  @Override
  public void close() throws IOException {
    try {
      if (journal != null) {
        end(journal);
      }
    } finally {
      lock.close();
      removeEmpty(created);
    }
  }

  private void end(RandomAccessFile lines) throws IOException {
    if (writer != null) {
      writer.close();
    }
    lines.close();
    if (files == 0 && failures.isEmpty()) {
      Files.deleteIfExists(out.resolve(JOURNAL));
      Files.deleteIfExists(out.resolve(JOB));
      return;
    }
    if (!failures.isEmpty()) {
      StringBuilder text = new StringBuilder();
      failures.forEach(failure -> text.append(JobJson.line(failure)));
      OutFiles.write(out, FAILURES, text.toString().getBytes(UTF_8));
    }
    Files.move(out.resolve(JOURNAL), out.resolve(METADATA), StandardCopyOption.ATOMIC_MOVE);
  }

  private static void removeEmpty(List<Path> folders) throws IOException {
    for (int i = folders.size() - 1; i >= 0; i--) {
      try {
        Files.delete(folders.get(i));
      } catch (DirectoryNotEmptyException | NoSuchFileException e) {
        return;
      }
    }
  }
}

package dev.sgid.dataset;

import dev.sgid.dataset.History.Made;
import dev.sgid.dataset.internal.text.CodePointOrder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What an earlier run wrote into a folder, and only that: the files its manifest or journal lists,
 * and those of its own names. Files that a link leads to are not among them.
 *
 * <p>A folder without {@code sgid-job.json} was not written by a run; nothing in it is one's own
 * then, whatever a {@code metadata.jsonl} in it lists.
 */
final class FormerRun {
  private final Path out;
  private final Set<Path> pictures = new LinkedHashSet<>();
  private final Set<Path> own = new TreeSet<>(); // by name

  private FormerRun(Path out) {
    this.out = out;
  }

  /**
   * Looks, and changes nothing.
   *
   * @param history what manifest and journal tell of
   */
  static FormerRun of(Path out, History history) throws IOException {
    FormerRun run = new FormerRun(out);
    for (Made picture : history.made()) {
      Path file = run.file(picture.fileName());
      if (file != null) {
        run.pictures.add(file);
      }
    }
    for (Made picture : history.rejected()) { // where a review was cut short they are still there
      Path file = run.file(picture.fileName());
      if (file != null) {
        run.pictures.add(file);
      }
    }
    if (FormerJob.of(out) != null) {
      try (Stream<Path> entries = Files.list(out)) {
        entries
            .filter(file -> OutFolder.isOwnName(FileName.of(file).text()))
            .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
            .forEach(run.own::add);
      }
    }
    return run;
  }

  /** Whether a file is the run's. */
  boolean wrote(Path file) {
    return pictures.contains(file) || own.contains(file) || file.endsWith(OutLock.NAME);
  }

  /** Removes it. */
  void remove() throws IOException {
    Set<Path> folders = new TreeSet<>();
    for (Path picture : pictures) {
      Files.deleteIfExists(picture);
      folders.add(picture.getParent());
    }
    for (Path folder : folders) {
      if (!folder.equals(out)) {
        OutFiles.deleteIfEmpty(folder);
      }
    }
    Path job = out.resolve(OutFolder.JOB);
    for (Path file : own) {
      if (!file.equals(job)) {
        Files.deleteIfExists(file);
      }
    }
    if (own.contains(job)) {
      Files.deleteIfExists(job); // last: a removal that is cut short can be done again
    }
  }

  /** Files that others put there; relative to the folder, in order. */
  List<String> foreign() throws IOException {
    try (Stream<Path> files = Files.walk(out)) {
      return files
          .filter(file -> !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS) && !wrote(file))
          .map(file -> out.relativize(file).toString().replace('\\', '/'))
          .sorted(CodePointOrder.INSTANCE)
          .toList();
    }
  }

  /** The file that a picture is in, if it lies in this folder and no link is on the way. */
  private @Nullable Path file(String fileName) {
    int slash = fileName.indexOf('/');
    if (slash < 0) {
      return null;
    }
    String first = fileName.substring(0, slash);
    Path shard = WebDatasetFormat.isShard(first) ? OutFiles.inside(out, first) : null;
    boolean picture = fileName.indexOf('/', slash + 1) < 0;
    return shard == null && picture ? OutFiles.inside(out, fileName) : shard;
  }
}

package dev.sgid.dataset;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sgid.dataset.History.Lines;
import dev.sgid.dataset.History.Made;
import dev.sgid.dataset.JobProgress.Phase;
import dev.sgid.dataset.OutputFormat.Former;
import dev.sgid.dataset.OutputFormat.Opened;
import dev.sgid.dataset.OutputFormat.Written;
import dev.sgid.dataset.internal.out.OutNames;
import dev.sgid.dataset.internal.out.OutPictures;
import dev.sgid.dataset.internal.out.RealPath;
import dev.sgid.internal.Sha256;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The folder that is written, held for one run. Each file appears in it whole, under its final
 * name.
 *
 * <p>While a job lasts, over however many runs, the lines of what it wrote stand in {@value
 * #JOURNAL}, a picture's line always before the picture itself, so that no picture is ever without
 * one. When a run ends by itself {@value #METADATA} tells of all pictures; the journal goes when
 * the job is done. All of this lies in the folder's root, since any folder more would be a class to
 * torchvision.
 */
final class OutFolder implements AutoCloseable {
  static final String JOB = OutNames.JOB;
  static final String JOURNAL = OutNames.JOURNAL;
  static final String METADATA = OutNames.METADATA;
  static final String FAILURES = OutNames.FAILURES;
  static final String REJECTED = OutNames.REJECTED;
  static final String DROPPED = OutNames.DROPPED;
  private static final List<String> OWN =
      List.of(
          JOB,
          JOURNAL,
          METADATA,
          FAILURES,
          REJECTED,
          DROPPED,
          OutNames.EVALUATION,
          OutNames.REPORT);

  private final Path out;
  private final List<Path> created; // folders, the outermost first
  private final OutLock lock;
  private final @Nullable FormerJob former; // that is gone on with
  private final History found; // also where it is not gone on with
  private final History history;
  private final OutPictures pictures;
  private @Nullable Planned planned;
  private @Nullable Journal journal;
  private @Nullable DatasetWriter writer;
  private boolean complete;

  private OutFolder(
      Path out, List<Path> created, OutLock lock, @Nullable FormerJob former, History found) {
    this.out = out;
    this.created = created;
    this.lock = lock;
    this.former = former;
    this.found = found;
    this.history = former == null ? History.none(out) : found;
    this.pictures = new OutPictures(out);
  }

  /** Whether a file of this name in the folder's root is a run's. */
  static boolean isOwnName(String name) {
    return OWN.contains(name) || OutFiles.isTemporary(name);
  }

  /**
   * Takes a folder for a run, made where there is none. Nothing in it is changed yet.
   *
   * @param overwrite whether what former runs wrote is not gone on with
   * @throws DatasetException if it can't be used, or another run holds it
   */
  static OutFolder take(Path out, boolean overwrite) throws IOException {
    OutPlace.requireUsable(out, overwrite);
    List<Path> created = new ArrayList<>();
    Path real = RealPath.of(out);
    for (Path folder = real; folder != null && !Files.exists(folder); folder = folder.getParent()) {
      created.add(0, folder);
    }
    @Nullable OutLock lock = null;
    try {
      Files.createDirectories(real);
      lock = OutLock.take(real);
      FormerJob former = FormerJob.of(real);
      History found = former == null ? History.none(real) : History.read(real);
      return new OutFolder(real, created, lock, overwrite ? null : former, found);
    } catch (IOException | RuntimeException e) {
      if (lock != null) {
        lock.close();
      }
      removeEmpty(created);
      throw e;
    }
  }

  /** The job that is gone on with; null where the folder is begun anew. */
  @Nullable FormerJob former() {
    return former;
  }

  /** What is there, by what former runs wrote down and this one does. */
  History history() {
    return history;
  }

  /**
   * Begins to write, or goes on. Afterwards {@link #history} has only pictures that are there, just
   * as they were written.
   *
   * @param plan what may come
   * @param job the job file
   * @param stale pictures that are there, and are to be there no more
   * @param listener hears how far looking at the pictures that are there has come
   * @return files of others, which stay; relative to the folder, in order
   * @throws DatasetException if one of them is in the way of what may come; nothing is removed then
   */
  List<String> begin(
      OutputFormat format, Planned plan, String job, Set<Made> stale, JobListener listener)
      throws IOException {
    FormerRun run = FormerRun.of(out, found);
    requireFree(run, format.inTheWay(out, plan.names()));
    requireFree(run, OWN.stream().map(out::resolve).toList());
    if (former == null) {
      run.remove(); // only now: nothing is left to be refused
    }
    if (former != null && format.equals(OutputFormat.folders())) {
      RejectedPictures.settle(out, history, false); // where a review was cut short
    }
    List<String> foreign = run.foreign();
    planned = plan;
    OutFiles.write(out, JOB, stream -> stream.write(job.getBytes(UTF_8)));
    journal = Journal.open(out.resolve(JOURNAL), history.journalEnd());
    history.forget(plan.unusable()); // as they are now, is seen anew
    stale.forEach(picture -> history.remove(picture.id()));
    List<Made> before = List.copyOf(history.made());
    Opened opened;
    try (Lines lines = history.lines()) {
      opened =
          format.open(
              out,
              plan.classes(),
              new Former(
                  () -> before.stream().map(picture -> written(picture, lines)).iterator(),
                  stale.stream().map(Made::fileName).toList(),
                  history.isUnfinished(),
                  verified(before.size(), listener)));
    }
    writer = opened.writer();
    before.stream()
        .filter(picture -> !opened.whole().contains(picture.fileName()))
        .forEach(picture -> history.remove(picture.id()));
    return foreign;
  }

  /** Counts pictures that were looked at. */
  private static Consumer<Written> verified(int total, JobListener listener) {
    AtomicInteger done = new AtomicInteger();
    return picture ->
        listener.progressed(
            JobProgress.of(Phase.VERIFYING, total).withDone(done.incrementAndGet()));
  }

  /** A picture that is looked at; there may be a million, so an interrupt is heeded. */
  private static Written written(Made picture, Lines lines) {
    JobRun.stopIfInterrupted();
    return new Written(
        picture.fileName(),
        picture.fileSha256(),
        () -> {
          JobRun.stopIfInterrupted();
          return lines.line(picture);
        });
  }

  /**
   * What may come.
   *
   * @param names of all images
   * @param classes all labels, in the order that numbers them
   * @param rank where the images of a source stand in the manifest
   * @param unusable what of the data set can't be used
   */
  record Planned(
      Iterable<String> names,
      List<String> classes,
      ToIntFunction<String> rank,
      List<Failure> unusable) {}

  private void requireFree(FormerRun run, Collection<Path> files) {
    for (Path file : files) {
      boolean there = Files.exists(file, LinkOption.NOFOLLOW_LINKS) && !run.wrote(file);
      // a picture may have outlived a power failure that its line did not
      boolean ours = former != null && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
      if (there && !ours) {
        throw OutLock.inTheWay(file);
      }
    }
  }

  /**
   * Adds an image and its line; neither, if one of them can't be written.
   *
   * @return the line, with the name under which the image stands
   */
  ManifestLine add(ManifestLine named, byte[] image) throws IOException {
    Journal lines = begun(journal);
    DatasetWriter images = begun(writer);
    ManifestLine hashed = named.withFileSha256(Sha256.hex(image));
    ManifestLine line = hashed.withFileName(images.place(named.fileName(), hashed, image));
    String text = line.toJson() + "\n";
    long offset = lines.end();
    lines.add(text);
    try {
      images.write(line, image);
    } catch (IOException e) {
      lines.cut(offset);
      throw e;
    }
    history.put(Made.of(line, JOURNAL, offset, (int) (lines.end() - offset)));
    return line;
  }

  private static <T> T begun(@Nullable T part) {
    if (part == null) {
      throw new IllegalStateException("Nothing can be added before begin()");
    }
    return part;
  }

  /** Adds the line of a copy that is not written. */
  void drop(ManifestLine line) throws IOException {
    Journal lines = begun(journal);
    long offset = lines.end();
    lines.add(History.dropped(line));
    history.drop(line, JOURNAL, offset, (int) (lines.end() - offset));
  }

  /**
   * The file of a picture that was written, in this run or before.
   *
   * @throws IOException saying why it can't be read
   */
  byte[] read(Made picture) throws IOException {
    Path open = Shards.open(out, picture.fileName());
    byte[] image =
        open == null ? null : pictures.read(open, WebDatasetFormat.inShard(picture.fileName()));
    return image == null ? pictures.read(picture.fileName()) : image;
  }

  /** Adds a line to the failures. */
  void add(Failure failure) throws IOException {
    begun(journal).add(JobJson.line(failure));
    history.put(failure);
  }

  /** Forgets what failed of a source, which is tried again. */
  void retry(String source) throws IOException {
    if (history.retry(source)) {
      begun(journal).add(History.retried(source));
    }
  }

  /** Makes one line of those of an image whose copies all failed alike, one by one. */
  void mergeFailures(Iterable<Source> sources, CopyCounts copies) {
    for (Source source : sources) {
      history.mergeFailures(source.source(), copies.of(source));
    }
  }

  /** How many lines the failures have. */
  int failures() {
    return (planned == null ? 0 : planned.unusable().size()) + history.failures(s -> 0).size();
  }

  /** The job has come to its end, and not only this run. */
  void complete() {
    complete = true;
  }

  /** Makes manifest and failures of what was done; a run that did nothing leaves nothing behind. */
  @Override
  public void close() throws IOException {
    try {
      if (journal != null && planned != null) {
        end(journal, planned);
      }
    } finally {
      lock.close();
      removeEmpty(created);
    }
  }

  private void end(Journal lines, Planned plan) throws IOException {
    try (lines) {
      if (writer != null) {
        writer.close();
      }
    }
    List<Failure> failures = new ArrayList<>(plan.unusable());
    failures.addAll(history.failures(plan.rank()));
    if (history.isEmpty() && failures.isEmpty()) {
      for (String own : OWN) {
        Files.deleteIfExists(out.resolve(own));
      }
      return;
    }
    if (failures.isEmpty()) {
      Files.deleteIfExists(out.resolve(FAILURES));
    } else {
      StringBuilder text = new StringBuilder();
      failures.forEach(failure -> text.append(JobJson.line(failure)));
      OutFiles.write(out, FAILURES, stream -> stream.write(text.toString().getBytes(UTF_8)));
    }
    OutFiles.write(out, METADATA, stream -> history.write(stream, plan.rank()));
    if (history.dropped().isEmpty()) {
      Files.deleteIfExists(out.resolve(DROPPED));
    } else {
      OutFiles.write(out, DROPPED, stream -> history.writeDropped(stream, plan.rank()));
    }
    if (complete) {
      Files.deleteIfExists(out.resolve(JOURNAL)); // by which a job is known that is not done
    }
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

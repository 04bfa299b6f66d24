package dev.sgid.dataset;

import static java.util.Objects.requireNonNull;

import dev.sgid.dataset.Scan.Seen;
import dev.sgid.dataset.internal.duplicate.Duplicates;
import dev.sgid.dataset.internal.duplicate.Duplicates.Match;
import dev.sgid.dataset.internal.text.CodePointOrder;
import dev.sgid.dataset.plan.Leak;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Images that are kept for validation, in a folder of any depth; they need no labels. */
final class Leakage {
  private static final Logger LOG = LoggerFactory.getLogger(Leakage.class);

  private static final Comparator<Leak> SUREST_FIRST = // stable
      Comparator.comparing((Leak leak) -> !leak.exact())
          .thenComparing(Comparator.comparingDouble(Leak::likeness).reversed());

  private final Path folder;
  private final List<Source> images;

  /**
   * Lists what there is.
   *
   * @throws DatasetException if there is no image
   */
  Leakage(Path folder) {
    this.folder = folder;
    try (Stream<Path> files = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
      this.images =
          files
              .filter(file -> ImageFiles.isImage(FileName.of(file).text()))
              .filter(Files::isRegularFile)
              .map(file -> new Source(file, name(file), "validation"))
              .sorted(Comparator.comparing(Source::source, CodePointOrder.INSTANCE))
              .toList();
    } catch (IOException e) {
      throw unreadable(e);
    } catch (UncheckedIOException e) { // of a folder in it
      throw unreadable(requireNonNull(e.getCause()));
    }
    if (images.isEmpty()) {
      throw new DatasetException("There are no images in the validation set " + folder);
    }
  }

  private DatasetException unreadable(IOException e) {
    return new DatasetException(
        "The validation set " + folder + " can't be read: " + Reason.of(e), e);
  }

  private String name(Path file) {
    return StreamSupport.stream(folder.relativize(file).spliterator(), false)
        .map(part -> FileName.of(part).text())
        .collect(Collectors.joining("/"));
  }

  /**
   * Refuses a data set of which images are in here.
   *
   * @throws LeakageException naming them
   */
  void requireNone(AugmentJob job) {
    Scan data = Scan.of(job.in(), job.in().size(), job.decoder(), job.listener());
    List<Leak> leaks = of(data, job);
    if (!leaks.isEmpty()) {
      throw new LeakageException(job.in().folder(), folder, leaks);
    }
  }

  /**
   * The images of a data set that are in here, each with the one it is most like: those of the same
   * pixels first, then those most alike.
   */
  List<Leak> of(Scan data, AugmentJob job) {
    Scan kept = Scan.of(images, images.size(), job.decoder(), job.listener());
    if (!kept.failures().isEmpty()) {
      LOG.warn(
          "{} images of the validation set {} can't be read, and so not be compared, like {}: {}",
          kept.failures().size(),
          folder,
          kept.failures().get(0).source(),
          kept.failures().get(0).reason());
    }
    Duplicates among = new Duplicates(kept.prints(), job.leastLikeness());
    List<Leak> leaks = new ArrayList<>();
    for (Seen image : data.seen()) {
      JobRun.stopIfInterrupted();
      among
          .best(image.print())
          .map(match -> leak(image.source(), kept.seen().get(match.index()).source(), match))
          .ifPresent(leaks::add);
    }
    leaks.sort(SUREST_FIRST);
    return leaks;
  }

  private static Leak leak(Source image, Source kept, Match match) {
    return new Leak(image.source(), kept.source(), match.exact(), match.likeness());
  }
}

package dev.sgid.dataset.evaluate;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sgid.dataset.DatasetException;
import dev.sgid.dataset.internal.out.OutNames;
import dev.sgid.dataset.internal.out.RealPath;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where an evaluation is written: its file, and its charts where they are wanted. Immutable.
 *
 * @param file the evaluation, as JSON
 * @param charts the folder of the charts; empty for none
 */
public record EvaluationFiles(Path file, Optional<Path> charts) {

  /**
   * Looks where files may go, and changes nothing.
   *
   * @param in the data set
   * @param out the copies
   * @param file null for {@value Evaluation#FILE} in {@code out}, if sgid wrote that
   * @param charts null for no charts
   * @throws DatasetException if a file would lie where it is taken for data, or something else is
   *     there
   */
  public static EvaluationFiles of(Path in, Path out, @Nullable Path file, @Nullable Path charts) {
    try {
      Path json = file == null ? ownFile(out) : file;
      if (Files.isDirectory(json)) {
        throw new DatasetException(
            json + " is a folder: the evaluation is a file, like " + json.resolve(Evaluation.FILE));
      }
      if (charts != null) {
        requireApart(in, out, charts);
        Fonts.require();
      }
      return new EvaluationFiles(json, Optional.ofNullable(charts));
    } catch (IOException e) {
      throw new UncheckedIOException("Folders can't be looked at: " + e.getMessage(), e);
    }
  }

  /**
   * Whether the run that writes a folder is not done, so that its manifest does not have all.
   *
   * @param out an augmented folder
   */
  public static boolean isUnfinished(Path out) {
    return OutNames.isUnfinished(out);
  }

  private static Path ownFile(Path out) {
    if (Files.isDirectory(out) && !Files.exists(out.resolve(OutNames.JOB))) {
      throw new DatasetException(
          out
              + " was not written by sgid, and nothing is put into it: say where the evaluation is"
              + " to go, as with --to "
              + Evaluation.FILE);
    }
    return out.resolve(Evaluation.FILE);
  }

  private static void requireApart(Path in, Path out, Path charts) throws IOException {
    if (Files.exists(charts) && !Files.isDirectory(charts)) {
      throw new DatasetException("The charts go into a folder, " + charts + " is a file");
    }
    for (Path data : new Path[] {in, out}) {
      for (Path at = RealPath.of(charts); at != null; at = at.getParent()) {
        if (Files.exists(at) && Files.exists(data) && Files.isSameFile(at, data)) {
          throw new DatasetException(
              "The charts must not lie in "
                  + data
                  + ", where they would be taken for images of the data set: "
                  + charts);
        }
      }
    }
  }

  /**
   * Writes an evaluation, which appears as a whole, and its charts.
   *
   * @throws UncheckedIOException naming what can't be written
   */
  public void write(Evaluation evaluation) {
    try {
      Path folder = file.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      Path unfinished = file.resolveSibling(".sgid-evaluation.tmp"); // known to be sgid's
      Files.writeString(unfinished, evaluation.toJson(), UTF_8);
      Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
      if (charts.isPresent()) {
        Chart.write(evaluation.charts(), charts.get());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("The evaluation can't be written: " + e.getMessage(), e);
    }
  }
}

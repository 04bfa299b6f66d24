package dev.sgid.dataset;

import dev.sgid.dataset.internal.out.RealPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;

/** Whether a folder can be written to, beside a data set; looks, and changes nothing. */
final class OutPlace {
  private OutPlace() {}

  /**
   * Refuses a folder that can't be written to.
   *
   * @param out as given
   * @throws DatasetException if it is no folder, another run holds it, or it is not empty, no run
   *     began it, and it is not to be overwritten
   */
  static void requireUsable(Path out, boolean overwrite) throws IOException {
    if (!Files.exists(out) && Files.exists(out, LinkOption.NOFOLLOW_LINKS)) {
      throw new DatasetException(out + " is a link that leads nowhere");
    }
    Path real = RealPath.of(out);
    if (!Files.exists(real)) {
      requireCreatable(out, real);
      return;
    }
    if (!Files.isDirectory(real)) {
      throw new DatasetException(out + " is not a folder");
    }
    if (!Files.isWritable(real)) {
      throw new DatasetException(out + " can't be written: permission denied");
    }
    OutLock.requireFree(real);
    if (!overwrite && FormerJob.of(real) == null && holdsFiles(real)) {
      throw new DatasetException(
          out
              + " is not empty, and no run of sgid began it: choose another folder, or let the"
              + " pictures stand beside what is there (--overwrite)");
    }
  }

  /** Refuses a folder that a former run began. */
  static void requireNotBegun(Path out) throws IOException {
    if (Files.exists(out) && FormerJob.of(RealPath.of(out)) != null) {
      throw new DatasetException(
          out
              + " was begun by a former run, which can be gone on with only where the data set is"
              + " files that can be compared: give these, choose another folder, or begin anew"
              + " (--overwrite)");
    }
  }

  /** Whether there is anything but what a run leaves behind that was killed as it began. */
  private static boolean holdsFiles(Path out) throws IOException {
    try (Stream<Path> entries = Files.list(out)) {
      return entries.anyMatch(
          entry ->
              !entry.endsWith(OutLock.NAME) && !OutFiles.isTemporary(FileName.of(entry).text()));
    }
  }

  private static void requireCreatable(Path out, Path real) {
    Path above = real;
    while (!Files.exists(above, LinkOption.NOFOLLOW_LINKS) && above.getParent() != null) {
      above = above.getParent();
    }
    if (!Files.isDirectory(above)) {
      throw new DatasetException(out + " can't be made: " + above + " is not a folder");
    }
    if (!Files.isWritable(above)) {
      throw new DatasetException(out + " can't be made: permission denied in " + above);
    }
  }

  /**
   * Pictures must not become input, nor originals be taken for a former run's output.
   *
   * @param in a data set
   * @param out a folder that may not be there
   */
  static void requireApart(Path in, Path out) throws IOException {
    Path realIn = in.toRealPath();
    Path realOut = RealPath.of(out);
    if (isSame(realOut, realIn)) {
      throw new DatasetException("The folder to write is the data set itself: " + out);
    } else if (isBelow(realOut, realIn)) {
      throw new DatasetException("The folder to write, " + out + ", lies in the data set " + in);
    } else if (isBelow(realIn, realOut)) {
      throw new DatasetException("The data set " + in + " lies in the folder to write, " + out);
    }
  }

  /** The same for images that links in the data set lead to. */
  static void requireApart(DatasetReader in, Path out) throws IOException {
    Path realOut = RealPath.of(out);
    Set<Path> folders = new HashSet<>();
    // pictures may well lie beside a table or a shard, where nobody looks for images
    boolean isScanned =
        in instanceof ClassFolders || (in instanceof MetadataFolder m && !m.isTable());
    for (Source source : in) {
      Path file = source.file().toAbsolutePath();
      Path folder = file.getParent();
      if (folder != null && folders.add(folder)) {
        requireNotLed(source, folder, realOut, out, isScanned);
      }
      if (Files.isSymbolicLink(file)) {
        requireNotLed(source, file, realOut, out, isScanned);
      }
    }
  }

  private static void requireNotLed(
      Source source, Path led, Path realOut, Path out, boolean isScanned) throws IOException {
    if (!Files.exists(led)) {
      return; // it fails when it is read
    }
    Path real = led.toRealPath();
    if (isSame(real, realOut) || isBelow(real, realOut)) {
      throw new DatasetException(
          source.source() + " of the data set is a link into the folder to write, " + out);
    } else if (isScanned && isBelow(realOut, real)) {
      throw new DatasetException(
          "The folder to write, " + out + ", lies in a folder of the data set, " + led);
    }
  }

  private static boolean isBelow(Path path, Path folder) throws IOException {
    for (Path above = path.getParent(); above != null; above = above.getParent()) {
      if (isSame(above, folder)) {
        return true;
      }
    }
    return false;
  }

  /** Also where a file system tells names apart that another does not. */
  private static boolean isSame(Path a, Path b) throws IOException {
    return a.equals(b) || (Files.exists(a) && Files.exists(b) && Files.isSameFile(a, b));
  }
}

package dev.sgid.dataset;

import dev.sgid.dataset.Folder.Entry;
import dev.sgid.internal.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a data set that people and tools keep apart, like {@code train} and {@code val}, and
 * the words for them.
 *
 * <p>The words, and what may stand around them, are those of Hugging Face's {@code datasets} (5.0,
 * {@code datasets/data_files.py}): it takes the split from the names of folders, or if there it
 * finds none, of files.
 */
final class Splits {
  private static final String WORD =
      "(?:train|training|validation|valid|dev|val|test|testing|eval|evaluation)";
  private static final String APART = "[-._ 0-9]";
  private static final Pattern FOLDER =
      Pattern.compile("(?:.*" + APART + ")?" + WORD + "(?:" + APART + ".*)?", Pattern.DOTALL);
  private static final Pattern FILE =
      Pattern.compile("(?:.*" + APART + ")?" + WORD + APART + ".*", Pattern.DOTALL);

  private Splits() {}

  /** Whether {@code datasets} takes a folder of this name for a split. */
  static boolean isFolder(String name) {
    return FOLDER.matcher(name).matches();
  }

  /** Whether {@code datasets} takes a file of this name for one of a split. */
  static boolean isFile(String name) {
    return FILE.matcher(name).matches();
  }

  /**
   * The splits that a folder holds where a data set is expected: folders with a split's name that
   * are data sets themselves, of class folders or with metadata. None for a data set.
   */
  static List<String> in(Path folder, Links links) throws IOException {
    List<String> splits = new ArrayList<>();
    if (!Files.isDirectory(folder) || MetadataFolder.metadata(folder) != null) {
      return splits;
    }
    for (Entry entry : Folder.read(folder).folders()) {
      if (isFolder(entry.text().toLowerCase(Locale.ROOT)) && isDataset(entry.path(), links)) {
        splits.add(entry.text());
      }
    }
    return splits;
  }

  /**
   * Refuses a folder of splits where none is chosen, and a split that is not there.
   *
   * @param in the data set, or the folder of its splits
   * @param chosen a split; null for none
   * @param out for the line to type
   * @param links those that are followed
   */
  static void requireNone(Path in, @Nullable String chosen, Path out, Links links)
      throws IOException {
    if (chosen != null) {
      if (Files.isDirectory(in) && !Files.isDirectory(in.resolve(chosen))) {
        List<String> there = in(in, links);
        throw new DatasetException(
            "There is no split "
                + chosen
                + " in "
                + in
                + (there.isEmpty() ? "" : "; it holds " + String.join(", ", there)));
      }
      return;
    }
    List<String> splits = in(in, links);
    if (!splits.isEmpty()) {
      String first =
          splits.stream().filter(s -> s.startsWith("train")).findFirst().orElse(splits.get(0));
      throw new DatasetException(
          in
              + " holds no classes but splits: "
              + String.join(", ", splits)
              + ". To augment one of them alone: sgid augment "
              + Shell.quoted(in.toString())
              + " "
              + Shell.quoted(out.toString())
              + " --split "
              + Shell.quoted(first));
    }
  }

  private static boolean isDataset(Path split, Links links) throws IOException {
    if (!Files.isReadable(split)) {
      return false;
    }
    if (MetadataFolder.metadata(split) != null) {
      return true;
    }
    Folder found = Folder.read(split);
    if (found.files().stream().anyMatch(file -> ImageFiles.isImage(file.text()))) {
      return false; // a class
    }
    for (Entry folder : found.folders()) {
      if (!Files.isSameFile(folder.path(), split) && Folder.holdsImages(folder.path(), links)) {
        return true;
      }
    }
    return false;
  }
}

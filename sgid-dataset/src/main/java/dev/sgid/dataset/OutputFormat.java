package dev.sgid.dataset;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How an augmented data set is laid out. Immutable and thread-safe; {@code toString} gives what
 * {@link #parse} reads.
 */
public interface OutputFormat {
  /**
   * Begins to write, or goes on where former runs stopped.
   *
   * @param out a folder that is there
   * @param classes all labels, without doubles, in the order that numbers them from 0
   * @param former what was written before
   */
  Opened open(Path out, List<String> classes, Former former) throws IOException;

  /**
   * What former runs wrote into a folder.
   *
   * @param pictures what should be there, in the order in which it was written
   * @param stale {@code file_name}s of what should be there no more
   * @param unfinished whether the last run did not come to its end
   * @param looked is to be told of each picture that was found whole, since looking takes its time
   */
  record Former(
      Iterable<Written> pictures,
      Collection<String> stale,
      boolean unfinished,
      Consumer<Written> looked) {
    /** Of a folder without any. */
    public static final Former NONE = new Former(List.of(), List.of(), false, picture -> {});

    public Former {
      stale = List.copyOf(stale);
    }
  }

  /**
   * A picture that a former run wrote.
   *
   * @param fileName as its line has it
   * @param fileSha256 as its line has it
   * @param line reads its line
   */
  record Written(String fileName, @Nullable String fileSha256, Supplier<ManifestLine> line) {}

  /**
   * The name that an image was given to {@link DatasetWriter#place} by.
   *
   * @param fileName the place it got
   */
  default String name(String fileName) {
    return fileName;
  }

  /**
   * A folder that is ready to be written.
   *
   * @param writer writes
   * @param whole {@code file_name}s of those pictures that are there just as they were written; the
   *     others are to be written again
   */
  record Opened(DatasetWriter writer, Set<String> whole) {
    public Opened {
      whole = Collections.unmodifiableSet(whole);
    }
  }

  /**
   * Files and links in a folder that images would overwrite, or be led elsewhere by.
   *
   * @param out a folder that is there
   * @param names of all images that may come, as {@link DatasetWriter#place} is given them
   */
  Collection<Path> inTheWay(Path out, Iterable<String> names) throws IOException;

  /**
   * What those who load the data set with the usual tools should know of it beforehand, a sentence
   * each; mostly nothing.
   *
   * @param out the folder, which need not be there yet
   * @param names as {@link #inTheWay} takes them
   */
  default List<String> warnings(Path out, Iterable<String> names) {
    return List.of();
  }

  /** One folder per class, as torchvision's ImageFolder and Hugging Face's imagefolder take it. */
  static OutputFormat folders() {
    return ClassFolderFormat.INSTANCE;
  }

  /** Tar shards as WebDataset takes them, of up to 10,000 images and 1,000 MB (10^6 bytes). */
  static OutputFormat webDataset() {
    return WebDatasetFormat.DEFAULT;
  }

  /**
   * Tar shards as WebDataset takes them.
   *
   * @param images how many a shard has at most, at least 1
   * @param megabytes how long it is at most, in 10^6 bytes, at least 1; an image that is longer has
   *     a shard of its own
   */
  static OutputFormat webDataset(int images, int megabytes) {
    return new WebDatasetFormat(images, megabytes);
  }

  /**
   * Reads {@code folders}, {@code webdataset} or {@code webdataset:images=10000,megabytes=1000}.
   *
   * @throws IllegalArgumentException if {@code text} is none of them or a number is out of range
   */
  static OutputFormat parse(String text) {
    String given = text.strip();
    if (given.equals(folders().toString())) {
      return folders();
    }
    return WebDatasetFormat.parse(given);
  }
}

package dev.sgid.dataset;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A labelled data set to be augmented: which images there are, and what each shows. The images
 * themselves are read later, one by one.
 *
 * <p>Implementations are immutable and thread-safe: they have looked before they are made, and what
 * changes on the disk afterwards changes nothing here.
 */
public interface DatasetReader extends Iterable<Source> {
  /** What lies in the folder, in a word or two, like {@code class folders}. */
  String format();

  /** The folder that all names are relative to. */
  Path folder();

  /** The images, in an order that is the same each time and everywhere. */
  @Override
  Iterator<Source> iterator();

  /** How many images there are. */
  int size();

  /** What can't be used, and why; ordered by name. */
  List<Failure> failures();

  /** Files that are no images of the data set, relative to the folder, in order. */
  List<String> ignored();

  /**
   * Looks what there is: of a folder, a flat data set where there is a {@code metadata.jsonl} or
   * {@code metadata.csv} with labels, tar shards where they lie in the folder itself, else one
   * folder per class. A file is a shard, or a table of images.
   *
   * @throws DatasetException if there is no data set, naming what is wrong and what helps
   */
  static DatasetReader of(Path in) {
    Logger log = LoggerFactory.getLogger(DatasetReader.class);
    DatasetReader reader = Files.isRegularFile(in) ? ofFile(in) : ofFolder(in);
    log.info("{} holds {}: {} images", in, reader.format(), reader.size());
    return reader;
  }

  private static DatasetReader ofFile(Path in) {
    String name = FileName.of(in.toAbsolutePath()).text().toLowerCase(Locale.ROOT);
    if (WebDatasetShards.isShard(name)) {
      return WebDatasetShards.read(in);
    }
    if (name.endsWith(".csv") || name.endsWith(".jsonl")) {
      return MetadataFolder.readTable(in);
    }
    throw new DatasetException(
        in + " is no data set: a file must be a table (.csv, .jsonl) or a shard (.tar)");
  }

  private static DatasetReader ofFolder(Path in) {
    DatasetReader reader = MetadataFolder.readIfThere(in);
    if (reader == null && holdsShards(in)) {
      reader = WebDatasetShards.read(in);
    }
    return reader == null ? ClassFolders.read(in) : reader;
  }

  private static boolean holdsShards(Path in) {
    try {
      return Folder.read(in).files().stream().anyMatch(f -> WebDatasetShards.isShard(f.text()));
    } catch (IOException e) {
      throw new DatasetException(in + " can't be read: " + Reason.of(e), e);
    }
  }

  /**
   * One folder per class, whose name is the label, as torchvision's ImageFolder takes it. The
   * images lie in the class folder itself: folders in it are refused, since they may be classes.
   *
   * @throws DatasetException if the folder holds something else
   */
  static DatasetReader classFolders(Path folder) {
    return ClassFolders.read(folder);
  }

  /**
   * A {@code metadata.jsonl} or {@code metadata.csv} with the columns {@code file_name}, relative
   * to the folder, and {@code label}, as Hugging Face's imagefolder takes it; {@code caption} too,
   * where there is one.
   *
   * @throws DatasetException if the folder holds something else
   */
  static DatasetReader withMetadata(Path folder) {
    return MetadataFolder.read(folder);
  }

  /**
   * A table of images anywhere: comma-separated values with the columns {@code file_name} (or
   * {@code path}, {@code file}, {@code image}), from the table's folder on where it is relative,
   * {@code label} (or {@code class}), and {@code caption} where there is one; or a JSON object a
   * line with the same.
   *
   * @throws DatasetException if it is none
   */
  static DatasetReader table(Path file) {
    return MetadataFolder.readTable(file);
  }

  /**
   * Tar shards as WebDataset has them, all in a folder or a single one: a sample has an image and a
   * {@code .cls}, or a {@code .json} with a {@code label}.
   *
   * @throws DatasetException if there are none, or no labels in them
   */
  static DatasetReader shards(Path in) {
    return WebDatasetShards.read(in);
  }
}

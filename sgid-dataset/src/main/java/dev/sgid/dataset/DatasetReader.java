package dev.sgid.dataset;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
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
   * Looks what a folder holds: a flat data set where there is a {@code metadata.jsonl} or {@code
   * metadata.csv} with labels, else one folder per class.
   *
   * @throws DatasetException if there is no data set, naming what is wrong and what helps
   */
  static DatasetReader of(Path folder) {
    Logger log = LoggerFactory.getLogger(DatasetReader.class);
    DatasetReader reader = MetadataFolder.readIfThere(folder);
    if (reader == null) {
      reader = ClassFolders.read(folder);
    }
    log.info("{} holds {}: {} images", folder, reader.format(), reader.size());
    return reader;
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
   * to the folder, and {@code label}, as Hugging Face's imagefolder takes it.
   *
   * @throws DatasetException if the folder holds something else
   */
  static DatasetReader withMetadata(Path folder) {
    return MetadataFolder.read(folder);
  }
}

package dev.sgid.dataset;

import java.nio.file.FileVisitOption;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * A labelled data set to be augmented: which images there are, and what each shows. The images
 * themselves are read later, one by one.
 *
 * <p>Implementations are immutable and thread-safe: they have looked before they are made, and what
 * changes on the disk afterwards changes nothing here.
 *
 * <p>Links in a data set that stay in it are followed, and so is one that is the data set itself.
 * Those that leave it are {@link #failures()} unless {@link FileVisitOption#FOLLOW_LINKS} is given;
 * those that lead back to a folder above them always are.
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
   * What labels of this data set mean that are ids: texts by label.
   *
   * @param file as {@link AugmentJob.Builder#withLabels} takes it
   * @throws DatasetException naming the line that is wrong, or if it has no class of the data set
   */
  default Map<String, String> labelTexts(Path file) {
    return Labels.read(file, this).texts(this);
  }

  /**
   * Looks what there is: of a folder, a flat data set where there is a {@code metadata.jsonl} or
   * {@code metadata.csv} with labels, tar shards where they lie in the folder itself, else one
   * folder per class. A file is a shard, or a table of images.
   *
   * @param options {@code FOLLOW_LINKS}, so that links that leave the folder are followed, or none
   * @throws DatasetException if there is no data set, naming what is wrong and what helps
   */
  static DatasetReader of(Path in, FileVisitOption... options) {
    return Readers.of(in, Links.in(in, options));
  }

  /**
   * One folder per class, whose name is the label, as torchvision's ImageFolder takes it. The
   * images lie in the class folder itself: folders in it are refused, since they may be classes.
   *
   * @param options {@code FOLLOW_LINKS}, so that links that leave the folder are followed, or none
   * @throws DatasetException if the folder holds something else
   */
  static DatasetReader classFolders(Path folder, FileVisitOption... options) {
    return ClassFolders.read(folder, Links.in(folder, options));
  }

  /**
   * A {@code metadata.jsonl} or {@code metadata.csv} with the columns {@code file_name}, relative
   * to the folder, and {@code label}, as Hugging Face's imagefolder takes it; {@code caption} too,
   * where there is one.
   *
   * @param options {@code FOLLOW_LINKS}, so that links that leave the folder are followed, or none
   * @throws DatasetException if the folder holds something else
   */
  static DatasetReader withMetadata(Path folder, FileVisitOption... options) {
    return MetadataFolder.read(folder, Links.in(folder, options));
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
   * @param options {@code FOLLOW_LINKS}, so that links that leave the folder are followed, or none
   * @throws DatasetException if there are none, or no labels in them
   */
  static DatasetReader shards(Path in, FileVisitOption... options) {
    return WebDatasetShards.read(in, Links.in(in, options));
  }
}

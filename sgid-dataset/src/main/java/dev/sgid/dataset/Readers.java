package dev.sgid.dataset;

import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which reader a data set is for. */
final class Readers {
  private static final Logger LOG = LoggerFactory.getLogger(DatasetReader.class);

  private Readers() {}

  /** As {@link DatasetReader#of} says, with the links that are followed. */
  static DatasetReader of(Path folder, Links links) {
    DatasetReader reader = MetadataFolder.readIfThere(folder, links);
    if (reader == null) {
      reader = ClassFolders.read(folder, links);
    }
    LOG.info("{} holds {}: {} images", folder, reader.format(), reader.size());
    return reader;
  }
}

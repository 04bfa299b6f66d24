package dev.sgid.dataset;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which reader a data set is for. */
final class Readers {
  private static final Logger LOG = LoggerFactory.getLogger(DatasetReader.class);

  private Readers() {}

  /** As {@link DatasetReader#of} says, with the links that are followed. */
  static DatasetReader of(Path in, Links links) {
    DatasetReader reader = Files.isRegularFile(in) ? ofFile(in, links) : ofFolder(in, links);
    LOG.info("{} holds {}: {} images", in, reader.format(), reader.size());
    return reader;
  }

  private static DatasetReader ofFile(Path in, Links links) {
    String name = FileName.of(in.toAbsolutePath()).text().toLowerCase(Locale.ROOT);
    if (WebDatasetShards.isShard(name)) {
      return WebDatasetShards.read(in, links);
    }
    if (name.endsWith(".csv") || name.endsWith(".jsonl")) {
      return MetadataFolder.readTable(in);
    }
    throw new DatasetException(
        in + " is no data set: a file must be a table (.csv, .jsonl) or a shard (.tar)");
  }

  private static DatasetReader ofFolder(Path in, Links links) {
    DatasetReader reader = MetadataFolder.readIfThere(in, links);
    if (reader == null && holdsShards(in)) {
      reader = WebDatasetShards.read(in, links);
    }
    return reader == null ? ClassFolders.read(in, links) : reader;
  }

  private static boolean holdsShards(Path in) {
    try {
      return Folder.read(in).files().stream().anyMatch(f -> WebDatasetShards.isShard(f.text()));
    } catch (IOException e) {
      throw new DatasetException(in + " can't be read: " + Reason.of(e), e);
    }
  }
}

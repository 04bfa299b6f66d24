package dev.sgid.dataset.report;

import dev.sgid.dataset.DatasetException;
import dev.sgid.dataset.DatasetReader;
import dev.sgid.dataset.Source;
import dev.sgid.dataset.internal.out.OutPictures;
import dev.sgid.internal.Sha256;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The originals of an augmented data set: those that stand beside their copies, else those of the
 * data set that it was made from, if that is still there. Thread-safe.
 */
final class Originals {
  private final Map<String, String> beside; // file_name by source
  private final OutPictures pictures;
  private final Map<String, Source> sources = new HashMap<>();
  private final @Nullable String missing; // why there is no data set

  /**
   * Looks for them.
   *
   * @param beside {@code file_name}s of those that stand beside their copies, by source
   * @param in the data set; null where that is not known
   * @param wanted sources
   */
  Originals(
      Map<String, String> beside, OutPictures pictures, @Nullable Path in, Set<String> wanted) {
    this.beside = Map.copyOf(beside);
    this.pictures = pictures;
    this.missing = beside.keySet().containsAll(wanted) ? null : look(in, wanted);
  }

  private @Nullable String look(@Nullable Path in, Set<String> wanted) {
    if (in == null) {
      return "sgid-job.json does not say where the data set lies";
    }
    try {
      // links are safe to follow: what is shown must have the hash that the manifest has
      for (Source source : DatasetReader.of(in, FileVisitOption.FOLLOW_LINKS)) {
        if (wanted.contains(source.source())) {
          sources.put(source.source(), source);
        }
      }
      return null;
    } catch (DatasetException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /** Why none is shown that does not stand beside its copies; null where that is not so. */
  @Nullable String missing() {
    return missing;
  }

  /**
   * The file of an original.
   *
   * @param sha256 what it was when its copies were made
   * @throws IOException saying why it can't be shown
   */
  byte[] read(String source, String sha256) throws IOException {
    String fileName = beside.get(source);
    if (fileName != null) {
      return pictures.read(fileName);
    }
    Source found = sources.get(source);
    if (found == null) {
      throw new IOException("it is not in the data set any more");
    }
    byte[] bytes = found.bytes();
    if (!Sha256.hex(bytes).equals(sha256)) {
      throw new IOException("it has changed since its copies were made");
    }
    return bytes;
  }
}

package dev.sgid.dataset;

import dev.sgid.dataset.MetadataFile.Row;
import dev.sgid.internal.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Captions that a file has, so that the captioner need not be asked. Immutable and thread-safe.
 *
 * @param byImage captions by the image's name in the data set
 * @param sha256 of the file, in hexadecimal; null for no file
 */
record Captions(Map<String, String> byImage, @Nullable String sha256) {
  private static final Logger LOG = LoggerFactory.getLogger(Captions.class);

  /** All images are captioned. */
  static final Captions NONE = new Captions(Map.of(), null);

  Captions {
    byImage = Map.copyOf(byImage);
  }

  /**
   * Reads a file of the columns {@code file_name} and {@code caption}, CSV where it is called so,
   * else a JSON object a line. Images without a caption in it are captioned.
   *
   * @throws DatasetException if it can't be read, or has no caption for any of the images
   */
  static Captions read(Path file, DatasetReader in) {
    Captions read = read(file);
    Map<String, String> captions = new HashMap<>(read.byImage);
    Map<String, String> known = new HashMap<>();
    for (Source source : in) {
      String caption = captions.remove(source.source());
      if (caption != null) {
        known.put(source.source(), caption);
      }
    }
    if (known.isEmpty()) {
      throw new DatasetException(
          file
              + " has no caption for any image of "
              + in.folder()
              + ": each line must have a file_name, relative to that folder, and a caption");
    }
    if (!captions.isEmpty()) {
      LOG.warn(
          "{} has captions of {} images that are not in {}, like {}",
          file,
          captions.size(),
          in.folder(),
          captions.keySet().iterator().next());
    }
    return new Captions(known, read.sha256);
  }

  /**
   * Reads a file, whichever images there are.
   *
   * @throws DatasetException if it can't be read
   */
  static Captions read(Path file) {
    Map<String, String> captions = new HashMap<>();
    try {
      for (Row row : MetadataFile.read(file)) {
        String name = row.fileName();
        String caption = row.caption();
        if (name != null && caption != null && !caption.isBlank()) {
          captions.put(name, caption.strip());
        }
      }
      return new Captions(captions, Sha256.hex(Files.readAllBytes(file)));
    } catch (IOException e) {
      throw new DatasetException("The captions in " + file + " can't be read: " + Reason.of(e), e);
    }
  }

  /** The caption of an image, the data set's own last; null to have it captioned. */
  @Nullable String of(Source source) {
    String own = byImage.get(source.source());
    return own == null ? source.caption() : own;
  }
}

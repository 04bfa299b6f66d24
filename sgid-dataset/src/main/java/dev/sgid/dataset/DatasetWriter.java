package dev.sgid.dataset;

import java.io.IOException;

/**
 * Where the images of an augmented data set go. Manifest, journal and lock are not its business.
 *
 * <p>For one thread. Whatever it makes visible in the folder is whole: files appear by a rename,
 * and what goes by a temporary name has one that {@link OutputFormat} gives.
 */
public interface DatasetWriter extends AutoCloseable {
  /**
   * Where the next image will be found: what its line in the manifest has for {@code file_name}.
   *
   * @param name {@code CLASS/FILE}, no two the same
   * @param line the image's line, with {@code name} for its {@code file_name}
   * @param image the image's file
   */
  String place(String name, ManifestLine line, byte[] image) throws IOException;

  /**
   * Writes an image; not at all, if that fails.
   *
   * @param line the image's line, with the {@code file_name} that {@link #place} gave
   * @param image the image's file
   */
  void write(ManifestLine line, byte[] image) throws IOException;

  /** Makes visible what isn't yet. */
  @Override
  void close() throws IOException;
}

package dev.sgid.dataset.training;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.List;

/** Where the pictures of a training set come from. Thread-safe. */
interface PictureFiles {
  /**
   * Reads a picture, or makes it.
   *
   * @throws IOException saying why it can't be, without its name
   */
  BufferedImage read(Sample sample) throws IOException;

  /** The file or folder that a sample is to be looked for in, for messages. */
  String place(Sample sample);

  /** Pictures that will be read in this order, perhaps by several threads, each a little ahead. */
  default Reading reading(List<Sample> order) {
    return new Reading() {
      @Override
      public BufferedImage read(Sample sample) throws IOException {
        return PictureFiles.this.read(sample);
      }

      @Override
      public void close() {
        // nothing is held
      }
    };
  }

  /** Makes those samples that are made on demand and are not there yet. */
  default void make(List<Sample> samples) {
    // nothing is made
  }

  /** The samples with their consistency, which may take making them. */
  default List<Sample> measured(List<Sample> samples) {
    return samples;
  }

  /** Pictures being read. */
  interface Reading extends AutoCloseable {
    /** As {@link PictureFiles#read}. */
    BufferedImage read(Sample sample) throws IOException;

    @Override
    void close();
  }
}

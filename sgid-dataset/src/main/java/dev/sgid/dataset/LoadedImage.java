package dev.sgid.dataset;

import dev.sgid.dataset.internal.image.ImageParts;
import dev.sgid.dataset.internal.image.Orientation;
import dev.sgid.dataset.internal.image.Several;
import dev.sgid.internal.Sha256;
import dev.sgid.internal.StageEvents;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.List;

/**
 * An image of the data set in memory: its file and its pixels, from one and the same read.
 *
 * @param source which one
 * @param bytes the file
 * @param sha256 the file's SHA-256, in hexadecimal
 * @param image the pixels
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record LoadedImage(Source source, byte[] bytes, String sha256, BufferedImage image) {
  /**
   * Reads an image.
   *
   * @throws IOException saying why it can't be
   */
  static LoadedImage read(Source source, ImageDecoder decoder) throws IOException {
    return read(source, source::bytes, decoder);
  }

  /** The same of an image that lies elsewhere. */
  static LoadedImage read(Source source, RowImage.Content content, ImageDecoder decoder)
      throws IOException {
    try (StageEvents events =
        StageEvents.begin(StageEvents.READ, List.of(source), Source::subject)) {
      byte[] bytes = content.read();
      return new LoadedImage(source, bytes, Sha256.hex(bytes), decoder.decode(bytes));
    } catch (OutOfMemoryError e) { // one image that is too large is no reason to lose the others
      throw new IOException("it does not fit into memory", e);
    }
  }

  /** Whether its file holds more frames or pages, of which this is the first. */
  boolean isFirstOfSeveral() {
    return Several.in(bytes);
  }

  /** Whether its pixels are stored lying or mirrored, and only its metadata say how it is shown. */
  boolean isStoredRotated() throws IOException {
    return Orientation.of(ImageParts.of(bytes)) != Orientation.UPRIGHT;
  }

  /** Width x height. */
  long pixels() {
    return (long) image.getWidth() * image.getHeight();
  }
}

package dev.sgid.dataset;

import dev.sgid.internal.Sha256;
import java.awt.image.BufferedImage;
import java.io.IOException;

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
  static LoadedImage read(Source source, ImageDecoder decoder) throws IOException {
    byte[] bytes = ImageDecoder.bytes(source.file());
    return new LoadedImage(source, bytes, Sha256.hex(bytes), decoder.decode(bytes));
  }

  /** Width x height. */
  long pixels() {
    return (long) image.getWidth() * image.getHeight();
  }
}

package dev.sgid.dataset.internal.image;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;

/**
 * An image file taken apart: the picture, and what says how it is to be shown.
 *
 * <p>Readers get the picture alone, so that what is wrong with a file's metadata can't keep them
 * from it. JPEG, PNG, WebP and TIFF; other files are a picture as they are.
 *
 * @param picture a file of the same format that has what its pixels need and nothing else
 * @param exif EXIF's block, which has TIFF's form; empty where there is none
 * @param xmp the XMP packet; empty where there is none
 * @param profile the ICC color profile, unchecked; empty where there is none
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record ImageParts(byte[] picture, byte[] exif, byte[] xmp, byte[] profile) {
  static final byte[] NONE = {};

  /**
   * Takes a file apart.
   *
   * @throws IOException if what the pixels need is damaged
   */
  public static ImageParts of(byte[] file) throws IOException {
    try {
      if (isJpeg(file)) {
        return JpegParts.of(file);
      } else if (starts(file, 0, PngParts.SIGNATURE)) {
        return PngParts.of(file);
      } else if (starts(file, 0, "RIFF") && starts(file, 8, "WEBP")) {
        return WebpParts.of(file);
      } else if (TiffDirectory.isTiff(file)) {
        return TiffParts.of(file);
      } else if (BmpParts.isBmp(file)) {
        return BmpParts.of(file);
      }
    } catch (RuntimeException e) {
      // offsets that lead astray: so broken that the reader shall say what is wrong
    }
    return new ImageParts(file, NONE, NONE, NONE);
  }

  static boolean isJpeg(byte[] file) {
    return starts(file, 0, "\u00ff\u00d8");
  }

  /** Whether the bytes at {@code at} are those of {@code prefix}, a character a byte. */
  static boolean starts(byte[] bytes, int at, String prefix) {
    int length = prefix.length();
    return at + length <= bytes.length && prefix.equals(new String(bytes, at, length, ISO_8859_1));
  }
}

package dev.sgid.dataset.internal.image;

import static dev.sgid.dataset.internal.image.ImageParts.NONE;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32;

/**
 * Takes a PNG file apart: of its chunks the picture keeps size, pixels, the palette of a picture
 * that has one, and the transparency of one that has no alpha.
 */
final class PngParts {
  static final String SIGNATURE = "\u0089PNG\r\n\u001a\n";

  private static final int GRAY = 0;
  private static final int RGB = 2;
  private static final int PALETTE = 3;
  private static final int MOST_PROFILE = 1 << 22;

  private final byte[] file;
  private final ByteArrayOutputStream picture = new ByteArrayOutputStream();
  private final PngText text = new PngText();
  private byte[] profile = NONE;
  private int colorType;
  private int paletteColors;
  private boolean pixels;

  private PngParts(byte[] file) {
    this.file = file;
  }

  static ImageParts of(byte[] file) throws IOException {
    return new PngParts(file).parts();
  }

  private ImageParts parts() throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(file);
    picture.write(file, 0, SIGNATURE.length());
    int at = SIGNATURE.length();
    while (at + 8 <= file.length) {
      String type = new String(file, at + 4, 4, ISO_8859_1);
      long end = at + 12 + Integer.toUnsignedLong(buffer.getInt(at));
      if (type.equals("IEND") || (pixels && end > file.length && !type.equals("IDAT"))) {
        break;
      }
      if (end > file.length) { // for the reader to refuse
        picture.write(file, at, file.length - at);
        return new ImageParts(picture.toByteArray(), NONE, NONE, NONE);
      }
      sort(type, at, (int) end);
      at = (int) end;
    }
    if (pixels) {
      write("IEND", NONE);
    }
    return new ImageParts(picture.toByteArray(), text.exif(), text.xmp(), profile);
  }

  private void sort(String type, int at, int end) throws IOException {
    byte[] content = Arrays.copyOfRange(file, at + 8, end - 4);
    boolean whole = ByteBuffer.wrap(file).getInt(end - 4) == checksum(type, content);
    switch (type) {
      case "IHDR" -> {
        requireWhole(type, whole);
        colorType = content[9];
        write(type, content);
      }
      case "PLTE" -> {
        requireWhole(type, whole);
        if (colorType == PALETTE && !pixels) {
          paletteColors = content.length / 3;
          write(type, content);
        }
      }
      case "tRNS" -> {
        int length = transparencyBytes(content.length);
        if (whole && !pixels && length > 0) {
          write(type, Arrays.copyOf(content, length));
        }
      }
      case "IDAT" -> { // the compressed data has a checksum of its own
        pixels = true;
        picture.write(file, at, end - at);
      }
      case "iCCP" -> profile = profile(content);
      default -> text.read(type, content);
    }
  }

  /** How much of a tRNS chunk this color type can use. */
  private int transparencyBytes(int length) {
    return switch (colorType) {
      case GRAY -> length >= 2 ? 2 : 0;
      case RGB -> length >= 6 ? 6 : 0;
      case PALETTE -> Math.min(length, paletteColors);
      default -> 0; // has alpha
    };
  }

  private static void requireWhole(String type, boolean whole) throws IOException {
    if (!whole) {
      throw new IOException(
          "can't be decoded as PNG: the checksum of the chunk " + type + " is wrong");
    }
  }

  /** After a name and a zero: how it is compressed, of which there is one way, and the data. */
  private static byte[] profile(byte[] content) {
    int name = PngText.zero(content, 0);
    return name < 0 || name + 2 > content.length || content[name + 1] != 0
        ? NONE
        : PngText.inflate(content, name + 2, MOST_PROFILE);
  }

  private static int checksum(String type, byte[] content) {
    CRC32 crc = new CRC32();
    crc.update(type.getBytes(ISO_8859_1));
    crc.update(content);
    return (int) crc.getValue();
  }

  private void write(String type, byte[] content) {
    picture.writeBytes(ByteBuffer.allocate(4).putInt(content.length).array());
    picture.writeBytes(type.getBytes(ISO_8859_1));
    picture.writeBytes(content);
    picture.writeBytes(ByteBuffer.allocate(4).putInt(checksum(type, content)).array());
  }
}

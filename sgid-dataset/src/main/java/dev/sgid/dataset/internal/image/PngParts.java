package dev.sgid.dataset.internal.image;

import static dev.sgid.dataset.internal.image.ImageParts.NONE;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

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

  private static final int HEAD = 13;
  private static final int COLOR_TYPE = 9; // in the head, after the bits
  private static final int GRAY = 0;
  private static final int RGB = 2;
  private static final int PALETTE = 3;
  private static final int MOST_PROFILE = 1 << 22;

  private final byte[] file;
  private final PngText text = new PngText();
  private final Pieces pixels; // chunks
  private byte[] head = NONE;
  private byte[] palette = NONE;
  private byte[] transparency = NONE;
  private byte[] profile = NONE;

  private PngParts(byte[] file) {
    this.file = file;
    this.pixels = new Pieces(file);
  }

  static ImageParts of(byte[] file) throws IOException {
    return new PngParts(file).parts();
  }

  private ImageParts parts() throws IOException {
    if (file.length < SIGNATURE.length() + HEAD + 12) {
      throw new IOException("can't be decoded as PNG: the file is cut short");
    }
    ByteBuffer buffer = ByteBuffer.wrap(file);
    int at = SIGNATURE.length();
    boolean cut = false;
    while (at + 8 <= file.length && !cut) {
      String type = new String(file, at + 4, 4, ISO_8859_1);
      long end = at + 12 + Integer.toUnsignedLong(buffer.getInt(at));
      if (type.equals("IEND")) {
        break;
      }
      cut = end > file.length;
      if (cut && (type.equals("IDAT") || pixels.length() == 0)) { // for the reader to refuse
        pixels.keep(at, file.length);
        return new ImageParts(picture(false), NONE, NONE, NONE);
      } else if (!cut) {
        sort(type, at, (int) end);
        at = (int) end;
      }
    }
    return new ImageParts(picture(true), text.exif(), text.xmp(), profile);
  }

  private void sort(String type, int at, int end) throws IOException {
    if (type.equals("IDAT")) { // the compressed data has a checksum of its own
      pixels.keep(at, end);
      return;
    }
    byte[] content = Arrays.copyOfRange(file, at + 8, end - 4);
    boolean whole = ByteBuffer.wrap(file).getInt(end - 4) == checksum(type, content);
    boolean before = pixels.length() == 0;
    switch (type) {
      case "IHDR" -> {
        requireWhole(type, whole);
        head = content;
      }
      case "PLTE" -> {
        requireWhole(type, whole);
        palette = before ? content : palette;
      }
      case "tRNS" -> transparency = whole && before ? content : transparency;
      case "iCCP" -> profile = before ? profile(content) : profile;
      default -> text.read(type, content);
    }
  }

  private byte[] picture(boolean end) {
    Pieces out = new Pieces(file);
    out.keep(0, SIGNATURE.length());
    int colorType = head.length < HEAD ? -1 : head[COLOR_TYPE];
    int bits = head.length < HEAD ? 0 : head[COLOR_TYPE - 1];
    byte[] clear = transparency(colorType);
    if (colorType == GRAY && bits < 8 && clear.length > 0) {
      writeAsPalette(out, bits, ByteBuffer.wrap(clear).getShort(0));
    } else {
      write(out, "IHDR", head);
      if (colorType == PALETTE && palette.length > 0) {
        write(out, "PLTE", palette);
      }
      if (clear.length > 0) {
        write(out, "tRNS", clear);
      }
    }
    out.putAll(pixels);
    if (end) {
      write(out, "IEND", NONE);
    }
    return out.toByteArray();
  }

  /** Narrow gray of which one level is clear: the JDK's reader looks for that in others only. */
  private void writeAsPalette(Pieces out, int bits, int clear) {
    int colors = 1 << bits;
    byte[] grays = new byte[3 * colors];
    byte[] opacities = new byte[colors];
    for (int i = 0; i < colors; i++) {
      Arrays.fill(grays, 3 * i, 3 * i + 3, (byte) (255 * i / (colors - 1)));
      opacities[i] = (byte) (i == clear ? 0 : 255);
    }
    head[COLOR_TYPE] = PALETTE;
    write(out, "IHDR", head);
    write(out, "PLTE", grays);
    write(out, "tRNS", opacities);
  }

  /** What of the chunk tRNS the color type can use. */
  private byte[] transparency(int colorType) {
    int length = transparency.length;
    int used =
        switch (colorType) {
          case GRAY -> length >= 2 ? 2 : 0;
          case RGB -> length >= 6 ? 6 : 0;
          case PALETTE -> Math.min(length, palette.length / 3);
          default -> 0; // has alpha
        };
    return Arrays.copyOf(transparency, used);
  }

  private static void requireWhole(String type, boolean whole) throws IOException {
    if (!whole) {
      throw new IOException(
          "can't be decoded as PNG: the checksum of the chunk " + type + " is wrong");
    }
  }

  /** After a name and a zero: how it is compressed, of which there is one way, and the data. */
  private static byte[] profile(byte[] content) throws IOException {
    int name = PngText.zero(content, 0);
    return name < 0 || name + 2 > content.length || content[name + 1] != 0
        ? NONE
        : PngText.inflate(content, name + 2, MOST_PROFILE, "its color profile inflates");
  }

  private static int checksum(String type, byte[] content) {
    CRC32 crc = new CRC32();
    crc.update(type.getBytes(ISO_8859_1));
    crc.update(content);
    return (int) crc.getValue();
  }

  private static void write(Pieces picture, String type, byte[] content) {
    picture.put(ByteBuffer.allocate(4).putInt(content.length).array());
    picture.put(type.getBytes(ISO_8859_1));
    picture.put(content);
    picture.put(ByteBuffer.allocate(4).putInt(checksum(type, content)).array());
  }
}

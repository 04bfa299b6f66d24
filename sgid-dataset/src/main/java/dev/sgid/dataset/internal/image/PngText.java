package dev.sgid.dataset.internal.image;

import static dev.sgid.dataset.internal.image.ImageParts.NONE;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * What a PNG file's chunks of text and EXIF say about the picture. Compressed text is inflated up
 * to {@value #MOST_TEXT} bytes, {@value #MOST_TEXTS} times at most, as Pillow does, and only where
 * it is asked for.
 */
final class PngText {
  private static final int MOST_TEXT = 1 << 20;
  private static final int MOST_TEXTS = 64;
  private static final String XMP = "XML:com.adobe.xmp";
  private static final String RAW_EXIF = "Raw profile type exif"; // ImageMagick's, hexadecimal

  private byte[] exif = NONE;
  private byte[] rawExif = NONE;
  private byte[] xmp = NONE;
  private int texts; // inflated

  /** Reads a chunk, if it is one of these; what is broken is left out. */
  void read(String type, byte[] content) {
    if (type.equals("eXIf")) {
      exif = content;
    } else if (type.equals("tEXt") || type.equals("zTXt") || type.equals("iTXt")) {
      int end = zero(content, 0);
      String key = end < 0 ? "" : new String(content, 0, end, ISO_8859_1);
      switch (key) {
        case "exif" -> exif = type.equals("tEXt") ? text(type, content, end + 1) : exif;
        case RAW_EXIF -> rawExif = text(type, content, end + 1);
        case XMP -> xmp = text(type, content, end + 1);
        default -> {} // says nothing about the picture
      }
    }
  }

  /** The text that follows the key. */
  private byte[] text(String type, byte[] content, int at) {
    if (type.equals("tEXt")) {
      return Arrays.copyOfRange(content, at, content.length);
    }
    if (type.equals("zTXt")) {
      return at < content.length && content[at] == 0 ? inflate(content, at + 1) : NONE;
    }
    int language = at + 2; // after whether and how it is compressed
    int keyword = zero(content, language) + 1;
    int start = keyword == 0 ? 0 : zero(content, keyword) + 1;
    if (start == 0) {
      return NONE;
    }
    if (content[at] == 0) {
      return Arrays.copyOfRange(content, start, content.length);
    }
    return content[at + 1] == 0 ? inflate(content, start) : NONE;
  }

  private byte[] inflate(byte[] content, int from) {
    return texts++ < MOST_TEXTS ? inflate(content, from, MOST_TEXT) : NONE;
  }

  /** Where the next zero is; -1 if there is none. */
  static int zero(byte[] bytes, int from) {
    for (int i = from; i < bytes.length; i++) {
      if (bytes[i] == 0) {
        return i;
      }
    }
    return -1;
  }

  /** What {@code from} on inflates to; nothing where that is broken or more than {@code most}. */
  static byte[] inflate(byte[] bytes, int from, int most) {
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(bytes, from, bytes.length - from);
      byte[] out = new byte[1 << 12];
      int length = 0;
      while (true) {
        int more = inflater.inflate(out, length, out.length - length);
        length += more;
        if (more == 0 || length > most) {
          return length > most ? NONE : Arrays.copyOf(out, length);
        }
        if (length == out.length) {
          out = Arrays.copyOf(out, 2 * length);
        }
      }
    } catch (DataFormatException e) {
      return NONE;
    } finally {
      inflater.end();
    }
  }

  /** EXIF's block; a chunk of its own comes before ImageMagick's text. */
  byte[] exif() {
    return exif.length > 0 ? exif : decoded(rawExif);
  }

  /** An empty line, a name, a length, then digits in lines. */
  private static byte[] decoded(byte[] text) {
    String[] lines = new String(text, ISO_8859_1).split("\n", 4);
    if (lines.length < 4) {
      return NONE;
    }
    try {
      return HexFormat.of().parseHex(lines[3].replaceAll("\\s", ""));
    } catch (IllegalArgumentException e) {
      return NONE;
    }
  }

  byte[] xmp() {
    return xmp;
  }
}

package dev.sgid.dataset.internal.image;

import static dev.sgid.dataset.internal.image.ImageParts.NONE;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * What a PNG file's chunks of text and EXIF say about the picture. A compressed text may have
 * {@value #MOST_TEXT} bytes, and all of them {@value #MOST_TEXTS}; as in Pillow, a file of more is
 * refused, whatever the texts say.
 */
final class PngText {
  private static final int MOST_TEXT = 1 << 20;
  private static final int MOST_TEXTS = 64 << 20;
  private static final String XMP = "XML:com.adobe.xmp";
  private static final String RAW_EXIF = "Raw profile type exif"; // ImageMagick's, hexadecimal

  private byte[] exif = NONE;
  private byte[] rawExif = NONE;
  private byte[] xmp = NONE;
  private int texts; // bytes inflated

  /**
   * Reads a chunk, if it is one of these; what is broken is left out.
   *
   * @throws IOException if it inflates to more than a text may have
   */
  void read(String type, byte[] content) throws IOException {
    if (type.equals("eXIf")) {
      exif = content;
    } else if (type.equals("tEXt") || type.equals("zTXt") || type.equals("iTXt")) {
      int end = zero(content, 0);
      String key = end < 0 ? "" : new String(content, 0, end, ISO_8859_1);
      byte[] text = end < 0 ? NONE : text(type, content, end + 1);
      switch (key) {
        case "exif" -> exif = type.equals("tEXt") ? text : exif;
        case RAW_EXIF -> rawExif = text;
        case XMP -> xmp = text;
        default -> {} // says nothing about the picture
      }
    }
  }

  /** The text that follows the key. */
  private byte[] text(String type, byte[] content, int at) throws IOException {
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

  private byte[] inflate(byte[] content, int from) throws IOException {
    byte[] text = inflate(content, from, MOST_TEXT, "a text in it inflates");
    texts += text.length;
    if (texts > MOST_TEXTS) {
      throw tooLarge("the texts in it inflate", MOST_TEXTS);
    }
    return text;
  }

  private static IOException tooLarge(String what, int most) {
    return new IOException(
        "can't be decoded as PNG: %s to more than %d MiB, which makes it a decompression bomb"
            .formatted(what, most >> 20));
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

  /**
   * What {@code from} on inflates to; nothing where that is broken.
   *
   * @param what it is that inflates, for the message
   * @throws IOException if it is more than {@code most} bytes
   */
  static byte[] inflate(byte[] bytes, int from, int most, String what) throws IOException {
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(bytes, from, bytes.length - from);
      byte[] out = new byte[1 << 12];
      int length = 0;
      while (true) {
        int more = inflater.inflate(out, length, out.length - length);
        length += more;
        if (length > most) {
          throw tooLarge(what, most);
        }
        if (more == 0) {
          return Arrays.copyOf(out, length);
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

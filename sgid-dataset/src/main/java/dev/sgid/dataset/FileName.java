package dev.sgid.dataset;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * A file's own name as text, the same in every locale.
 *
 * <p>Java decodes names by the locale's charset and puts U+FFFD for what that has not, so two names
 * can print alike. Here the bytes themselves are read as UTF-8. Those that are none stand as in a
 * {@code file:} URI, like {@code caf%E9.png}: so each name has a text, and a file can be found by
 * it.
 *
 * @param text the name
 * @param decodable whether it is the name itself, not its bytes
 */
record FileName(String text, boolean decodable) {
  private static final char UNDECODED = '\ufffd';

  /** The name of a file or folder. */
  static FileName of(Path path) {
    Path name = requireNonNull(path.getFileName(), "path has no name");
    String printed = name.toString();
    if (printed.indexOf(UNDECODED) >= 0) {
      byte[] bytes = bytes(path);
      try {
        return new FileName(UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString(), true);
      } catch (CharacterCodingException e) {
        return new FileName(escaped(bytes), false);
      }
    }
    return UTF_8.newEncoder().canEncode(printed)
        ? new FileName(printed, true)
        : new FileName(escaped(printed), false); // half a surrogate pair, as Windows allows
  }

  /**
   * The path of a name with {@code /}, relative to a folder, also where the locale's charset lacks
   * a character of it.
   */
  static Path resolve(Path folder, String name) {
    try {
      return folder.resolve(name);
    } catch (InvalidPathException e) {
      String base = folder.toUri().toString();
      return Path.of(
          URI.create((base.endsWith("/") ? base : base + "/") + escaped(name.getBytes(UTF_8))));
    }
  }

  /** What only the URI tells of a Unix path: its bytes. */
  private static byte[] bytes(Path path) {
    String uri = path.toUri().getRawPath();
    if (uri.endsWith("/")) {
      uri = uri.substring(0, uri.length() - 1);
    }
    byte[] escaped = uri.substring(uri.lastIndexOf('/') + 1).getBytes(US_ASCII);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < escaped.length; i++) {
      if (escaped[i] == '%') {
        bytes.write(Character.digit(escaped[i + 1], 16) << 4 | Character.digit(escaped[i + 2], 16));
        i += 2;
      } else {
        bytes.write(escaped[i]);
      }
    }
    return bytes.toByteArray();
  }

  private static String escaped(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    for (byte b : bytes) {
      boolean plain = b > ' ' && b != 0x7f && "%\"<>\\^`{|}#?".indexOf(b) < 0;
      text.append(plain ? String.valueOf((char) b) : String.format("%%%02X", b));
    }
    return text.toString();
  }

  private static String escaped(String name) {
    StringBuilder text = new StringBuilder();
    name.codePoints()
        .forEach(
            point -> {
              if (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE) {
                text.append(String.format("%%u%04X", point));
              } else {
                text.appendCodePoint(point);
              }
            });
    return text.toString();
  }
}

package dev.sgid.dataset.internal.image;

import static dev.sgid.dataset.internal.image.ImageParts.NONE;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Takes a WebP file apart. Metadata count where the extended header (VP8X) announces them. */
final class WebpParts {
  private static final int FIRST = 12;
  private static final int HAS_XMP = 0x04;
  private static final int HAS_EXIF = 0x08;
  private static final int HAS_PROFILE = 0x20;

  private byte[] exif = NONE;
  private byte[] xmp = NONE;
  private byte[] profile = NONE;
  private int announced;

  private WebpParts() {}

  static ImageParts of(byte[] file) {
    return new WebpParts().parts(file);
  }

  private ImageParts parts(byte[] file) {
    ByteBuffer buffer = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    Pieces kept = new Pieces(file);
    byte[] head = Arrays.copyOf(file, FIRST);
    kept.put(head);
    int at = FIRST;
    while (at + 8 <= file.length) {
      String type = new String(file, at, 4, ISO_8859_1);
      long length = Integer.toUnsignedLong(buffer.getInt(at + 4));
      long end = at + 8 + length;
      int next = (int) Math.min(end + (length & 1), file.length);
      if (!sort(type, file, at + 8, (int) Math.min(end, file.length))) {
        keep(kept, type, Arrays.copyOfRange(file, at, Math.min(at + 9, next)), at, next);
      }
      at = next;
    }
    kept.keep(at, file.length);
    ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).putInt(4, kept.length() - 8);
    return new ImageParts(kept.toByteArray(), exif, xmp, profile);
  }

  /** The extended header is kept without the metadata that it announces. */
  private static void keep(Pieces kept, String type, byte[] start, int at, int next) {
    if (type.equals("VP8X") && start.length == 9) {
      start[8] &= ~(HAS_XMP | HAS_EXIF | HAS_PROFILE);
      kept.put(start);
      kept.keep(at + 9, next);
    } else {
      kept.keep(at, next);
    }
  }

  /** Whether the chunk is metadata; the first of a kind counts. */
  private boolean sort(String type, byte[] file, int from, int to) {
    byte[] content = type.startsWith("VP8") ? NONE : Arrays.copyOfRange(file, from, to);
    switch (type) {
      case "VP8X" -> announced = from == FIRST + 8 ? file[from] : 0;
      case "EXIF" -> exif = first(exif, content, HAS_EXIF);
      case "XMP " -> xmp = first(xmp, content, HAS_XMP);
      case "ICCP" -> profile = first(profile, content, HAS_PROFILE);
      default -> {}
    }
    return switch (type) {
      case "EXIF", "XMP ", "ICCP" -> true;
      default -> false;
    };
  }

  private byte[] first(byte[] former, byte[] content, int flag) {
    return former.length > 0 || (announced & flag) == 0 ? former : content;
  }
}

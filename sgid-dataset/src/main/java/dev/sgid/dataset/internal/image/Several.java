package dev.sgid.dataset.internal.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;

/**
 * Whether a file holds more than the picture that is shown: frames of an animation (GIF, WebP,
 * PNG), or pages (TIFF). Smaller versions, masks and what lies behind a JPEG don't count: no viewer
 * shows those.
 */
public final class Several {
  private static final int WEBP_ANIMATED = 0x02;
  private static final int SUBFILE_TYPE = 254;
  private static final int SMALLER = 1;
  private static final int MASK = 4;

  private Several() {}

  /** Whether there are several; damaged files say no. */
  public static boolean in(byte[] file) {
    try {
      if (ImageParts.starts(file, 0, "GIF8")) {
        return GifFrames.count(file, 2) > 1;
      } else if (ImageParts.starts(file, 0, PngParts.SIGNATURE)) {
        return png(file);
      } else if (ImageParts.starts(file, 0, "RIFF") && ImageParts.starts(file, 8, "WEBP")) {
        return ImageParts.starts(file, 12, "VP8X") && (file[20] & WEBP_ANIMATED) != 0 && webp(file);
      }
      return TiffDirectory.isTiff(file) && tiff(file);
    } catch (RuntimeException e) { // offsets that lead astray
      return false;
    }
  }

  /** The chunk that announces an animation stands before the pixels. */
  private static boolean png(byte[] file) {
    ByteBuffer buffer = ByteBuffer.wrap(file);
    int at = PngParts.SIGNATURE.length();
    while (!ImageParts.starts(file, at + 4, "IDAT")) {
      if (ImageParts.starts(file, at + 4, "acTL")) {
        return buffer.getInt(at + 8) > 1;
      }
      at = Math.addExact(at, Math.addExact(12, buffer.getInt(at)));
    }
    return false;
  }

  private static boolean webp(byte[] file) {
    ByteBuffer buffer = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int frames = 0;
    for (int at = 12; at + 8 <= file.length; ) {
      frames += ImageParts.starts(file, at, "ANMF") ? 1 : 0;
      int length = buffer.getInt(at + 4);
      at = Math.addExact(at, Math.addExact(8, length + (length & 1)));
    }
    return frames > 1;
  }

  /** Of the pages, only the one behind the first is looked at. */
  private static boolean tiff(byte[] file) {
    TiffDirectory next = TiffDirectory.of(file).next();
    if (next == null) {
      return false;
    }
    Map<Integer, TiffDirectory.Field> fields = next.fields();
    int type = next.integer(SUBFILE_TYPE, 0);
    return fields.containsKey(256) && (type & (SMALLER | MASK)) == 0;
  }
}

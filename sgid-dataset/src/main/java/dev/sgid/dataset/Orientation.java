package dev.sgid.dataset;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.sgid.internal.RgbImage;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * How a stored picture is to be turned or mirrored before it is shown, as EXIF's tag 274 says, in
 * its order.
 *
 * <p>Read straight from the file, because broken EXIF is common and is no reason to lose a picture:
 * what can't be understood is {@link #UPRIGHT}.
 */
enum Orientation {
  UPRIGHT,
  MIRRORED,
  TURNED_180,
  FLIPPED,
  TRANSPOSED,
  TURNED_90,
  TRANSVERSED,
  TURNED_270;

  private static final int TAG = 274;
  private static final int SHORT = 3;

  /** What the file says. */
  static Orientation of(byte[] file) {
    try {
      ByteBuffer exif = exif(ByteBuffer.wrap(file));
      return exif == null ? UPRIGHT : read(exif);
    } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException e) {
      return UPRIGHT; // EXIF that points beyond its end
    }
  }

  /** The EXIF block of a JPEG, PNG, WebP or TIFF file, which has TIFF's form in all of them. */
  private static @Nullable ByteBuffer exif(ByteBuffer file) {
    if (starts(file, 0, "\u00ff\u00d8")) {
      return inJpeg(file);
    } else if (starts(file, 0, "\u0089PNG")) {
      return inChunks(file, 8, ByteOrder.BIG_ENDIAN);
    } else if (starts(file, 0, "RIFF") && starts(file, 8, "WEBP")) {
      return inChunks(file, 12, ByteOrder.LITTLE_ENDIAN);
    } else if (starts(file, 0, "II*\0") || starts(file, 0, "MM\0*")) {
      return file;
    }
    return null;
  }

  private static @Nullable ByteBuffer inJpeg(ByteBuffer file) {
    int at = 2;
    while (at + 4 <= file.limit() && (file.get(at) & 0xff) == 0xff) {
      int marker = file.get(at + 1) & 0xff;
      if (marker == 0xff) { // a filler
        at++;
        continue;
      }
      if (marker == 0xda) { // pixels begin
        return null;
      }
      int length = file.getShort(at + 2) & 0xffff;
      if (marker == 0xe1 && starts(file, at + 4, "Exif\0\0")) {
        return file.slice(at + 10, length - 8);
      }
      at += 2 + length;
    }
    return null;
  }

  /** PNG has length, type, data, checksum; RIFF has type, length, data, padding to even. */
  private static @Nullable ByteBuffer inChunks(ByteBuffer file, int first, ByteOrder order) {
    boolean png = order == ByteOrder.BIG_ENDIAN;
    file.order(order);
    long at = first;
    while (at + 8 <= file.limit()) {
      int start = (int) at;
      long length = Integer.toUnsignedLong(file.getInt(png ? start : start + 4));
      if (starts(file, png ? start + 4 : start, png ? "eXIf" : "EXIF")) {
        boolean prefixed = starts(file, start + 8, "Exif\0\0"); // some WebP writers keep JPEG's
        int skipped = prefixed ? 6 : 0;
        return file.slice(start + 8 + skipped, (int) length - skipped);
      }
      at += 8 + length + (png ? 4 : length & 1);
    }
    return null;
  }

  private static Orientation read(ByteBuffer exif) {
    exif.order(starts(exif, 0, "II") ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    int directory = exif.getInt(4);
    int entries = exif.getShort(directory) & 0xffff;
    for (int i = 0; i < entries; i++) {
      int entry = directory + 2 + 12 * i;
      if ((exif.getShort(entry) & 0xffff) == TAG && exif.getShort(entry + 2) == SHORT) {
        int value = exif.getShort(entry + 8);
        return value >= 1 && value <= 8 ? values()[value - 1] : UPRIGHT;
      }
    }
    return UPRIGHT;
  }

  private static boolean starts(ByteBuffer buffer, int at, String prefix) {
    if (at + prefix.length() > buffer.limit()) {
      return false;
    }
    byte[] bytes = new byte[prefix.length()];
    buffer.get(at, bytes);
    return prefix.equals(new String(bytes, ISO_8859_1));
  }

  /** The picture as it is to be shown. */
  RgbImage apply(RgbImage image) {
    if (this == UPRIGHT) {
      return image;
    }
    boolean lying =
        switch (this) {
          case UPRIGHT, MIRRORED, TURNED_180, FLIPPED -> false;
          case TRANSPOSED, TURNED_90, TRANSVERSED, TURNED_270 -> true;
        };
    int width = lying ? image.height() : image.width();
    int height = lying ? image.width() : image.height();
    byte[] from = image.rgb();
    byte[] to = new byte[from.length];
    for (int y = 0, out = 0; y < height; y++) {
      for (int x = 0; x < width; x++, out += 3) {
        System.arraycopy(from, 3 * source(x, y, image.width(), image.height()), to, out, 3);
      }
    }
    return new RgbImage(width, height, to);
  }

  /** Index of the stored pixel, of {@code w x h}, that is shown at (x, y). */
  private int source(int x, int y, int w, int h) {
    return switch (this) {
      case UPRIGHT -> y * w + x;
      case MIRRORED -> y * w + (w - 1 - x);
      case TURNED_180 -> (h - 1 - y) * w + (w - 1 - x);
      case FLIPPED -> (h - 1 - y) * w + x;
      case TRANSPOSED -> x * w + y;
      case TURNED_90 -> (h - 1 - x) * w + y;
      case TRANSVERSED -> (h - 1 - x) * w + (w - 1 - y);
      case TURNED_270 -> x * w + (w - 1 - y);
    };
  }
}

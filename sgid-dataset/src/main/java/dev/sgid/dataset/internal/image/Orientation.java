package dev.sgid.dataset.internal.image;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.sgid.internal.RgbImage;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a stored picture is to be turned or mirrored before it is shown, as EXIF's tag 274 says, in
 * its order; found where Pillow's {@code exif_transpose} finds it.
 *
 * <p>What can't be understood is {@link #UPRIGHT}: broken metadata are common and no reason to lose
 * a picture.
 */
public enum Orientation {
  UPRIGHT,
  MIRRORED,
  TURNED_180,
  FLIPPED,
  TRANSPOSED,
  TURNED_90,
  TRANSVERSED,
  TURNED_270;

  private static final Pattern XMP = Pattern.compile("tiff:Orientation(=\"|>)([0-9])");

  /** What the file says: EXIF, and XMP where EXIF says nothing. */
  public static Orientation of(ImageParts parts) {
    int value = Exif.orientation(parts.exif());
    if (value == Exif.ABSENT) {
      Matcher xmp = XMP.matcher(new String(parts.xmp(), ISO_8859_1));
      value = xmp.find() ? Integer.parseInt(xmp.group(2)) : 1;
    }
    return value >= 1 && value <= 8 ? values()[value - 1] : UPRIGHT;
  }

  /** The picture as it is to be shown. */
  public RgbImage apply(RgbImage image) {
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

package dev.sgid.dataset.internal.image;

import static dev.sgid.dataset.internal.image.ImageParts.NONE;

import dev.sgid.Size;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A BMP file, which has nothing beside its picture that says how it is shown. */
public final class BmpParts {
  private static final int OLD_HEADER = 12; // OS/2's, with 16 bits for width and height

  private static final Size NO_SIZE = new Size(1, 1);

  private BmpParts() {}

  /** The file, its length as it is: many a writer's is wrong, which the JDK's reader takes ill. */
  static ImageParts of(byte[] file) {
    byte[] picture = file.clone();
    header(picture).putInt(2, -1); // the most that there is; how much is there, Claims looks
    return new ImageParts(picture, NONE, NONE, NONE);
  }

  static boolean isBmp(byte[] file) {
    return ImageParts.starts(file, 0, "BM");
  }

  /** The size that the header claims; 1x1 where that is damaged, for the reader to refuse. */
  public static Size size(byte[] file) {
    if (file.length < 26) {
      return NO_SIZE;
    }
    ByteBuffer header = header(file);
    boolean old = header.getInt(14) == OLD_HEADER;
    int width = old ? header.getShort(18) & 0xffff : header.getInt(18);
    int height = old ? header.getShort(20) & 0xffff : Math.abs(header.getInt(22));
    return width < 1 || height < 1 ? NO_SIZE : new Size(width, height);
  }

  private static ByteBuffer header(byte[] file) {
    return ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
  }
}

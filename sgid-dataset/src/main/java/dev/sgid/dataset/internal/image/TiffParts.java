package dev.sgid.dataset.internal.image;

import dev.sgid.dataset.internal.image.TiffDirectory.Field;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Takes a TIFF file apart: its picture has one directory, with the fields that its pixels need.
 * Other directories (EXIF's, further pages) and other fields may be broken.
 */
final class TiffParts {
  private static final int ORIENTATION = 274;
  private static final int XMP = 700;
  private static final int PROFILE = 34675;

  /** Size, bits, compression, color, strips, tiles, JPEG tables and chroma, by TIFF's numbers. */
  private static final Set<Integer> PIXELS =
      Set.of(
          256, 257, 258, 259, 262, 266, 273, 277, 278, 279, 284, 292, 293, 317, 320, 322, 323, 324,
          325, 332, 334, 338, 339, 347, 512, 513, 514, 515, 517, 518, 519, 520, 521, 529, 530, 532);

  private TiffParts() {}

  static ImageParts of(byte[] file) throws IOException {
    if (TiffDirectory.isBeyondEnd(file)) {
      throw new IOException("can't be decoded as TIFF: the file is cut short");
    }
    TiffDirectory directory = TiffDirectory.of(file);
    TiffDirectories.requireFew(file);
    return new ImageParts(
        picture(file, directory),
        orientation(file, directory),
        directory.bytes(XMP),
        directory.bytes(PROFILE));
  }

  /** The file with fewer fields in its directory, which stays where it is. */
  private static byte[] picture(byte[] file, TiffDirectory directory) {
    List<Field> kept =
        directory.fields().entrySet().stream()
            .filter(field -> PIXELS.contains(field.getKey()))
            .sorted(Map.Entry.comparingByKey())
            .map(Map.Entry::getValue)
            .toList();
    ByteBuffer out = ByteBuffer.wrap(file.clone()).order(directory.order());
    out.position(directory.start());
    if (directory.isBig()) {
      out.putLong(kept.size());
    } else {
      out.putShort((short) kept.size());
    }
    kept.forEach(field -> out.put(file, field.entry(), directory.entryBytes()));
    int next = Math.min(directory.isBig() ? 8 : 4, out.remaining());
    out.put(new byte[next]); // no other directory
    return out.array();
  }

  /** A block like EXIF's that has the orientation alone, from files with offsets of either size. */
  private static byte[] orientation(byte[] file, TiffDirectory directory) {
    Field field = directory.fields().get(ORIENTATION);
    if (field == null) {
      return ImageParts.NONE;
    }
    int values = 8 + 2 + 12 + 4;
    ByteBuffer block = ByteBuffer.allocate(values + field.bytes()).order(directory.order());
    block.put(file, 0, 2).putShort((short) 42).putInt(8).putShort((short) 1);
    block.putShort((short) ORIENTATION).putShort((short) field.type());
    block.putInt(field.bytes() / TiffDirectory.width(field.type()));
    if (field.bytes() <= 4) {
      block.put(file, field.at(), field.bytes());
    } else {
      block.putInt(values);
      block.put(values, file, field.at(), field.bytes());
    }
    return block.array();
  }
}

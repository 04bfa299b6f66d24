package dev.sgid.dataset.internal.image;

import static dev.sgid.dataset.internal.image.ImageParts.NONE;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The first directory of a TIFF file, of either size of offset: the fields of its first picture.
 * Fields that end beyond the file's end are left out.
 */
final class TiffDirectory {
  private static final int BIG = 43; // "BigTIFF", with offsets of 64 bits

  private final byte[] bytes;
  private final ByteBuffer file; // the same
  private final boolean big;
  private final int start;
  private final Map<Integer, Field> fields = new LinkedHashMap<>();

  /**
   * A field.
   *
   * @param entry where it stands in the directory
   * @param at where its values begin
   * @param bytes how many bytes they take
   */
  record Field(int type, int entry, int at, int bytes) {}

  private TiffDirectory(byte[] bytes, boolean big, int start) {
    this.bytes = bytes;
    this.file = ByteBuffer.wrap(bytes);
    this.file.order(bytes[0] == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    this.big = big;
    this.start = start;
  }

  static boolean isTiff(byte[] file) {
    return ImageParts.starts(file, 0, "II*\0")
        || ImageParts.starts(file, 0, "MM\0*")
        || ImageParts.starts(file, 0, "II+\0")
        || ImageParts.starts(file, 0, "MM\0+");
  }

  static TiffDirectory of(byte[] file) {
    TiffDirectory directory = new TiffDirectory(file, isBig(file), Math.toIntExact(first(file)));
    directory.read();
    return directory;
  }

  /** Whether the file ends before its first directory, which many writers put behind the pixels. */
  static boolean isBeyondEnd(byte[] file) {
    return file.length < (isBig(file) ? 16 : 8) || first(file) >= file.length;
  }

  private static boolean isBig(byte[] file) {
    return (file[0] == 'I' ? file[2] : file[3]) == BIG;
  }

  /** Where the first directory begins. */
  private static long first(byte[] file) {
    boolean big = isBig(file);
    return new TiffDirectory(file, big, 0).offset(big ? 8 : 4);
  }

  /** The directory that begins at {@code start}, in a file that {@link #of} read. */
  static TiffDirectory at(byte[] file, int start) {
    TiffDirectory directory = new TiffDirectory(file, isBig(file), start);
    directory.read();
    return directory;
  }

  /** The directory behind this one; null where there is none, or it leads back. */
  @Nullable TiffDirectory next() {
    long next = nextStart();
    return next <= 0 || next == start || next >= file.limit() ? null : at(bytes, (int) next);
  }

  /** Where the file says that the directory behind this one begins; 0 for none. */
  long nextStart() {
    return offset(start + (big ? 8 : 2) + entries() * entryBytes());
  }

  private int entries() {
    return Math.toIntExact(big ? file.getLong(start) : file.getShort(start) & 0xffff);
  }

  private void read() {
    long count = big ? file.getLong(start) : file.getShort(start) & 0xffff;
    int entry = start + (big ? 8 : 2);
    for (long i = 0; i < count && entry + entryBytes() <= file.limit(); i++) {
      int type = file.getShort(entry + 2) & 0xffff;
      long values = big ? file.getLong(entry + 4) : Integer.toUnsignedLong(file.getInt(entry + 4));
      int width = width(type);
      if (width > 0 && values > 0 && values <= file.limit() / width) {
        int bytes = (int) values * width;
        int inline = entry + (big ? 12 : 8);
        long start = bytes <= (big ? 8 : 4) ? inline : offset(inline);
        if (start >= 0 && start + bytes <= file.limit()) {
          fields.put(file.getShort(entry) & 0xffff, new Field(type, entry, (int) start, bytes));
        }
      }
      entry += entryBytes();
    }
  }

  private long offset(int at) {
    return big ? file.getLong(at) : Integer.toUnsignedLong(file.getInt(at));
  }

  /** Bytes of a value of a type; 0 where TIFF knows no such type. */
  static int width(int type) {
    return switch (type) {
      case 1, 2, 6, 7 -> 1;
      case 3, 8 -> 2;
      case 4, 9, 11, 13 -> 4;
      case 5, 10, 12, 16, 17, 18 -> 8;
      default -> 0;
    };
  }

  /** Bytes of an entry in the directory. */
  int entryBytes() {
    return big ? 20 : 12;
  }

  /** Where the directory begins, with the number of its entries. */
  int start() {
    return start;
  }

  boolean isBig() {
    return big;
  }

  ByteOrder order() {
    return file.order();
  }

  /** By tag, in the file's order. */
  Map<Integer, Field> fields() {
    return fields;
  }

  /** A field's bytes; empty where it is missing. */
  byte[] bytes(int tag) {
    Field field = fields.get(tag);
    return field == null ? NONE : Arrays.copyOfRange(bytes, field.at, field.at + field.bytes);
  }

  /** A field's values; {@code otherwise} where it is missing or no field of numbers. */
  double[] numbers(int tag, double... otherwise) {
    Field field = fields.get(tag);
    if (field == null || field.type == 2 || field.type == 7) {
      return otherwise;
    }
    int width = width(field.type);
    double[] numbers = new double[field.bytes / width];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = number(field.type, field.at + i * width);
    }
    return numbers;
  }

  private double number(int type, int at) {
    return switch (type) {
      case 1 -> file.get(at) & 0xff;
      case 6 -> file.get(at);
      case 3 -> file.getShort(at) & 0xffff;
      case 8 -> file.getShort(at);
      case 4, 13 -> Integer.toUnsignedLong(file.getInt(at));
      case 9 -> file.getInt(at);
      case 11 -> file.getFloat(at);
      case 12 -> file.getDouble(at);
      case 5 ->
          (double) Integer.toUnsignedLong(file.getInt(at))
              / Integer.toUnsignedLong(file.getInt(at + 4));
      case 10 -> (double) file.getInt(at) / file.getInt(at + 4);
      default -> file.getLong(at); // 64 bits
    };
  }

  /** A field's first value. */
  int integer(int tag, int otherwise) {
    return (int) numbers(tag, otherwise)[0];
  }
}

package dev.sgid.dataset.internal.image;

import com.drew.imaging.tiff.TiffProcessingException;
import com.drew.imaging.tiff.TiffReader;
import com.drew.lang.ByteArrayReader;
import com.drew.lang.RandomAccessReader;
import com.drew.lang.Rational;
import com.drew.metadata.Metadata;
import com.drew.metadata.StringValue;
import com.drew.metadata.exif.ExifIFD0Directory;
import com.drew.metadata.tiff.DirectoryTiffHandler;
import java.io.IOException;
import java.lang.reflect.Array;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The orientation in an EXIF block, read by metadata-extractor. */
final class Exif {
  /** The block says nothing of it. */
  static final int ABSENT = -1;

  private static final int MEANINGLESS = 0;
  private static final int TAG = ExifIFD0Directory.TAG_ORIENTATION;
  private static final String PREFIX = "Exif\0\0"; // JPEG's, kept by some writers of others
  private static final int MISSING_END = 1 << 12;

  private Exif() {}

  /**
   * The value of tag 274 as it stands, {@link #ABSENT} where there is none; what is no number is
   * meaningless, 0.
   */
  static int orientation(byte[] block) {
    byte[] tiff = block;
    for (int i = 0; i < 2 && ImageParts.starts(tiff, 0, PREFIX); i++) {
      tiff = Arrays.copyOfRange(tiff, PREFIX.length(), tiff.length);
    }
    if (!TiffDirectory.isTiff(tiff)) {
      return ABSENT;
    }
    // cut directories are read as far as they go; the entries made up have no type
    ByteArrayReader reader = new ByteArrayReader(Arrays.copyOf(tiff, tiff.length + MISSING_END));
    Metadata metadata = new Metadata();
    try {
      new TiffReader().processTiff(reader, new FirstDirectory(metadata), 0);
    } catch (TiffProcessingException | IOException | RuntimeException e) {
      // what was read before counts
    }
    ExifIFD0Directory directory = metadata.getFirstDirectoryOfType(ExifIFD0Directory.class);
    Object value = directory == null ? null : directory.getObject(TAG);
    return value == null ? ABSENT : integer(value);
  }

  /** The first value, where there are several. */
  private static int integer(Object value) {
    if (value.getClass().isArray()) {
      return Array.getLength(value) == 0 ? MEANINGLESS : integer(Array.get(value, 0));
    }
    double number =
        value instanceof Rational || value instanceof Number
            ? ((Number) value).doubleValue()
            : MEANINGLESS;
    return number == Math.rint(number) ? (int) number : MEANINGLESS;
  }

  /** Keeps tag 274 of the first directory; bytes and text in its place are no numbers. */
  private static final class FirstDirectory extends DirectoryTiffHandler {
    FirstDirectory(Metadata metadata) {
      super(metadata, null);
      pushDirectory(new ExifIFD0Directory());
    }

    @Override
    public void setTiffMarker(int marker) {}

    @Override
    public boolean tryEnterSubIfd(int tagId) {
      return false;
    }

    @Override
    public boolean hasFollowerIfd() {
      return false;
    }

    @Override
    public @Nullable Long tryCustomProcessFormat(int tagId, int formatCode, long componentCount) {
      return null;
    }

    @Override
    public boolean customProcessTag(
        int tagOffset,
        Set<Integer> processedIfdOffsets,
        int tiffHeaderOffset,
        RandomAccessReader reader,
        int tagId,
        int byteCount) {
      return tagId != TAG || byteCount == 0 || found();
    }

    /** Of several, the first counts. */
    private boolean found() {
      return _currentDirectory != null && _currentDirectory.containsTag(TAG);
    }

    @Override
    public void setByteArray(int tagId, byte[] bytes) {
      setInt32s(tagId, MEANINGLESS);
    }

    @Override
    public void setString(int tagId, StringValue string) {
      setInt32s(tagId, MEANINGLESS);
    }

    @Override
    public void setInt8u(int tagId, short int8u) {
      setInt32s(tagId, MEANINGLESS);
    }

    @Override
    public void setInt8uArray(int tagId, short[] array) {
      setInt32s(tagId, MEANINGLESS);
    }
  }
}

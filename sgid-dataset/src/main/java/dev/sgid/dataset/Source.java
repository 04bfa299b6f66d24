package dev.sgid.dataset;

import static java.util.Objects.requireNonNull;

import dev.sgid.Origin;
import dev.sgid.internal.StageEvents;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * An image of a data set. Immutable and thread-safe.
 *
 * @param file where it lies
 * @param part where in that file, if the file holds more than this image; null for all of it
 * @param source its name in the manifest: relative to the data set, with {@code /}; no two images
 *     of a data set have the same
 * @param label the name of its class; not blank, and not of {@code _} alone
 * @param caption what the data set says it shows; null where it says nothing
 */
public record Source(
    Path file, @Nullable Part part, String source, String label, @Nullable String caption) {
  /**
   * A part of a file, like a member of a tar file.
   *
   * @param offset its first byte
   * @param length how many bytes
   */
  public record Part(long offset, long length) {
    public Part {
      if (offset < 0 || length < 0) {
        throw new IllegalArgumentException(
            "offset and length must be at least 0, are " + offset + " and " + length);
      }
    }
  }

  public Source {
    requireNonNull(file, "file");
    requireNonNull(source, "source");
    requireLabel(label);
  }

  /** An image in a file of its own, of which the data set says no more than its class. */
  public Source(Path file, String source, String label) {
    this(file, null, source, label, null);
  }

  /** Refuses what has nothing to say to a model. */
  private static void requireLabel(String label) {
    if (!isLabel(label)) {
      throw new IllegalArgumentException("label must not be blank, is \"" + label + "\"");
    }
  }

  /** Whether a text can be a label. */
  static boolean isLabel(String text) {
    return !text.replace('_', ' ').isBlank();
  }

  /**
   * The image's file, or its part of one.
   *
   * @throws IOException saying why it can't be read
   */
  public byte[] bytes() throws IOException {
    return part == null ? ImageDecoder.bytes(file) : bytes(part);
  }

  /** Not by a channel, which an interrupt would close. */
  private byte[] bytes(Part member) throws IOException {
    ImageDecoder.requireReasonable(member.length());
    try (RandomAccessFile whole = new RandomAccessFile(file.toFile(), "r")) {
      byte[] bytes = new byte[(int) member.length()];
      whole.seek(member.offset());
      whole.readFully(bytes);
      return bytes;
    } catch (EOFException e) {
      throw new IOException("the file ends within it: " + file, e);
    }
  }

  /** The image, for those who watch. */
  StageEvents.Subject subject() {
    return new StageEvents.Subject(source, label, Origin.ALL);
  }

  /** The file's own name. */
  String name() {
    return source.substring(source.lastIndexOf('/') + 1);
  }

  /** The file's name without its extension. */
  String stem() {
    String name = name();
    int dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }
}

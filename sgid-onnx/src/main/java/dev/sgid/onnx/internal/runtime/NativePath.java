package dev.sgid.onnx.internal.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import dev.sgid.SgidException;
import dev.sgid.Stage;
import dev.sgid.internal.Reason;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file's path as ONNX Runtime can be given it.
 *
 * <p>Except on Windows, its Java binding hands paths on in Java's own form of UTF-8, in which a
 * character beyond U+FFFF is another sequence of bytes than in the file's name; and where file
 * names are not in UTF-8 at all, all but ASCII is. Such a path is led around by a symbolic link to
 * the file's folder, in a temporary folder, for as long as the model is being opened.
 */
final class NativePath implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NativePath.class);

  private final String text;
  private final @Nullable Path link;

  private NativePath(String text, @Nullable Path link) {
    this.text = text;
    this.link = link;
  }

  /**
   * The path of {@code file}, which may hold external data in files beside it.
   *
   * @throws SgidException naming the character that can't be handed on, where no link can be made
   */
  static NativePath of(Path file) {
    int character = unspeakable(file.toString());
    if (character < 0) {
      return new NativePath(file.toString(), null);
    }
    try {
      Path real = file.toAbsolutePath();
      Path link = Files.createTempDirectory("sgid-link").resolve("model");
      Path folder = requireNonNull(link.getParent());
      try {
        if (unspeakable(link.toString()) >= 0 || unspeakable(file.getFileName() + "") >= 0) {
          throw new IOException("the link would have such a path, too: " + link);
        }
        Files.createSymbolicLink(link, requireNonNull(real.getParent()));
      } catch (IOException | UnsupportedOperationException e) {
        Files.delete(folder);
        throw e;
      }
      return new NativePath(link.resolve(file.getFileName()).toString(), link);
    } catch (IOException | UnsupportedOperationException e) {
      throw new SgidException(
          Stage.OPEN,
          file,
          String.format(
              Locale.ROOT,
              "ONNX Runtime can't be given a path with the character U+%04X, and no link could be"
                  + " made to it (%s); rename or move the folder",
              character,
              Reason.of(e)),
          e);
    }
  }

  /** The first character that would not arrive; -1 where all do. */
  private static int unspeakable(String path) {
    if (System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("windows")) {
      return -1;
    }
    int last = namesAreUtf8() ? 0xffff : 0x7f;
    return path.codePoints().filter(c -> c > last || c == 0xfffd).findFirst().orElse(-1);
  }

  private static boolean namesAreUtf8() {
    String name = System.getProperty("sun.jnu.encoding", "UTF-8");
    try {
      return Charset.forName(name).equals(UTF_8);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  @Override
  public String toString() {
    return text;
  }

  /** Takes the link away. */
  @Override
  public void close() {
    if (link != null) {
      try {
        Files.deleteIfExists(link);
        Files.deleteIfExists(requireNonNull(link.getParent()));
      } catch (IOException e) {
        LOG.debug("{} stays", link, e);
      }
    }
  }
}

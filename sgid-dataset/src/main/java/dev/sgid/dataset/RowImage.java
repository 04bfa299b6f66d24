package dev.sgid.dataset;

import static java.util.Objects.requireNonNull;

import dev.sgid.internal.Require;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An image that a {@link RowJob} makes copies of, wherever it lies.
 *
 * @param source its name in the manifest, with {@code /}; no two images of a data set have the same
 * @param label the name of its class; not blank, and not of {@code _} alone
 * @param caption what it shows; null to have it captioned
 * @param copies how many are made of it, at least 0
 * @param alike names of all images of the data set that may get names like its own, this one among
 *     them, see {@link RowNames}; empty for this one alone
 * @param made indices of copies that are there already, and -1 for the original
 * @param content reads its file
 */
public record RowImage(
    String source,
    String label,
    @Nullable String caption,
    int copies,
    Collection<String> alike,
    Set<Integer> made,
    Content content) {
  /** Reads an image's file. */
  @FunctionalInterface
  public interface Content {
    /**
     * The whole file.
     *
     * @throws IOException saying why it can't be read
     */
    byte[] read() throws IOException;
  }

  /**
   * Checks all of it.
   *
   * @throws IllegalArgumentException naming what is wrong: a blank source or label, or fewer than 0
   *     copies
   */
  public RowImage {
    requireNonNull(source, "source");
    requireNonNull(label, "label");
    if (source.isBlank()) {
      throw new IllegalArgumentException("source must not be blank, is \"" + source + "\"");
    }
    if (!Source.isLabel(label)) {
      throw new IllegalArgumentException("label must not be blank, is \"" + label + "\"");
    }
    Require.atLeast(0, copies, "copies");
    alike = List.copyOf(alike);
    made = Set.copyOf(made);
    requireNonNull(content, "content");
  }

  /** An image of which all copies are to be made, and whose name is like no other's. */
  public RowImage(String source, String label, int copies, Content content) {
    this(source, label, null, copies, List.of(), Set.of(), content);
  }

  /** Whether a file of this name is an image, as {@link DatasetReader} sees it. */
  public static boolean isImage(String name) {
    return ImageFiles.isImage(name);
  }

  /** The image as data sets have it; no file is ever looked for. */
  Source toSource() {
    return named(source, label, caption);
  }

  /** An image of this name, which lies in no file of its own. */
  static Source named(String source, String label, @Nullable String caption) {
    return new Source(Path.of(""), null, source, label, caption);
  }
}

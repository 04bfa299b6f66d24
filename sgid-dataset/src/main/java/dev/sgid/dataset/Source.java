package dev.sgid.dataset;

import static java.util.Objects.requireNonNull;

import dev.sgid.Origin;
import dev.sgid.internal.StageEvents;
import java.nio.file.Path;

/**
 * An image of a data set. Immutable and thread-safe.
 *
 * @param file where it lies
 * @param source its name in the manifest: relative to the data set, with {@code /}; no two images
 *     of a data set have the same
 * @param label the name of its class; not blank, and not of {@code _} alone
 */
public record Source(Path file, String source, String label) {
  public Source {
    requireNonNull(file, "file");
    requireNonNull(source, "source");
    requireLabel(label);
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

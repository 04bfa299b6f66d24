package dev.sgid.dataset;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;

/**
 * An image of the data set.
 *
 * @param file where it lies
 * @param source its name in the manifest: relative to the data set, with {@code /}
 * @param label the name of its class folder
 */
record Source(Path file, String source, String label) {
  Source {
    requireNonNull(file, "file");
    requireNonNull(source, "source");
    requireNonNull(label, "label");
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

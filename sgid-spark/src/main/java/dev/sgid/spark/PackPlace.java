package dev.sgid.spark;

import static java.util.Objects.requireNonNull;

import dev.sgid.Sgid;
import dev.sgid.SgidBuilder;
import dev.sgid.SgidException;
import dev.sgid.Stage;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.SparkFiles;

/**
 * Where a worker finds the model pack.
 *
 * @param kind how it is looked for
 * @param name a path, or a file's or archive's name; empty for the embedded pack
 */
record PackPlace(Kind kind, String name) implements Serializable {
  private static final long serialVersionUID = 1;

  enum Kind {
    EMBEDDED,
    PATH,
    SENT
  }

  static final PackPlace EMBEDDED = new PackPlace(Kind.EMBEDDED, "");

  PackPlace {
    requireNonNull(kind, "kind");
    requireNonNull(name, "name");
    if (kind != Kind.EMBEDDED && name.isBlank()) {
      throw new IllegalArgumentException("pack must not be blank, is \"" + name + "\"");
    }
  }

  /** A builder on the pack, as this worker sees it. */
  SgidBuilder builder() {
    return switch (kind) {
      case EMBEDDED -> Sgid.builder();
      case PATH -> Sgid.builder(Path.of(name));
      case SENT -> Sgid.builder(sent());
    };
  }

  /** What Spark has unpacked or copied: an archive's folder may have the pack's folder in it. */
  private Path sent() {
    Path folder = Path.of(SparkFiles.get(name));
    if (!Files.exists(folder)) {
      throw new SgidException(
          Stage.OPEN,
          folder,
          "There is no such file or folder that Spark has sent: give the pack by --archives"
              + " pack.zip#"
              + name,
          null);
    }
    return folder;
  }

  @Override
  public String toString() {
    return switch (kind) {
      case EMBEDDED -> "the embedded pack";
      case PATH -> "the pack in " + name;
      case SENT -> "the pack that Spark sends as " + name;
    };
  }
}

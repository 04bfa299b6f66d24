package dev.sgid.dataset.internal.out;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Paths without links. */
public final class RealPath {
  private RealPath() {}

  /** The real path, links followed and {@code ..} resolved, also of what is not there yet. */
  public static Path of(Path path) throws IOException {
    if (Files.exists(path)) {
      return path.toRealPath();
    }
    Path absolute = path.toAbsolutePath();
    Path parent = absolute.getParent();
    Path name = absolute.getFileName();
    // a parent that is real has no links in it, so .. means what it says
    return parent == null || name == null ? absolute : of(parent).resolve(name).normalize();
  }
}

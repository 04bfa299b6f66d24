package dev.sgid.dataset;

import dev.sgid.dataset.internal.out.RealPath;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which links in a data set are followed: those that stay in it, others where that was asked for,
 * and none that leads back to a folder above it. The data set itself may be a link.
 *
 * <p>Not thread-safe.
 */
final class Links {
  private final List<Path> roots; // real
  private final boolean followed;
  private final Map<Path, Optional<String>> folders = new HashMap<>(); // what is wrong with each

  private Links(List<Path> roots, boolean followed) {
    this.roots = roots;
    this.followed = followed;
  }

  /**
   * Links of a data set.
   *
   * @param in the data set
   * @param options whether links that leave it are followed
   */
  static Links in(Path in, FileVisitOption... options) {
    return new Links(
        List.of(real(in)), Arrays.asList(options).contains(FileVisitOption.FOLLOW_LINKS));
  }

  /** Links of one split, which also may lead to another, and may be a link itself. */
  Links ofSplit(Path split) {
    return new Links(List.of(roots.get(0), real(split)), followed);
  }

  private static Path real(Path folder) {
    try {
      return RealPath.of(folder); // whether it is there, the reader says
    } catch (IOException e) {
      throw new DatasetException(folder + " can't be read: " + Reason.of(e), e);
    }
  }

  /** Why a link in a folder that is looked at is not followed; null where it is, or is none. */
  @Nullable String refusal(Path path) {
    return Files.isSymbolicLink(path) ? refusalOfWay(path) : null;
  }

  /** The same where any folder on the way to a file may be a link. */
  @Nullable String refusalOnWay(Path file) {
    Path folder = file.getParent();
    String refusal =
        folder == null
            ? null
            : folders
                .computeIfAbsent(folder, way -> Optional.ofNullable(refusalOfWay(way)))
                .orElse(null);
    return refusal == null ? refusal(file) : refusal;
  }

  private @Nullable String refusalOfWay(Path path) {
    Path real;
    try {
      real = path.toRealPath();
      Path parent = path.toAbsolutePath().getParent();
      if (Files.isSymbolicLink(path) && parent != null && parent.toRealPath().startsWith(real)) {
        return "is a link that leads back to a folder above it";
      }
    } catch (IOException e) {
      return null; // leads nowhere, or may not be looked at: reading it says what is wrong
    }
    return followed || roots.stream().anyMatch(real::startsWith)
        ? null
        : "is a link that leads out of the data set, to "
            + real
            + ": put the images there themselves, or let such links be followed (--follow-links)";
  }
}

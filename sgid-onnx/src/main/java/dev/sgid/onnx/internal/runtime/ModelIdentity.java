package dev.sgid.onnx.internal.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which model a file is, told without reading it: where it lies, and the files of its folder as
 * they are, because weights may lie in files beside it.
 *
 * @param file its real path
 * @param states what lies in its folder
 */
record ModelIdentity(Path file, Set<State> states) {
  /**
   * A file as it is; one that is written anew is another.
   *
   * @param inode what the file system tells files by; null where it has no such thing
   */
  record State(String name, long size, FileTime changed, @Nullable Object inode) {
    static State of(Path file) throws IOException {
      BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
      String name = String.valueOf(file.getFileName());
      return new State(name, now.size(), now.lastModifiedTime(), now.fileKey());
    }
  }

  /** That of a file. */
  static ModelIdentity of(Path file) throws IOException {
    Path real = file.toRealPath();
    Set<State> states = new HashSet<>();
    try (Stream<Path> beside = Files.list(folder(file))) {
      for (Path each : (Iterable<Path>) beside::iterator) {
        states.add(State.of(each));
      }
    }
    return new ModelIdentity(real, Set.copyOf(states));
  }

  /** Where it is opened from: links of a cache of models lead to files of other names. */
  private static Path folder(Path file) {
    return file.toAbsolutePath().resolveSibling("");
  }

  /**
   * Whether all is as it was; what has been added since does not matter.
   *
   * @param opened the file as it was given
   */
  boolean stillHolds(Path opened) {
    try {
      for (State state : states) {
        if (!State.of(folder(opened).resolve(state.name())).equals(state)) {
          return false;
        }
      }
      return true;
    } catch (IOException e) { // gone
      return false;
    }
  }
}

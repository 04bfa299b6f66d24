package dev.sgid.onnx.internal.recognition;

import dev.sgid.SgidException;
import dev.sgid.onnx.internal.JsonFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What lies in a folder and in those right below it, which is all that tells models apart.
 *
 * @param folder the folder
 * @param files paths from it on, separated by slashes; hidden ones are left out
 * @param known whether the folder could be looked at
 */
record Contents(Path folder, List<String> files, boolean known) {
  private static final int MOST = 10_000; // in one folder
  private static final List<String> WEIGHTS =
      List.of(".safetensors", ".ckpt", ".bin", ".pt", ".pth", ".msgpack", ".h5", ".gguf");

  Contents {
    files = List.copyOf(files);
  }

  /** Looks, by way of links, too; what can't be looked at, whoever opens it will complain of. */
  static Contents of(Path folder) {
    List<String> files = new ArrayList<>();
    boolean known = list(folder, "", files);
    return new Contents(folder, files, known);
  }

  private static boolean list(Path folder, String prefix, List<String> files) {
    try (Stream<Path> all = Files.list(folder)) {
      for (Path path : all.sorted().limit(MOST).toList()) {
        String name = String.valueOf(path.getFileName());
        if (name.startsWith(".")) {
          continue;
        }
        if (!Files.isDirectory(path)) {
          files.add(prefix + name);
        } else if (prefix.isEmpty()) { // graphs lie in a folder of their own, or in onnx
          boolean ignored = list(path, name + "/", files);
        }
      }
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Whether it is certain that there are no files. */
  boolean isEmpty() {
    return known && files.isEmpty();
  }

  boolean hasGraphs() {
    return files.stream().anyMatch(name -> name.endsWith(".onnx"));
  }

  /** A file of another framework's weights; empty where there is none. */
  String weights() {
    return files.stream().filter(Contents::isWeights).findFirst().orElse("");
  }

  /** Files of other frameworks' weights that lie in the folder itself. */
  List<String> weightsHere() {
    return files.stream().filter(name -> isWeights(name) && !name.contains("/")).toList();
  }

  private static boolean isWeights(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return WEIGHTS.stream().anyMatch(lower::endsWith);
  }

  boolean has(String name) {
    return files.contains(name);
  }

  /** Whether there are files in the folder of this name. */
  boolean hasFolder(String name) {
    return files.stream().anyMatch(file -> file.startsWith(name + "/"));
  }

  /** A file of JSON in it; an empty one where there is none, or it can't be read. */
  JsonFile json(String name) {
    Path file = folder.resolve(name);
    try {
      return JsonFile.peek(file);
    } catch (SgidException e) { // whoever needs it will complain of it
      return JsonFile.none(file);
    }
  }

  /** The text at a key of a file of JSON; empty where it is none. */
  String text(String name, String key) {
    try {
      return json(name).string(key, "");
    } catch (SgidException e) {
      return "";
    }
  }
}

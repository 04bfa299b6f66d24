package dev.sgid.onnx;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sgid.internal.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.TreeMap;
import java.util.stream.Stream;

/** One SHA-256 for all that a folder holds. */
final class FolderDigest {
  private FolderDigest() {}

  /**
   * SHA-256, in lower-case hexadecimal, of the lines {@code SHA256 PATH} of all files below {@code
   * folder}, in the order of their paths (separated by slashes).
   */
  static String of(Path folder) throws IOException {
    TreeMap<String, Path> files = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(folder)) {
      paths
          .filter(Files::isRegularFile)
          .forEach(path -> files.put(folder.relativize(path).toString().replace('\\', '/'), path));
    }
    MessageDigest whole = Sha256.digest();
    for (var file : files.entrySet()) {
      whole.update((ofFile(file.getValue()) + " " + file.getKey() + "\n").getBytes(UTF_8));
    }
    return Sha256.hex(whole);
  }

  private static String ofFile(Path file) throws IOException {
    MessageDigest digest = Sha256.digest();
    byte[] buffer = new byte[1 << 16];
    try (InputStream in = Files.newInputStream(file)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
      }
    }
    return Sha256.hex(digest);
  }
}

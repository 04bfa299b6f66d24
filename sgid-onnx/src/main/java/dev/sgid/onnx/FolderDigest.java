package dev.sgid.onnx;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
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
    MessageDigest whole = sha256();
    for (var file : files.entrySet()) {
      whole.update((ofFile(file.getValue()) + " " + file.getKey() + "\n").getBytes(UTF_8));
    }
    return HexFormat.of().formatHex(whole.digest());
  }

  private static String ofFile(Path file) throws IOException {
    MessageDigest digest = sha256();
    byte[] buffer = new byte[1 << 16];
    try (InputStream in = Files.newInputStream(file)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("Every Java platform has SHA-256", e);
    }
  }
}

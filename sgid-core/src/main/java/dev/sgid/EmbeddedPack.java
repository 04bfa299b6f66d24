package dev.sgid;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNullElse;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The model pack on the class path, unpacked once to a cache folder, because models are opened by
 * path.
 *
 * <p>A pack's jar holds {@value #INDEX}: a line {@code pack NAME VERSION}, a line {@code root
 * FOLDER}, and a line {@code SHA256 BYTES PATH} for each file below that folder. The unpacked
 * folder is named after the index's own SHA-256 and appears whole, by one rename. Files are checked
 * on every use; a folder that was damaged is made anew.
 */
final class EmbeddedPack {
  static final String INDEX = "META-INF/sgid/pack.index";

  private final String name;
  private final URL index;
  private final String digest;
  private final List<Entry> files;

  private record Entry(String sha256, long bytes, String path, URL source) {}

  private EmbeddedPack(String name, URL index, String digest, List<Entry> files) {
    this.name = name;
    this.index = index;
    this.digest = digest;
    this.files = files;
  }

  /**
   * The folder of the one pack on the class path.
   *
   * @param cacheFolder where it is unpacked; null for the default
   * @throws SgidException if there is none, or more than one, or it can't be unpacked
   */
  static Path unpack(@Nullable Path cacheFolder) {
    Path cache = cacheFolder != null ? cacheFolder : defaultCache();
    try {
      return only().unpackTo(cache.toAbsolutePath());
    } catch (IOException e) {
      throw new SgidException(
          Stage.OPEN,
          cache,
          "The embedded pack can't be unpacked (choose another folder with -Dsgid.cache=FOLDER or"
              + " SGID_CACHE)",
          e);
    }
  }

  static Path defaultCache() {
    String set =
        System.getProperty("sgid.cache", requireNonNullElse(System.getenv("SGID_CACHE"), ""));
    if (!set.isEmpty()) {
      return Path.of(set);
    }
    String home = System.getProperty("user.home");
    if (System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("windows")) {
      String local = System.getenv("LOCALAPPDATA");
      return local == null ? Path.of(home, "AppData", "Local", "sgid") : Path.of(local, "sgid");
    }
    String xdg = System.getenv("XDG_CACHE_HOME");
    return xdg == null || xdg.isEmpty() ? Path.of(home, ".cache", "sgid") : Path.of(xdg, "sgid");
  }

  private static EmbeddedPack only() throws IOException {
    List<URL> indexes = new ArrayList<>();
    ClassPath.loader().getResources(INDEX).asIterator().forEachRemaining(indexes::add);
    if (indexes.isEmpty()) {
      throw new SgidException(
          Stage.OPEN,
          "There is no model pack on the class path: add dev.sgid:sgid-models-mini, or open a pack's"
              + " folder with Sgid.open(Path)");
    }
    if (indexes.size() > 1) {
      throw new SgidException(
          Stage.OPEN,
          "There is more than one model pack on the class path, remove all but one: "
              + indexes.stream().map(URL::toString).collect(Collectors.joining(", ")));
    }
    return read(indexes.get(0));
  }

  private static EmbeddedPack read(URL index) throws IOException {
    byte[] bytes;
    try (InputStream in = index.openStream()) {
      bytes = in.readAllBytes();
    }
    String name = "";
    String root = "";
    List<Entry> files = new ArrayList<>();
    for (String line : new String(bytes, UTF_8).lines().toList()) {
      String[] fields = line.split(" ", 3);
      if (fields[0].equals("pack") && fields.length == 3) {
        name = fields[1] + "-" + fields[2];
      } else if (fields[0].equals("root") && fields.length == 2) {
        root = fields[1];
      } else if (fields.length == 3) {
        URL source = ClassPath.loader().getResource(root + "/" + fields[2]);
        if (source == null || fields[2].contains("..")) {
          throw new IOException(
              "No file " + root + "/" + fields[2] + ", which is listed in " + index);
        }
        files.add(new Entry(fields[0], Long.parseLong(fields[1]), fields[2], source));
      } else if (!line.isBlank()) {
        throw new IOException("A line that can't be read in " + index + ": " + line);
      }
    }
    return new EmbeddedPack(name, index, HexFormat.of().formatHex(sha256().digest(bytes)), files);
  }

  private Path unpackTo(Path cache) throws IOException {
    Path target = cache.resolve(name + "-" + digest.substring(0, 16));
    if (isWhole(target)) {
      return target;
    }
    Files.createDirectories(cache);
    Path fresh = Files.createTempDirectory(cache, name + "-unpacking-");
    try {
      for (Entry file : files) {
        Path path = fresh.resolve(file.path);
        Files.createDirectories(path.getParent());
        try (InputStream in = file.source.openStream()) {
          Files.copy(in, path);
        }
        if (!matches(file, path)) {
          throw new IOException(file.path + " is not what " + index + " says, the jar is damaged");
        }
      }
      return moveInto(target, fresh);
    } finally {
      delete(fresh);
    }
  }

  /** Renames the fresh folder; where another process was faster, its folder serves as well. */
  private Path moveInto(Path target, Path fresh) throws IOException {
    if (Files.exists(target) && !isWhole(target)) {
      Path damaged = Files.createTempDirectory(target.getParent(), name + "-damaged-");
      Files.move(target, damaged.resolve("pack"), StandardCopyOption.ATOMIC_MOVE);
      delete(damaged);
    }
    try {
      Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileAlreadyExistsException | DirectoryNotEmptyException e) {
      requireWhole(target, e);
    } catch (FileSystemException e) {
      requireWhole(target, e); // what a lost race is called differs between platforms
    }
    return target;
  }

  private void requireWhole(Path target, IOException reason) throws IOException {
    if (!isWhole(target)) {
      throw reason;
    }
  }

  private boolean isWhole(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return false;
    }
    for (Entry file : files) {
      if (!matches(file, folder.resolve(file.path))) {
        return false;
      }
    }
    return true;
  }

  private static boolean matches(Entry file, Path path) throws IOException {
    return Files.isRegularFile(path)
        && Files.size(path) == file.bytes
        && HexFormat.of().formatHex(sha256().digest(Files.readAllBytes(path))).equals(file.sha256);
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("Every Java platform has SHA-256", e);
    }
  }
}

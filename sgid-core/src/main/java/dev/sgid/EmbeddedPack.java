package dev.sgid;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;
import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;

import dev.sgid.internal.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.FileLockInterruptionException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The model pack on the class path, unpacked once to a cache folder, because models are opened by
 * path.
 *
 * <p>A pack's jar holds {@value #INDEX}: a line {@code pack NAME VERSION}, a line {@code root
 * FOLDER}, and a line {@code SHA256 BYTES PATH} for each file below that folder. The unpacked
 * folder is named after the index's own SHA-256 and appears whole, by one rename. Files are checked
 * on every use; a folder that was damaged is made anew. A lock beside the folder lets one thread of
 * one process unpack at a time.
 */
final class EmbeddedPack {
  static final String INDEX = "META-INF/sgid/pack.index";

  private static final Pattern NAME = Pattern.compile("\\w[\\w.+-]*");

  // A file lock only orders processes. A text constant is one object for all class loaders, so this
  // orders web applications, too, each of which has its own copy of this class.
  private static final String IN_THIS_PROCESS = "dev.sgid.EmbeddedPack";

  private final URL index;
  private final String folder;
  private final List<Entry> files;

  private record Entry(String sha256, long bytes, String path, URL source) {}

  private EmbeddedPack(URL index, String folder, List<Entry> files) {
    this.index = index;
    this.folder = folder;
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
    EmbeddedPack pack = only();
    try {
      return pack.unpackTo(cache.toAbsolutePath());
    } catch (ClosedByInterruptException | FileLockInterruptionException e) {
      throw SgidException.cancelled(Stage.OPEN);
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

  private static EmbeddedPack only() {
    // by text: where a loader and its parent both have a jar, it is found twice
    Map<String, URL> indexes = new LinkedHashMap<>();
    try {
      ClassPath.loader()
          .getResources(INDEX)
          .asIterator()
          .forEachRemaining(url -> indexes.put(url.toString(), url));
    } catch (IOException e) {
      throw new SgidException(Stage.OPEN, "The class path can't be searched for model packs", e);
    }
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
              + String.join(", ", indexes.keySet()));
    }
    return read(indexes.values().iterator().next());
  }

  private static EmbeddedPack read(URL index) {
    byte[] bytes = read(index, index);
    String name = "";
    String root = "";
    List<Entry> files = new ArrayList<>();
    for (String line : new String(bytes, UTF_8).lines().toList()) {
      String[] fields = line.split(" ", 3);
      if (fields[0].equals("pack") && fields.length == 3) {
        name = fields[1] + "-" + fields[2];
      } else if (fields[0].equals("root") && fields.length == 2) {
        root = fields[1];
      } else if (fields.length == 3 && fields[1].matches("\\d{1,18}")) {
        files.add(entry(index, root, fields));
      } else if (!line.isBlank()) {
        throw damaged(index, "a line that can't be read: " + line, null);
      }
    }
    if (!NAME.matcher(name).matches() || files.isEmpty()) {
      throw damaged(index, "no pack line with a plain name and version, or no files", null);
    }
    return new EmbeddedPack(index, name + "-" + Sha256.hex(bytes).substring(0, 16), files);
  }

  private static Entry entry(URL index, String root, String[] fields) {
    String path = fields[2];
    boolean inside =
        Stream.of(path.split("/", -1)).noneMatch(Set.of("", ".", "..")::contains)
            && path.indexOf('\\') < 0
            && path.indexOf(':') < 0;
    if (!inside) {
      throw damaged(index, "a path that may lead outside the pack: " + path, null);
    }
    URL source = ClassPath.loader().getResource(root + "/" + path);
    if (source == null) {
      throw damaged(index, "no file " + root + "/" + path + " beside it", null);
    }
    return new Entry(fields[0], Long.parseLong(fields[1]), path, source);
  }

  private Path unpackTo(Path cache) throws IOException {
    Path target = cache.resolve(folder);
    if (isWhole(target)) {
      return target;
    }
    Files.createDirectories(cache);
    synchronized (IN_THIS_PROCESS) {
      try (FileChannel channel = FileChannel.open(cache.resolve(folder + ".lock"), CREATE, WRITE);
          FileLock lock = channel.lock()) {
        if (!isWhole(target)) { // another may have been faster
          unpackAnew(target, cache.resolve(folder + ".unpacking"));
        }
        return target;
      }
    }
  }

  private void unpackAnew(Path target, Path fresh) throws IOException {
    delete(fresh); // what a killed process left
    for (Entry file : files) {
      byte[] content = read(file.source, index);
      if (!isContent(file, content)) {
        throw damaged(index, file.path + " is not what is listed", null);
      }
      Path path = fresh.resolve(file.path);
      Files.createDirectories(requireNonNull(path.getParent()));
      Files.write(path, content);
    }
    delete(target);
    Files.move(fresh, target, ATOMIC_MOVE);
  }

  private boolean isWhole(Path unpacked) throws IOException {
    try {
      for (Entry file : files) {
        Path path = unpacked.resolve(file.path);
        if (!Files.isRegularFile(path)
            || Files.size(path) != file.bytes
            || !isContent(file, Files.readAllBytes(path))) {
          return false;
        }
      }
      return true;
    } catch (NoSuchFileException e) {
      return false; // another is making it anew at this moment
    }
  }

  private static boolean isContent(Entry file, byte[] content) {
    return content.length == file.bytes && Sha256.hex(content).equals(file.sha256);
  }

  private static byte[] read(URL source, URL index) {
    try (InputStream in = source.openStream()) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw damaged(index, source + " can't be read", e);
    }
  }

  private static SgidException damaged(URL index, String what, @Nullable IOException cause) {
    return new SgidException(
        Stage.OPEN, "The embedded pack is damaged, " + index + ": " + what, cause);
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
}

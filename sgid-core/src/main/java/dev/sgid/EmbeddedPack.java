package dev.sgid;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;

import dev.sgid.internal.Sha256;
import dev.sgid.internal.Unpacking;
import dev.sgid.internal.Unpacking.DamagedSource;
import dev.sgid.internal.Unpacking.Item;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
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
 * folder is named after the index's own SHA-256.
 */
final class EmbeddedPack {
  static final String INDEX = "META-INF/sgid/pack.index";

  private static final Pattern NAME = Pattern.compile("\\w[\\w.+-]*");

  private final URL index;
  private final Unpacking unpacking;

  private EmbeddedPack(URL index, Unpacking unpacking) {
    this.index = index;
    this.unpacking = unpacking;
  }

  /**
   * The folder of the one pack on the class path.
   *
   * @param cacheFolder where it is unpacked; null for the default
   * @throws SgidException if there is none, or more than one, or it can't be unpacked
   */
  static Path unpack(@Nullable Path cacheFolder) {
    EmbeddedPack pack = only();
    try {
      return pack.unpacking.in(cacheFolder);
    } catch (DamagedSource e) {
      throw damaged(pack.index, String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw Unpacking.isInterruption(e)
          ? SgidException.cancelled(Stage.OPEN)
          : new SgidException(Stage.OPEN, "The embedded pack " + e.getMessage(), e);
    }
  }

  private static EmbeddedPack only() {
    // by what is in them: where a loader and its parent have the same jar, or a copy each, it is
    // found twice
    Map<String, URL> indexes = new LinkedHashMap<>();
    try {
      ClassPath.loader()
          .getResources(INDEX)
          .asIterator()
          .forEachRemaining(url -> indexes.putIfAbsent(Sha256.hex(read(url, url)), url));
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
              + indexes.values().stream().map(URL::toString).collect(joining(", ")));
    }
    return read(indexes.values().iterator().next());
  }

  private static EmbeddedPack read(URL index) {
    byte[] bytes = read(index, index);
    String name = "";
    String root = "";
    List<Item> files = new ArrayList<>();
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
    String folder = name + "-" + Sha256.hex(bytes).substring(0, 16);
    return new EmbeddedPack(index, new Unpacking(folder, files));
  }

  private static Item entry(URL index, String root, String[] fields) {
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
    return new Item(path, Long.parseLong(fields[1]), Sha256::hex, fields[0], source);
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
}

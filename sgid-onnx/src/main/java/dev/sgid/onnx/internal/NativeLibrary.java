package dev.sgid.onnx.internal;

import dev.sgid.SgidException;
import dev.sgid.Stage;
import dev.sgid.internal.CacheFolder;
import dev.sgid.internal.Sha256;
import dev.sgid.internal.Unpacking;
import dev.sgid.internal.Unpacking.Item;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * A native library that a jar carries, unpacked once to sgid's cache folder and loaded from there.
 *
 * <p>A JVM refuses a file that another class loader has loaded. So each class loader that has a
 * copy of sgid gets a copy of the library: the first that is free, of a few that the cache keeps.
 * Files are told by size and CRC-32, which the jar has at hand.
 */
public final class NativeLibrary {
  private static final int COPIES = 8;
  private static final String TAKEN = "already loaded in another classloader"; // as the JDK says it

  private final String what;
  private final String name;
  private final String platforms;
  private final List<Item> files;

  private NativeLibrary(String what, String name, String platforms, List<Item> files) {
    this.what = what;
    this.name = name;
    this.platforms = platforms;
    this.files = files;
  }

  /** Loads the files of a folder into the class loader that needs them. */
  public interface Loader {
    /**
     * Loads them.
     *
     * @throws UnsatisfiedLinkError if they can't be
     */
    void load(Path folder);
  }

  /**
   * Looks for a library beside the class that uses it.
   *
   * @param what what it is called in messages
   * @param name what its folder in the cache is called
   * @param platforms where it exists, for messages
   * @param user a class of the jar
   * @param folder where the jar has this platform's files, ending with a slash
   * @param required names of files without which there is none
   * @param optional names of files that are taken along where the jar has them
   * @return empty where the jar has nothing for this platform
   */
  public static Optional<NativeLibrary> find(
      String what,
      String name,
      String platforms,
      Class<?> user,
      String folder,
      List<String> required,
      List<String> optional) {
    List<Item> files = new ArrayList<>();
    try {
      for (String file : required) {
        URL source = user.getResource(folder + file);
        if (source == null) {
          return Optional.empty();
        }
        files.add(item(file, source));
      }
      for (String file : optional) {
        URL source = user.getResource(folder + file);
        if (source != null) {
          files.add(item(file, source));
        }
      }
    } catch (IOException e) {
      throw new SgidException(
          Stage.OPEN, what + " can't be read from its jar (" + e.getMessage() + ")", e);
    }
    StringBuilder content = new StringBuilder();
    files.forEach(f -> content.append(f.expected() + ' ' + f.bytes() + ' ' + f.path() + '\n'));
    String digest = Sha256.hex(content.toString().getBytes(StandardCharsets.UTF_8));
    return Optional.of(
        new NativeLibrary(what, name + "-" + digest.substring(0, 16), platforms, files));
  }

  private static Item item(String path, URL source) throws IOException {
    URLConnection connection = source.openConnection();
    JarEntry entry = connection instanceof JarURLConnection jar ? jar.getJarEntry() : null;
    if (entry != null && entry.getCrc() >= 0 && entry.getSize() >= 0) {
      return new Item(path, entry.getSize(), NativeLibrary::crc, crcText(entry.getCrc()), source);
    }
    try (InputStream in = connection.getInputStream()) { // not in a jar, or in an unusual one
      Counted counted = Counted.of(in);
      return new Item(path, counted.bytes, NativeLibrary::crc, crcText(counted.crc), source);
    }
  }

  private record Counted(long crc, long bytes) {
    static Counted of(InputStream in) throws IOException {
      CRC32 crc = new CRC32();
      byte[] buffer = new byte[1 << 16];
      long bytes = 0;
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        crc.update(buffer, 0, read);
        bytes += read;
      }
      return new Counted(crc.getValue(), bytes);
    }
  }

  private static String crc(InputStream in) throws IOException {
    return crcText(Counted.of(in).crc);
  }

  private static String crcText(long crc) {
    return String.format(Locale.ROOT, "%08x", crc);
  }

  /**
   * Unpacks the library, if need be, and loads it.
   *
   * @param cache the folder that the caller chose; null for the default
   * @throws SgidException naming the folder, the reason and what helps
   */
  public void load(@Nullable Path cache, Loader loader) {
    UnsatisfiedLinkError taken = new UnsatisfiedLinkError();
    for (int copy = 1; copy <= COPIES; copy++) {
      Path folder = unpack(cache, copy);
      try {
        loader.load(folder);
        return;
      } catch (UnsatisfiedLinkError e) {
        if (!String.valueOf(e.getMessage()).contains(TAKEN)) {
          throw cantLoad(folder, e);
        }
        taken = e;
      }
    }
    throw new SgidException(
        Stage.OPEN,
        what
            + " is loaded by "
            + COPIES
            + " class loaders of this JVM already: put sgid and the libraries it needs where one"
            + " class loader has them for all applications (a server's shared libraries)",
        taken);
  }

  private Path unpack(@Nullable Path cache, int copy) {
    try {
      return new Unpacking(copy == 1 ? name : name + "-" + copy, files).in(cache);
    } catch (IOException e) {
      throw Unpacking.isInterruption(e)
          ? SgidException.cancelled(Stage.OPEN)
          : new SgidException(Stage.OPEN, what + " " + e.getMessage(), e);
    }
  }

  private SgidException cantLoad(Path folder, UnsatisfiedLinkError e) {
    return new SgidException(
        Stage.OPEN,
        what
            + " can't be loaded from "
            + folder
            + " ("
            + String.valueOf(e.getMessage()).replace(folder + File.separator, "")
            + "). If the folder forbids execution (noexec), "
            + CacheFolder.REMEDY
            + ". The library exists for "
            + platforms,
        e);
  }
}

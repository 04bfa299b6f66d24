package dev.sgid.dataset;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sgid.dataset.History.Lines;
import dev.sgid.dataset.History.Made;
import dev.sgid.dataset.internal.out.OutPictures;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Pictures that a review rejected. Their lines stand in {@value OutFolder#REJECTED}; what stands
 * there is not made again, whatever else tells of it. That file is written first, so a review that
 * is cut short is decided, and {@link #settle} does what is left of it.
 *
 * <p>They are kept beside the data set, in the folder that {@link #folder} names, under their names
 * and with a manifest of their own.
 */
final class RejectedPictures {
  private static final String SUFFIX = "-rejected";
  private static final int HASH_DIGITS = 8;

  private RejectedPictures() {}

  /**
   * The folder beside a data set. Of a split, whose name tells, it is beside the folder of all
   * splits: readers would take it for one of them.
   *
   * @param out a real path
   */
  static Path folder(Path out) {
    Path name = out.getFileName();
    Path parent = out.getParent();
    if (name == null || parent == null) {
      throw new DatasetException(out + " has nothing beside it where rejected pictures could lie");
    }
    Path above = parent.getFileName();
    return above != null && Splits.isFolder(FileName.of(out).text())
        ? parent.resolveSibling(above + SUFFIX).resolve(name)
        : parent.resolve(name + SUFFIX);
  }

  /** Writes down that pictures are rejected, beside those that are. */
  static void decide(Path out, History history, Collection<Made> pictures) throws IOException {
    List<Made> all = new ArrayList<>(history.rejected());
    all.addAll(pictures);
    try (Lines lines = history.lines()) {
      OutFiles.write(out, OutFolder.REJECTED, stream -> write(stream, all, lines));
    }
  }

  private static void write(OutputStream stream, Collection<Made> pictures, Lines lines)
      throws IOException {
    OutputStream buffered = new BufferedOutputStream(stream, 1 << 16);
    for (Made picture : pictures) {
      buffered.write(lines.bytes(picture));
    }
    buffered.flush();
  }

  /**
   * Takes rejected pictures that still lie in class folders out of the data set.
   *
   * @param out a real path
   * @param history in which they are rejected
   * @param manifest whether the manifest is to be written without them, too: places in it that are
   *     known are wrong then
   */
  static void settle(Path out, History history, boolean manifest) throws IOException {
    Set<String> made = fileNames(history.made());
    Map<Made, Path> left = new LinkedHashMap<>();
    for (Made picture : history.rejected()) {
      Path file = OutFiles.inside(out, picture.fileName());
      if (file != null && !made.contains(picture.fileName())) {
        left.put(picture, file);
      }
    }
    put(out, history, left.keySet());
    if (manifest) {
      writeManifest(out, history);
    }
    Set<Path> folders = new TreeSet<>();
    for (Path file : left.values()) {
      Files.delete(file);
      folders.add(file.getParent());
    }
    for (Path folder : folders) {
      OutFiles.deleteIfEmpty(folder); // a class without pictures makes torchvision refuse all
    }
  }

  static Set<String> fileNames(Collection<Made> pictures) {
    return pictures.stream().map(Made::fileName).collect(Collectors.toSet());
  }

  /** The manifest of what is left in the data set, in the order it has. */
  static void writeManifest(Path out, History history) throws IOException {
    Map<String, Integer> ranks = new HashMap<>();
    history.made().forEach(picture -> ranks.putIfAbsent(picture.id().source(), ranks.size()));
    OutFiles.write(
        out,
        OutFolder.METADATA,
        stream -> history.write(stream, source -> ranks.getOrDefault(source, Integer.MAX_VALUE)));
  }

  /** Puts pictures into the folder beside; first their lines, so that none is without one. */
  static void put(Path out, History history, Collection<Made> pictures) throws IOException {
    if (pictures.isEmpty()) {
      return;
    }
    Path folder = folder(out);
    Files.createDirectories(folder);
    Map<String, String> manifest = former(folder);
    Map<Made, String> names = new LinkedHashMap<>();
    try (Lines lines = history.lines()) {
      for (Made picture : pictures) {
        String name = name(out, folder, picture, manifest);
        names.put(picture, name);
        manifest.put(name, lines.line(picture).withFileName(name).toJson());
      }
    }
    OutFiles.write(
        folder,
        OutFolder.METADATA,
        stream -> {
          OutputStream buffered = new BufferedOutputStream(stream, 1 << 16);
          for (String line : manifest.values()) {
            buffered.write((line + "\n").getBytes(UTF_8));
          }
          buffered.flush();
        });
    OutPictures files = new OutPictures(out);
    for (Map.Entry<Made, String> picture : names.entrySet()) {
      byte[] file = files.read(picture.getKey().fileName());
      OutFiles.write(folder, picture.getValue(), stream -> stream.write(file)); // on the disk, too
    }
  }

  /** Lines by {@code file_name}. */
  private static Map<String, String> former(Path folder) throws IOException {
    Map<String, String> lines = new LinkedHashMap<>();
    Path manifest = folder.resolve(OutFolder.METADATA);
    if (Files.isRegularFile(manifest, LinkOption.NOFOLLOW_LINKS)) {
      for (String line : Files.readAllLines(manifest)) {
        try {
          lines.put(ManifestLine.parse(line).fileName(), line);
        } catch (IllegalArgumentException e) {
          throw new DatasetException(manifest + " is in the way: " + e.getMessage(), e);
        }
      }
    }
    return lines;
  }

  /** Whether a picture lies in a shard; a class folder may be called like one. */
  static boolean isInShard(Path out, String fileName) {
    String first = fileName.substring(0, fileName.indexOf('/'));
    return WebDatasetFormat.isShard(first) && !Files.isDirectory(out.resolve(first));
  }

  /** The name that it has in the data set, without a shard; with a hash where that is taken. */
  private static String name(Path out, Path folder, Made picture, Map<String, String> manifest)
      throws IOException {
    String fileName = picture.fileName();
    String name = isInShard(out, fileName) ? WebDatasetFormat.inShard(fileName) : fileName;
    String former = manifest.get(name);
    String sha256 = picture.fileSha256();
    boolean free =
        former == null
            ? !Files.exists(FileName.resolve(folder, name), LinkOption.NOFOLLOW_LINKS)
            : Objects.equals(ManifestLine.parse(former).fileSha256(), sha256);
    if (free || sha256 == null) {
      return name;
    }
    int dot = name.lastIndexOf('.');
    return name.substring(0, dot) + "-" + sha256.substring(0, HASH_DIGITS) + name.substring(dot);
  }
}

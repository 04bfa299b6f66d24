package dev.sgid.dataset;

import dev.sgid.dataset.internal.text.CodePointOrder;
import dev.sgid.internal.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One folder per class. */
enum ClassFolderFormat implements OutputFormat {
  INSTANCE;

  private static final Logger LOG = LoggerFactory.getLogger(ClassFolderFormat.class);
  private static final int NAMED = 3;

  @Override
  public Opened open(Path out, List<String> classes, Former former) throws IOException {
    for (String stale : former.stale()) {
      Path file = OutFiles.inside(out, stale);
      if (file != null) {
        Files.deleteIfExists(file);
      }
    }
    Set<String> whole = new HashSet<>();
    for (Written picture : former.pictures()) {
      Path file = OutFiles.inside(out, picture.fileName());
      if (file != null && isWhole(file, picture.fileSha256())) {
        whole.add(picture.fileName());
      }
      former.looked().accept(picture);
    }
    return new Opened(new Writer(out), whole);
  }

  private static boolean isWhole(Path file, @Nullable String sha256) {
    try {
      return Sha256.hex(Files.readAllBytes(file)).equals(sha256);
    } catch (IOException e) {
      LOG.warn("{} can't be read, it is made again: {}", file, Reason.of(e));
      return false;
    }
  }

  /** A file for each picture. */
  private record Writer(Path out) implements DatasetWriter {
    @Override
    public String place(String name, ManifestLine line, byte[] image) {
      return name;
    }

    @Override
    public void write(ManifestLine line, byte[] image) throws IOException {
      OutFiles.write(out, line.fileName(), image);
    }

    @Override
    public void close() {}
  }

  @Override
  public Collection<Path> inTheWay(Path out, Iterable<String> names) {
    List<Path> inTheWay = new ArrayList<>();
    Map<String, Boolean> folders = new HashMap<>(); // whether they are there
    for (String name : names) {
      boolean there =
          folders.computeIfAbsent(
              folder(name),
              folder -> {
                Path path = FileName.resolve(out, folder);
                boolean exists = Files.exists(path, LinkOption.NOFOLLOW_LINKS);
                if (exists && !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                  inTheWay.add(path); // a link would lead the pictures elsewhere
                }
                return exists;
              });
      Path file = FileName.resolve(out, name);
      if (there && Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        inTheWay.add(file);
      }
    }
    return inTheWay;
  }

  /** Hugging Face's datasets takes splits from names, and leaves out what has none then. */
  @Override
  public List<String> warnings(Path out, Iterable<String> names) {
    Set<String> splits = new TreeSet<>(CodePointOrder.INSTANCE);
    Set<String> special = new TreeSet<>(CodePointOrder.INSTANCE);
    Set<String> files = new TreeSet<>(CodePointOrder.INSTANCE);
    for (String name : names) {
      String folder = folder(name);
      if (Splits.isFolder(folder)) {
        splits.add(folder);
      }
      if (folder.startsWith("__")) {
        special.add(folder);
      }
      if (Splits.isFile(name.substring(folder.length() + 1))) {
        files.add(name);
      }
    }
    List<String> warnings = new ArrayList<>();
    if (!splits.isEmpty()) {
      warnings.add(
          "Hugging Face datasets takes class folders for splits by their names: "
              + some(splits)
              + ", and leaves out the other classes"
              + remedy(out));
    } else if (!files.isEmpty()) {
      warnings.add(
          "Hugging Face datasets takes files for those of a split by their names: "
              + some(files)
              + ", and leaves out the others and the manifest"
              + remedy(out));
    }
    if (!special.isEmpty()) {
      warnings.add(
          "Hugging Face datasets leaves out class folders whose names begin with __: "
              + some(special)
              + "; rename them in the data set");
    }
    return warnings;
  }

  private static String remedy(Path out) {
    return "; load it with load_dataset(\"imagefolder\", data_files={\"train\": \""
        + out.resolve("**")
        + "\"}), or rename them in the data set";
  }

  private static String some(Set<String> names) {
    String named = String.join(", ", names.stream().limit(NAMED).toList());
    return names.size() > NAMED ? named + " and " + (names.size() - NAMED) + " more" : named;
  }

  private static String folder(String name) {
    return name.substring(0, name.indexOf('/'));
  }

  /** As {@link OutputFormat#parse} reads it. */
  @Override
  public String toString() {
    return "folders";
  }
}

package dev.sgid.dataset;

import static java.util.Objects.requireNonNull;

import dev.sgid.dataset.Folder.Entry;
import dev.sgid.dataset.MetadataFile.Row;
import dev.sgid.dataset.internal.text.CodePointOrder;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A data set whose {@code metadata.jsonl} or {@code metadata.csv} says which images there are and
 * what they show, as Hugging Face's imagefolder has it; or one that is nothing but such a table, of
 * images anywhere.
 *
 * @param folder the data set; the folder that a table lies in
 * @param format the file that says it
 * @param isTable whether the data set is the table, not the folder
 * @param sources the images, in that file's order
 * @param failures lines that name no image that is there, one that a link leads to that is not
 *     followed, or no label
 * @param ignored files that no line names, relative to the data set
 */
record MetadataFolder(
    Path folder,
    String format,
    boolean isTable,
    List<Source> sources,
    List<Failure> failures,
    List<String> ignored)
    implements DatasetReader {
  private static final Logger LOG = LoggerFactory.getLogger(MetadataFolder.class);

  MetadataFolder {
    sources = List.copyOf(sources);
    failures = List.copyOf(failures);
    ignored = List.copyOf(ignored);
  }

  /** The metadata of a folder; null where there is none. */
  static @Nullable Path metadata(Path folder) {
    Path lines = folder.resolve(MetadataFile.JSONL);
    Path table = folder.resolve(MetadataFile.CSV);
    if (Files.isRegularFile(lines) && Files.isRegularFile(table)) {
      throw new DatasetException(
          folder
              + " holds both "
              + MetadataFile.JSONL
              + " and "
              + MetadataFile.CSV
              + ": take one of them away");
    }
    return Files.isRegularFile(lines) ? lines : Files.isRegularFile(table) ? table : null;
  }

  /**
   * Reads a folder with metadata.
   *
   * @throws DatasetException if there is no metadata, or it has no labels
   */
  static MetadataFolder read(Path in, Links links) {
    ClassFolders.requireFolder(in);
    Path metadata = metadata(in);
    if (metadata == null) {
      throw new DatasetException(
          "There is no " + MetadataFile.JSONL + " and no " + MetadataFile.CSV + " in " + in);
    }
    try {
      List<Row> rows = MetadataFile.read(metadata);
      if (!hasLabels(rows)) {
        throw noLabels(metadata);
      }
      // real, so that names can be told to lead out of it
      return new Finder(in, in.toRealPath(), FileName.of(metadata).text(), false, links)
          .found(rows);
    } catch (IOException e) {
      throw new DatasetException(in + " can't be read: " + Reason.of(e), e);
    }
  }

  /**
   * Reads a table: CSV where it is called so, else a JSON object a line.
   *
   * @throws DatasetException if it has no labels, or names no images
   */
  static MetadataFolder readTable(Path table) {
    try {
      Path real = table.toRealPath();
      List<Row> rows = MetadataFile.read(real);
      if (rows.stream().noneMatch(row -> row.fileName() != null && row.label() != null)) {
        throw new DatasetException(
            table
                + " must have a line for each image, with a file_name (or path, file, image) and a"
                + " label (or class), named in its first line if it is a .csv");
      }
      Path in = parent(real);
      // which names each image itself, wherever it lies
      Links links = Links.in(in, FileVisitOption.FOLLOW_LINKS);
      return new Finder(in, in, FileName.of(real).text(), true, links).found(rows);
    } catch (IOException e) {
      throw new DatasetException(table + " can't be read: " + Reason.of(e), e);
    }
  }

  private static Path parent(Path path) {
    return requireNonNull(path.getParent(), "path has no parent");
  }

  /**
   * Reads a folder if it has metadata with labels; null where class folders say the labels, or
   * where it is of images in shards, as sgid writes it beside them.
   *
   * @throws DatasetException if nothing says the labels
   */
  static @Nullable MetadataFolder readIfThere(Path in, Links links) {
    ClassFolders.requireFolder(in);
    Path metadata = metadata(in);
    if (metadata == null) {
      return null;
    }
    try {
      List<Row> rows = MetadataFile.read(metadata);
      if (isOfShards(in, rows)) {
        return null;
      }
      if (!hasLabels(rows) && hasClassFolders(in, links)) {
        LOG.info("{} has no labels, the folders' names are taken", metadata);
        return null;
      }
    } catch (IOException e) {
      throw new DatasetException(in + " can't be read: " + Reason.of(e), e);
    }
    return read(in, links);
  }

  private static boolean hasLabels(List<Row> rows) {
    return rows.stream().anyMatch(row -> row.fileName() != null && row.label() != null);
  }

  private static boolean isOfShards(Path in, List<Row> rows) throws IOException {
    Set<String> shards = new HashSet<>();
    for (Entry file : Folder.read(in).files()) {
      if (WebDatasetShards.isShard(file.text())) {
        shards.add(file.text());
      }
    }
    return rows.stream()
        .map(Row::fileName)
        .anyMatch(name -> name != null && shards.contains(name.replaceFirst("/.*", "")));
  }

  /** One folder alone is where the images are kept, and says nothing of what they show. */
  private static boolean hasClassFolders(Path in, Links links) throws IOException {
    int folders = 0;
    for (Entry folder : Folder.read(in).folders()) {
      if (Folder.holdsImages(folder.path(), links)) {
        folders++;
      }
    }
    return folders > 1;
  }

  private static DatasetException noLabels(Path metadata) {
    return new DatasetException(
        metadata
            + " says no labels: give each line a file_name and a label, or put the images into one"
            + " folder per class");
  }

  @Override
  public Iterator<Source> iterator() {
    return sources.iterator();
  }

  @Override
  public int size() {
    return sources.size();
  }

  private static final class Finder {
    private final Path given;
    private final Path in;
    private final String metadata;
    private final boolean isTable;
    private final Links links;
    private final List<Source> sources = new ArrayList<>();
    private final List<Failure> failures = new ArrayList<>();
    private final Map<Path, Row> rows = new HashMap<>(); // by the file they name

    Finder(Path given, Path in, String metadata, boolean isTable, Links links) {
      this.given = given;
      this.in = in;
      this.metadata = metadata;
      this.isTable = isTable;
      this.links = links;
    }

    private MetadataFolder found(List<Row> lines) throws IOException {
      lines.forEach(this::sortIn);
      failures.sort(Comparator.comparing(Failure::source, CodePointOrder.INSTANCE));
      // what else lies near a table is no matter of its data set
      List<String> ignored = isTable ? List.of() : ignored();
      return new MetadataFolder(given, metadata, isTable, sources, failures, ignored);
    }

    private void sortIn(Row row) {
      String line = metadata + ", line " + row.number();
      String name = row.fileName();
      if (name == null) {
        failures.add(new Failure(line, "there is no file_name"));
        return;
      }
      Path file;
      try {
        file = FileName.resolve(in, name).normalize();
      } catch (IllegalArgumentException e) {
        failures.add(new Failure(name, "is no name of a file: " + e.getMessage()));
        return;
      }
      String failure = failure(row, file);
      if (failure != null) {
        failures.add(new Failure(name, failure + " (" + line + ")"));
        return;
      }
      rows.put(file, row);
      sources.add(new Source(file, null, text(file), String.valueOf(row.label()), caption(row)));
    }

    private static @Nullable String caption(Row row) {
      String caption = row.caption();
      return caption == null || caption.isBlank() ? null : caption.strip();
    }

    private @Nullable String failure(Row row, Path file) {
      String label = row.label();
      if ((!isTable && !file.startsWith(in)) || file.equals(in)) {
        return "leads out of the data set";
      }
      if (label == null || !Source.isLabel(label)) {
        return "has no label";
      }
      Row same = rows.get(file);
      if (same != null) {
        return "is named a second time, after line " + same.number();
      }
      String refusal = links.refusalOnWay(file);
      if (refusal != null) {
        return refusal;
      }
      if (Files.isDirectory(file)) {
        return "is a folder";
      }
      // one that is missing fails when it is read; a pipe would be waited for
      return Files.exists(file) && !Files.isRegularFile(file) ? "is no file" : null;
    }

    /** Relative to the data set, or from the root on where it lies elsewhere; with {@code /}. */
    private String text(Path file) {
      List<String> names = new ArrayList<>();
      Path top = file.startsWith(in) ? in : file.getRoot();
      for (Path at = file; !at.equals(top); at = parent(at)) {
        names.add(0, FileName.of(at).text());
      }
      String root = file.startsWith(in) ? "" : String.valueOf(top).replace('\\', '/');
      return root + String.join("/", names);
    }

    private List<String> ignored() throws IOException {
      Set<Path> folders = new HashSet<>(Set.of(in));
      rows.keySet().forEach(file -> folders.add(parent(file)));
      Set<String> ignored = new TreeSet<>(CodePointOrder.INSTANCE);
      for (Path folder : folders) {
        if (Files.isReadable(folder) && Files.isDirectory(folder)) {
          for (Entry file : Folder.read(folder).files()) {
            if (!rows.containsKey(file.path()) && !file.path().equals(in.resolve(metadata))) {
              ignored.add(text(file.path()));
            }
          }
        }
      }
      return List.copyOf(ignored);
    }
  }
}

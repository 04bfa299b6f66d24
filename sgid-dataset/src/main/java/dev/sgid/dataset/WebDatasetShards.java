package dev.sgid.dataset;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import dev.sgid.dataset.Folder.Entry;
import dev.sgid.dataset.Source.Part;
import java.io.BufferedInputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;

/**
 * A data set in tar shards, as WebDataset has them: files next to each other that share their name
 * up to the first dot are a sample. Of a sample its image is taken; the label is {@code label} of
 * its {@code .json}, else the text of its {@code .cls}; a caption is {@code caption} of its {@code
 * .json}, else its {@code .txt} where that isn't the label.
 *
 * <p>The shards are looked through once, and images are read later from where they lie in them, so
 * nothing is ever unpacked.
 *
 * @param folder that the shards lie in
 * @param sources the images, in the shards' order
 * @param failures samples and shards that can't be used
 * @param ignored other files in the folder
 */
record WebDatasetShards(
    Path folder, List<Source> sources, List<Failure> failures, List<String> ignored)
    implements DatasetReader {
  private static final String TAR = ".tar";
  private static final List<String> COMPRESSED = List.of(".tar.gz", ".tgz", ".tar.zst", ".tar.bz2");

  WebDatasetShards {
    sources = List.copyOf(sources);
    failures = List.copyOf(failures);
    ignored = List.copyOf(ignored);
  }

  /** Whether a file of this name is a shard, also a compressed one. */
  static boolean isShard(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith(TAR) || isCompressed(lower);
  }

  private static boolean isCompressed(String name) {
    return COMPRESSED.stream().anyMatch(name.toLowerCase(Locale.ROOT)::endsWith);
  }

  /**
   * Looks through a folder of shards, or a single one.
   *
   * @throws DatasetException if it can't be read, or there are no samples with a label in it
   */
  static WebDatasetShards read(Path in, Links links) {
    try {
      if (Files.isDirectory(in)) {
        Folder found = Folder.read(in);
        List<Entry> shards = found.files().stream().filter(file -> isShard(file.text())).toList();
        List<String> ignored = new ArrayList<>();
        found.files().stream()
            .map(Entry::text)
            .filter(name -> !isShard(name))
            .forEach(ignored::add);
        found.folders().forEach(entry -> ignored.add(entry.text()));
        return new Finder(in, links).found(shards, ignored);
      }
      Path file = in.toAbsolutePath();
      Path parent = file.getParent();
      Path folder = parent == null ? file : parent;
      return new Finder(folder, links)
          .found(List.of(new Entry(file, FileName.of(file))), List.of());
    } catch (IOException e) {
      throw new DatasetException(in + " can't be read: " + Reason.of(e), e);
    }
  }

  @Override
  public String format() {
    return "WebDataset shards";
  }

  @Override
  public Iterator<Source> iterator() {
    return sources.iterator();
  }

  @Override
  public int size() {
    return sources.size();
  }

  /** What files share a key: their names behind it, and where they lie. */
  private record Sample(String key, Map<String, Part> images, Map<String, byte[]> texts) {
    Sample(String key) {
      this(key, new TreeMap<>(), new HashMap<>());
    }
  }

  private static final class Finder {
    private static final int BLOCK = 512;
    private static final int MOST_TEXT = 1 << 20; // bytes of a .json, .cls or .txt
    private static final Set<String> TEXTS = Set.of("json", "cls", "txt");

    private final Path folder;
    private final Links links;
    private final List<Source> sources = new ArrayList<>();
    private final List<Failure> failures = new ArrayList<>();
    private final Set<String> names = new HashSet<>();

    Finder(Path folder, Links links) {
      this.folder = folder;
      this.links = links;
    }

    WebDatasetShards found(List<Entry> shards, List<String> ignored) throws IOException {
      for (Entry shard : shards) {
        String refusal = links.refusal(shard.path());
        if (refusal != null) {
          failures.add(new Failure(shard.text(), refusal));
        } else if (isCompressed(shard.text())) {
          failures.add(
              new Failure(
                  shard.text(),
                  "is compressed, so that images can't be read from the middle of it: unpack it to"
                      + " a .tar, images in it are compressed anyway"));
        } else {
          lookThrough(shard);
        }
      }
      if (sources.isEmpty()) {
        throw new DatasetException(
            "There are no images with a label in the shards of "
                + folder
                + ": a sample must have an image and a .cls, or a .json with a label"
                + (failures.isEmpty()
                    ? ""
                    : ". " + failures.get(0).source() + ": " + failures.get(0).reason()));
      }
      return new WebDatasetShards(folder, sources, failures, ignored);
    }

    private void lookThrough(Entry shard) throws IOException {
      long size = Files.size(shard.path());
      long begin = 0;
      do {
        begin = lookThrough(shard, begin, size);
      } while (begin < size);
    }

    /** Looks through a shard from an offset on; where the next one begins, as cat joins them. */
    private long lookThrough(Entry shard, long begin, long size) throws IOException {
      Sample sample = new Sample("");
      long end = begin;
      try (FileInputStream file = new FileInputStream(shard.path().toFile())) {
        file.skipNBytes(begin);
        try (TarArchiveInputStream tar =
            new TarArchiveInputStream(new BufferedInputStream(file, 1 << 16), UTF_8.name())) {
          for (TarArchiveEntry entry = tar.getNextEntry();
              entry != null;
              entry = tar.getNextEntry()) {
            JobRun.stopIfInterrupted();
            Part part = new Part(begin + tar.getBytesRead(), entry.getSize());
            end = part.offset() + (part.length() + BLOCK - 1) / BLOCK * BLOCK;
            String name = entry.getName();
            if (entry.isDirectory() || isMeta(name)) {
              continue;
            }
            int slash = name.lastIndexOf('/');
            int dot = name.indexOf('.', slash + 1);
            String key = dot < 0 ? name : name.substring(0, dot);
            if (!key.equals(sample.key())) {
              take(shard, sample);
              sample = new Sample(key);
            }
            if (dot >= 0) {
              add(shard, sample, entry, name.substring(dot + 1), tar, part, size);
            }
          }
        }
        take(shard, sample);
        long next = afterZeros(shard.path(), end, size);
        if (next == begin) {
          throw new IOException("there is no tar header");
        }
        return next;
      } catch (IOException | IllegalArgumentException e) { // which a header gives that is none
        take(shard, sample);
        failures.add(
            new Failure(
                shard.text(),
                "is damaged behind "
                    + (sample.key().isEmpty() ? "byte " + begin : sample.key())
                    + ", what stands before it is used: "
                    + (e instanceof IOException io ? Reason.of(io) : e.getMessage())));
        return size;
      }
    }

    /** The first block from an offset on that is not of zeros, which end a tar file. */
    private static long afterZeros(Path file, long offset, long size) throws IOException {
      byte[] block = new byte[BLOCK];
      try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
        in.seek(Math.min(offset, size));
        for (long at = offset; at < size; at += BLOCK) {
          int read = in.read(block);
          for (int i = 0; i < read; i++) {
            if (block[i] != 0) {
              return at;
            }
          }
        }
      }
      return size;
    }

    /** What WebDataset passes over: {@code __a__/…}. */
    private static boolean isMeta(String name) {
      return name.startsWith("__") && name.substring(2).contains("__/");
    }

    private void add(
        Entry shard,
        Sample sample,
        TarArchiveEntry entry,
        String extension,
        TarArchiveInputStream tar,
        Part part,
        long size)
        throws IOException {
      String lower = extension.toLowerCase(Locale.ROOT);
      boolean isImage = ImageFiles.isImage("x." + lower);
      if (!isImage && !TEXTS.contains(lower)) {
        return;
      }
      String member = shard.text() + "/" + entry.getName();
      boolean isLink = entry.isSymbolicLink() || entry.isLink();
      boolean isDevice =
          entry.isFIFO() || entry.isCharacterDevice() || entry.isBlockDevice() || entry.isSparse();
      if (isLink || isDevice || !entry.isFile()) {
        failures.add(
            new Failure(
                member,
                isLink
                    ? "is a link to " + entry.getLinkName() + ": links in shards are not followed"
                    : "is no plain file"));
        return;
      }
      if (sample.images().containsKey(extension) || sample.texts().containsKey(lower)) {
        failures.add(new Failure(member, "is there a second time; the first one is used"));
        return;
      }
      if (isImage) {
        if (part.length() > size - part.offset()) { // a header may say any number
          failures.add(new Failure(member, "is cut off: the shard ends within it"));
          return;
        }
        sample.images().put(extension, part);
      } else if (entry.getSize() > MOST_TEXT) {
        failures.add(
            new Failure(
                member,
                "has " + entry.getSize() + " bytes, of a text at most " + MOST_TEXT + " are read"));
      } else {
        sample.texts().put(lower, tar.readAllBytes());
      }
    }

    private void take(Entry shard, Sample sample) {
      if (sample.images().isEmpty()) {
        return; // of texts alone
      }
      String extension = sample.images().keySet().iterator().next();
      String source = shard.text() + "/" + sample.key() + "." + extension;
      if (sample.images().size() > 1) {
        failures.add(
            new Failure(
                source,
                "its sample has several images, of which none is the one to take: "
                    + String.join(", ", sample.images().keySet())));
        return;
      }
      if (!names.add(source)) {
        failures.add(new Failure(source, "is there a second time; the first one is used"));
        return;
      }
      JsonObject json = json(sample.texts().get("json"));
      String label = text(json, "label");
      if (label == null) {
        label = text(sample.texts().get("cls"));
      }
      if (label == null || !Source.isLabel(label)) {
        failures.add(
            new Failure(source, "has no label: its sample needs a .cls, or a .json with a label"));
        return;
      }
      String caption = text(json, "caption");
      if (caption == null) {
        caption = text(sample.texts().get("txt"));
      }
      sources.add(
          new Source(
              shard.path(),
              sample.images().get(extension),
              source,
              label,
              label.equals(caption) ? null : caption));
    }

    private static @Nullable String text(byte @Nullable [] bytes) {
      String text = bytes == null ? "" : new String(bytes, UTF_8).strip();
      return text.isEmpty() ? null : text;
    }

    private static @Nullable String text(@Nullable JsonObject json, String name) {
      return json != null
              && json.get(name) instanceof JsonPrimitive value
              && !value.isBoolean()
              && !value.getAsString().isBlank()
          ? value.getAsString().strip()
          : null;
    }

    /** Null for what is none: a sample may do without. */
    private static @Nullable JsonObject json(byte @Nullable [] bytes) {
      if (bytes == null) {
        return null;
      }
      try {
        return JsonParser.parseString(new String(bytes, UTF_8)) instanceof JsonObject json
            ? json
            : null;
      } catch (JsonParseException e) {
        return null;
      }
    }
  }
}

package dev.sgid.dataset;

import dev.sgid.dataset.OutputFormat.Former;
import dev.sgid.dataset.OutputFormat.Written;
import dev.sgid.internal.Sha256;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The shards of former runs: those that are whole stay as they are; of others what is whole up to
 * the first sample that isn't is kept, under the temporary name of a shard that is being written,
 * and what stood behind it is to be written again, in the same order. So a shard that was damaged
 * or not finished ends with the bytes it would have had.
 *
 * @param open shards that are being written, by number
 * @param next number of the next new shard
 * @param whole {@code file_name}s of what is there
 */
record Shards(Map<Integer, Shard> open, int next, Set<String> whole) {
  private static final Logger LOG = LoggerFactory.getLogger(Shards.class);

  /** No shards yet. */
  static Shards none() {
    return new Shards(new TreeMap<>(), 0, Set.of());
  }

  /** A shard that is being written. */
  static final class Shard {
    final int number;
    final RandomAccessFile tar;
    final Set<String> lost; // names in the shard of what is to be written again
    long bytes;
    int images;

    Shard(Path out, int number, long bytes, int images, Set<String> lost) throws IOException {
      this.number = number;
      this.tar = new RandomAccessFile(temporary(out, number).toFile(), "rw");
      this.bytes = bytes;
      this.images = images;
      this.lost = lost;
      tar.setLength(bytes);
      tar.seek(bytes);
    }

    /** Adds a sample, or nothing of it. */
    void add(byte[] sample) throws IOException {
      try {
        tar.write(sample);
      } catch (IOException e) {
        tar.setLength(bytes); // whole samples only
        tar.seek(bytes);
        throw e;
      }
      bytes += sample.length;
      images++;
    }

    /** Gives it its end and its name; nothing is left where nothing was written. */
    void finish(Path out) throws IOException {
      try (tar) {
        tar.write(TarSample.end(bytes));
        tar.getFD().sync();
      }
      if (images == 0) {
        Files.deleteIfExists(temporary(out, number));
      } else {
        Files.move(
            temporary(out, number),
            out.resolve(WebDatasetFormat.shard(number)),
            StandardCopyOption.ATOMIC_MOVE);
      }
    }
  }

  private static Path temporary(Path out, int number) {
    return OutFiles.temporary(out, WebDatasetFormat.shard(number));
  }

  /** The file of the shard that a picture is in, as long as that is not full; null then. */
  static @Nullable Path open(Path out, String fileName) {
    int slash = fileName.indexOf('/');
    if (slash < 0 || !WebDatasetFormat.isShard(fileName.substring(0, slash))) {
      return null;
    }
    Path file = temporary(out, WebDatasetFormat.number(fileName));
    return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) ? file : null;
  }

  /** Looks what is there. */
  static Shards reopen(Path out, List<String> classes, Former former) throws IOException {
    Map<Integer, List<Written>> expected = new TreeMap<>(); // by number
    for (Written picture : former.pictures()) {
      expected
          .computeIfAbsent(WebDatasetFormat.number(picture.fileName()), n -> new ArrayList<>())
          .add(picture);
    }
    for (String stale : former.stale()) {
      expected.putIfAbsent(WebDatasetFormat.number(stale), List.of());
    }
    Shards shards =
        new Shards(
            new TreeMap<>(),
            expected.keySet().stream().mapToInt(number -> number + 1).max().orElse(0),
            new HashSet<>());
    try {
      for (Map.Entry<Integer, List<Written>> shard : expected.entrySet()) {
        int number = shard.getKey();
        boolean goesOn = former.unfinished() && number == shards.next - 1;
        shards.reopen(out, number, shard.getValue(), classes, goesOn, former.looked());
      }
    } catch (IOException | RuntimeException e) {
      for (Shard shard : shards.open.values()) {
        shard.tar.close();
      }
      throw e;
    }
    return shards;
  }

  private void reopen(
      Path out,
      int number,
      List<Written> pictures,
      List<String> classes,
      boolean goesOn,
      Consumer<Written> looked)
      throws IOException {
    Path visible = out.resolve(WebDatasetFormat.shard(number));
    boolean finished = Files.isRegularFile(visible, LinkOption.NOFOLLOW_LINKS);
    Path file = finished ? visible : temporary(out, number);
    List<String> found = new ArrayList<>();
    long end = 0;
    if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      end = wholeUntil(file, pictures, classes, found, looked);
    }
    whole.addAll(found);
    boolean isWhole = finished && found.size() == pictures.size() && endsAt(end, file);
    if (isWhole && !goesOn && !pictures.isEmpty()) {
      return;
    }
    if (finished) {
      Files.move(visible, temporary(out, number), StandardCopyOption.ATOMIC_MOVE);
    }
    Set<String> lost = new HashSet<>();
    for (Written picture : pictures.subList(found.size(), pictures.size())) {
      lost.add(WebDatasetFormat.inShard(picture.fileName()));
    }
    open.put(number, new Shard(out, number, end, found.size(), lost));
  }

  private static boolean endsAt(long end, Path file) throws IOException {
    byte[] expected = TarSample.end(end);
    if (Files.size(file) != end + expected.length) {
      return false;
    }
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "r")) {
      return holds(bytes, end, expected);
    }
  }

  private static boolean holds(RandomAccessFile file, long at, byte[] expected) throws IOException {
    if (at + expected.length > file.length()) {
      return false;
    }
    byte[] there = new byte[expected.length];
    file.seek(at);
    file.readFully(there);
    return Arrays.equals(there, expected);
  }

  /** How far a file has just the samples that it should have; their names are put into found. */
  private static long wholeUntil(
      Path file,
      List<Written> pictures,
      List<String> classes,
      List<String> found,
      Consumer<Written> looked)
      throws IOException {
    long end = 0;
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "r");
        TarArchiveInputStream tar =
            new TarArchiveInputStream(
                new BufferedInputStream(Files.newInputStream(file), 1 << 16))) {
      for (Written picture : pictures) {
        byte[] image = image(tar, WebDatasetFormat.inShard(picture.fileName()));
        if (image == null || !Sha256.hex(image).equals(picture.fileSha256())) {
          return end;
        }
        ManifestLine line = picture.line().get();
        byte[] sample =
            TarSample.bytes(TarSample.files(line, image, classes.indexOf(line.label())));
        if (!holds(bytes, end, sample)) {
          return end;
        }
        end += sample.length;
        found.add(picture.fileName());
        looked.accept(picture);
      }
    } catch (IOException | IllegalArgumentException e) { // commons-compress throws both
      LOG.debug("{} is damaged behind byte {}", file, end, e);
    }
    return end;
  }

  /** The image of the next sample; null if another one is there. */
  private static byte @Nullable [] image(TarArchiveInputStream tar, String name)
      throws IOException {
    byte[] image = null;
    for (int i = 0; i < TarSample.FILES; i++) {
      TarArchiveEntry entry = tar.getNextEntry();
      if (entry == null) {
        return null;
      }
      if (entry.getName().equals(name)) {
        image = tar.readNBytes((int) Math.min(Integer.MAX_VALUE, entry.getSize()));
      }
    }
    return image;
  }
}

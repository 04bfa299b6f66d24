package dev.sgid.dataset;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sgid.internal.Sha256;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes tar shards as WebDataset has them [1]: an image is a sample of several files next to each
 * other, which share their name up to the first dot, the key.
 *
 * <table>
 * <caption>The files of a sample</caption>
 * <tr><td>{@code KEY.cls}</td><td>index of the class, from 0</td></tr>
 * <tr><td>{@code KEY.json}</td><td>the line of the manifest</td></tr>
 * <tr><td>{@code KEY.png}</td><td>the picture; an original has the extension it had</td></tr>
 * <tr><td>{@code KEY.txt}</td><td>the label</td></tr>
 * </table>
 *
 * <p>The same images give the same bytes: no time of writing and no user is in them. A shard
 * appears when it is full.
 *
 * <p>[1] github.com/webdataset/webdataset, {@code webdataset/writer.py} and {@code tariterators.py}
 */
final class WebDatasetWriter implements DatasetWriter {
  private static final int HASH_DIGITS = 8;

  private final Path out;
  private final Map<String, Integer> classes = new HashMap<>(); // index by label
  private final int mostImages;
  private final long mostBytes;

  private @Nullable RandomAccessFile shard; // the one that is being written
  private long bytes; // written to it
  private int images; // in it
  private int finished; // shards

  WebDatasetWriter(Path out, List<String> classes, int mostImages, long mostBytes) {
    this.out = out;
    this.mostImages = mostImages;
    this.mostBytes = mostBytes;
    classes.forEach(label -> this.classes.put(label, this.classes.size()));
  }

  @Override
  public String place(String name, ManifestLine line, byte[] image) throws IOException {
    String inShard = key(name) + "." + extension(name);
    String placed = WebDatasetFormat.shard(finished) + "/" + inShard;
    long length = TarSample.bytes(files(line.withFileName(placed), image)).length;
    boolean full = images == mostImages || bytes + length + TarSample.MOST_END > mostBytes;
    if (images > 0 && full) {
      finish();
      placed = WebDatasetFormat.shard(finished) + "/" + inShard;
    }
    return placed;
  }

  @Override
  public void write(ManifestLine line, byte[] image) throws IOException {
    RandomAccessFile tar = shard;
    if (tar == null) {
      tar = new RandomAccessFile(temporary().toFile(), "rw");
      shard = tar;
    }
    try {
      tar.write(TarSample.bytes(files(line, image)));
    } catch (IOException e) {
      tar.setLength(bytes); // whole samples only
      tar.seek(bytes);
      throw e;
    }
    bytes = tar.getFilePointer();
    images++;
  }

  private Map<String, byte[]> files(ManifestLine line, byte[] image) {
    String placed = line.fileName();
    String inShard = placed.substring(placed.indexOf('/') + 1);
    int dot = inShard.lastIndexOf('.');
    String key = inShard.substring(0, dot);
    Integer index = classes.get(line.label());
    if (index == null) {
      throw new IllegalArgumentException("A label that was not planned: " + line.label());
    }
    Map<String, byte[]> files = new TreeMap<>(); // in the order in which WebDataset writes them
    files.put(inShard, image);
    files.put(key + ".cls", Integer.toString(index).getBytes(UTF_8));
    files.put(key + ".json", line.toJson().getBytes(UTF_8));
    files.put(key + ".txt", line.label().getBytes(UTF_8));
    return files;
  }

  /**
   * A name without its extension, and without what readers take for something else: dots, which end
   * the key, and a folder between double underscores, which they skip.
   */
  private static String key(String name) {
    String stem = name.substring(0, name.lastIndexOf('.'));
    String key = stem.replace('.', '_');
    if (key.startsWith("__")) {
      key = "class" + key;
    }
    return key.equals(stem)
        ? key
        : key + "-" + Sha256.hex(name.getBytes(UTF_8)).substring(0, HASH_DIGITS);
  }

  private static String extension(String name) {
    return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
  }

  private Path temporary() {
    return OutFiles.temporary(out, "shard");
  }

  private void finish() throws IOException {
    if (shard == null) {
      return;
    }
    try (RandomAccessFile tar = shard) {
      tar.write(TarSample.end(bytes));
    }
    shard = null;
    Files.move(
        temporary(), out.resolve(WebDatasetFormat.shard(finished)), StandardCopyOption.ATOMIC_MOVE);
    finished++;
    bytes = 0;
    images = 0;
  }

  @Override
  public void close() throws IOException {
    if (images > 0) {
      finish();
    } else if (shard != null) {
      shard.close();
      Files.deleteIfExists(temporary());
    }
  }
}

package dev.sgid.dataset;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sgid.dataset.Shards.Shard;
import dev.sgid.internal.Sha256;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
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
  private final Map<Integer, Shard> open; // by number

  private @Nullable Shard last; // the one that what is new goes into
  private int next; // number of a new shard

  WebDatasetWriter(Path out, List<String> classes, int mostImages, long mostBytes, Shards shards) {
    this.out = out;
    this.mostImages = mostImages;
    this.mostBytes = mostBytes;
    classes.forEach(label -> this.classes.put(label, this.classes.size()));
    this.open = new TreeMap<>(shards.open());
    this.next = shards.next();
    this.last = open.get(next - 1);
  }

  @Override
  public String place(String name, ManifestLine line, byte[] image) throws IOException {
    String inShard = key(name) + "." + extension(name);
    for (Shard shard : open.values()) { // mostly there is but one
      if (shard.lost.contains(inShard)) {
        return WebDatasetFormat.shard(shard.number) + "/" + inShard;
      }
    }
    if (last != null && last.images > 0) {
      String placed = WebDatasetFormat.shard(last.number) + "/" + inShard;
      long length = sample(line.withFileName(placed), image).length;
      if (last.images >= mostImages || last.bytes + length + TarSample.MOST_END > mostBytes) {
        finishIfWhole(last);
        last = null;
      }
    }
    return WebDatasetFormat.shard(last == null ? next : last.number) + "/" + inShard;
  }

  @Override
  public void write(ManifestLine line, byte[] image) throws IOException {
    int number = WebDatasetFormat.number(line.fileName());
    Shard shard = open.get(number);
    if (shard == null) {
      shard = new Shard(out, number, 0, 0, new HashSet<>());
      open.put(number, shard);
      last = shard;
      next = number + 1;
    }
    shard.add(sample(line, image));
    shard.lost.remove(WebDatasetFormat.inShard(line.fileName()));
    if (!shard.equals(last)) {
      finishIfWhole(shard);
    }
  }

  private void finishIfWhole(Shard shard) throws IOException {
    if (shard.lost.isEmpty()) {
      shard.finish(out);
      open.remove(shard.number);
    }
  }

  private byte[] sample(ManifestLine line, byte[] image) throws IOException {
    Integer index = classes.get(line.label());
    if (index == null) {
      throw new IllegalArgumentException("A label that was not planned: " + line.label());
    }
    return TarSample.bytes(TarSample.files(line, image, index));
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

  @Override
  public void close() throws IOException {
    for (Shard shard : open.values()) {
      shard.finish(out);
    }
    open.clear();
  }
}

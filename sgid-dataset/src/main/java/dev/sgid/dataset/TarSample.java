package dev.sgid.dataset;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Parts of a tar file, in memory: some files, and the end. */
final class TarSample {
  private static final int BLOCK = 512;
  private static final int RECORD = 20 * BLOCK; // what tar pads to
  private static final int READ_ONLY = 0444; // as WebDataset has it

  /** An end is at most so long. */
  static final int MOST_END = 2 * BLOCK + RECORD;

  private TarSample() {}

  /** How many files a sample has. */
  static final int FILES = 4;

  /**
   * The files of a sample.
   *
   * @param line the image's line, with the {@code file_name} it has in the shard
   * @param image the image's file
   * @param index of its class
   */
  static Map<String, byte[]> files(ManifestLine line, byte[] image, int index) {
    String inShard = WebDatasetFormat.inShard(line.fileName());
    String key = inShard.substring(0, inShard.lastIndexOf('.'));
    Map<String, byte[]> files = new TreeMap<>(); // in the order in which WebDataset writes them
    files.put(inShard, image);
    files.put(key + ".cls", Integer.toString(index).getBytes(UTF_8));
    files.put(key + ".json", line.toJson().getBytes(UTF_8));
    files.put(key + ".txt", line.label().getBytes(UTF_8));
    return files;
  }

  /** Files by name, in their order. */
  static byte[] bytes(Map<String, byte[]> files) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    // not closed: that would write the end
    TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, BLOCK, UTF_8.name());
    tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
    tar.setAddPaxHeadersForNonAsciiNames(true);
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      TarArchiveEntry entry = new TarArchiveEntry(file.getKey());
      entry.setSize(file.getValue().length);
      entry.setMode(READ_ONLY);
      entry.setIds(0, 0);
      entry.setNames("", "");
      entry.setLastModifiedTime(FileTime.fromMillis(0));
      tar.putArchiveEntry(entry);
      tar.write(file.getValue());
      tar.closeArchiveEntry();
    }
    tar.flush();
    return bytes.toByteArray();
  }

  /** The end of a tar file that is so long before it. */
  static byte[] end(long length) {
    long least = length + 2 * BLOCK;
    long padded = (least + RECORD - 1) / RECORD * RECORD;
    return new byte[(int) (padded - length)];
  }
}

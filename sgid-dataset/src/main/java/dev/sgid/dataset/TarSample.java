package dev.sgid.dataset;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.attribute.FileTime;
import java.util.Map;
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

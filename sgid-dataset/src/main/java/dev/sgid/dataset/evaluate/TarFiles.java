package dev.sgid.dataset.evaluate;

import java.io.BufferedInputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** The pictures in a tar shard: found in one pass, and read from where they lie. */
final class TarFiles {
  private static final int BUFFER = 1 << 16;

  private TarFiles() {}

  /** All files but the texts that stand beside a picture, by name. */
  static Map<String, Content> in(Path tar) throws IOException {
    Map<String, Content> files = new HashMap<>();
    // not a channel, which an interrupt would close
    try (TarArchiveInputStream entries =
        new TarArchiveInputStream(
            new BufferedInputStream(new FileInputStream(tar.toFile()), BUFFER))) {
      for (TarArchiveEntry entry = entries.getNextEntry();
          entry != null;
          entry = entries.getNextEntry()) {
        if (entry.isFile() && !entry.isSparse() && !isText(entry.getName())) {
          long offset = entries.getBytesRead(); // the headers are read, and no byte of the file
          long size = entry.getSize();
          files.put(entry.getName(), () -> read(tar, offset, size));
        }
      }
    } catch (IllegalArgumentException e) { // which commons-compress throws as well
      throw new IOException(tar.getFileName() + " is damaged: " + e.getMessage(), e);
    }
    return files;
  }

  private static boolean isText(String name) {
    String extension = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    return extension.equals("json") || extension.equals("txt") || extension.equals("cls");
  }

  private static byte[] read(Path tar, long offset, long size) throws IOException {
    Content.requireSize(size);
    byte[] bytes = new byte[(int) size];
    try (RandomAccessFile file = new RandomAccessFile(tar.toFile(), "r")) {
      file.seek(offset);
      file.readFully(bytes);
    }
    return bytes;
  }
}

package dev.sgid.cli.pull;

import static java.util.Objects.requireNonNull;

import dev.sgid.SgidException;
import dev.sgid.Stage;
import dev.sgid.internal.Reason;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;

/**
 * Unpacks an archive into an empty folder: zip, tar or tar.gz, told by its first bytes. Only files
 * and folders; links, and names that lead out of the folder, are refused.
 */
final class Archive {
  private static final int MAGIC_BYTES = 262;
  private static final int TAR_MAGIC_AT = 257;

  private final Path file;
  private final Names names;
  private long left; // bytes that may still be unpacked

  private Archive(Path file, Path folder, long most) {
    this.file = file;
    this.names = new Names(folder);
    this.left = most;
  }

  /**
   * Unpacks.
   *
   * @param most how many bytes may come of it
   * @throws SgidException if it is no archive, is damaged, or holds what is refused
   */
  static void unpack(Path file, Path folder, long most) {
    try {
      Path ignored = Files.createDirectories(folder);
      new Archive(file, folder, most).unpack();
    } catch (IOException | IllegalArgumentException e) { // what commons-compress throws, too
      throw new SgidException(
          Stage.OPEN,
          file,
          "The archive is damaged or can't be unpacked (" + Reason.of(e) + ")",
          e);
    }
  }

  private void unpack() throws IOException {
    byte[] head;
    try (InputStream in = Files.newInputStream(file)) {
      head = in.readNBytes(MAGIC_BYTES);
    }
    if (startsWith(head, 0, 'P', 'K', 3, 4)) {
      zip();
    } else if (startsWith(head, 0, 0x1f, 0x8b)) {
      try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
        tar(in);
      }
    } else if (startsWith(head, TAR_MAGIC_AT, 'u', 's', 't', 'a', 'r')) {
      try (InputStream in = Files.newInputStream(file)) {
        tar(in);
      }
    } else {
      throw new SgidException(
          Stage.OPEN, file, "Not an archive (zip, tar or tar.gz) and not a list (sgid.json)", null);
    }
  }

  private static boolean startsWith(byte[] head, int at, int... magic) {
    if (head.length < at + magic.length) {
      return false;
    }
    for (int i = 0; i < magic.length; i++) {
      if ((head[at + i] & 0xff) != magic[i]) {
        return false;
      }
    }
    return true;
  }

  private void zip() throws IOException {
    try (ZipFile zip = ZipFile.builder().setPath(file).get()) {
      for (ZipArchiveEntry entry : Collections.list(zip.getEntries())) {
        boolean link = entry.isUnixSymlink();
        if (!zip.canReadEntryData(entry)) {
          throw Names.refused(entry.getName(), "is encrypted, or packed in a way that isn't known");
        }
        try (InputStream in = zip.getInputStream(entry)) {
          entry(entry.getName(), entry.isDirectory(), !link && !entry.isDirectory(), in);
        }
      }
    }
  }

  private void tar(InputStream in) throws IOException {
    try (TarArchiveInputStream tar = new TarArchiveInputStream(new BufferedInputStream(in))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        boolean file = entry.isFile() && !entry.isLink() && !entry.isSymbolicLink();
        entry(entry.getName(), entry.isDirectory(), file, tar);
      }
    }
  }

  private void entry(String name, boolean isFolder, boolean isFile, InputStream in)
      throws IOException {
    if (Thread.currentThread().isInterrupted()) {
      throw SgidException.cancelled(Stage.OPEN);
    }
    if (isFolder) {
      if (!name.equals("./")) {
        Path ignored = Files.createDirectories(names.path(name));
      }
      return;
    }
    if (!isFile) {
      throw Names.refused(name, "is a link or a device, which could lead anywhere");
    }
    Path to = names.file(name);
    Path ignored = Files.createDirectories(requireNonNull(to.getParent()));
    try (OutputStream out = Files.newOutputStream(to)) {
      byte[] buffer = new byte[1 << 16];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        left -= read;
        if (left < 0) {
          throw new SgidException(
              Stage.OPEN,
              file,
              "Nothing was unpacked: more would come of it than --max-size allows",
              null);
        }
        out.write(buffer, 0, read);
      }
    }
  }
}

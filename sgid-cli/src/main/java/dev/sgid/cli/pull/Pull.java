package dev.sgid.cli.pull;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;
import static java.util.Objects.requireNonNull;

import dev.sgid.SgidException;
import dev.sgid.Stage;
import dev.sgid.internal.Folders;
import dev.sgid.internal.Reason;
import dev.sgid.internal.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Fetches a pack, or a part of one, into a folder that appears whole, by one rename, or not at all.
 *
 * <p>Until then all lies in a folder beside it, which stays where the work is stopped: the same
 * call goes on from there. A source whose name ends with {@code .json} is a {@link FileList} with
 * the files beside it; any other is an {@link Archive}.
 */
public final class Pull {
  private static final Set<String> PARTS = Set.of("stable-diffusion", "clip", "blip", "onnx");

  private final String source;
  private final Path out;
  private final Path work;
  private final @Nullable String sha256;
  private final long most;
  private final Fetch fetch;

  Pull(String source, Path out, @Nullable String sha256, long most, Fetch fetch) {
    this.source = source;
    this.out = out.toAbsolutePath().normalize();
    this.work = this.out.resolveSibling(this.out.getFileName() + ".pulling");
    this.sha256 = sha256;
    this.most = most;
    this.fetch = fetch;
  }

  /**
   * Ready to go.
   *
   * @param source an address or a file
   * @param out the folder that shall appear; it must not be there, or be empty
   * @param sha256 of the archive or the list, in hexadecimal; null to take what comes
   * @param most bytes to fetch, and to unpack
   * @param progress hears how many bytes of a file are there
   */
  public static Pull of(
      String source, Path out, @Nullable String sha256, long most, PullProgress progress) {
    Fetch fetch =
        new Fetch(
            java.time.Duration.ofSeconds(60),
            java.time.Duration.ofSeconds(1),
            most,
            progress::fetched);
    return new Pull(source, out, sha256, most, fetch);
  }

  /** Hears how far it is. */
  @FunctionalInterface
  public interface PullProgress {
    /** So many bytes of the file that is fetched are there. */
    void fetched(long bytes);
  }

  /** Whether a source is an address, not a file. */
  public static boolean isAddress(String source) {
    return source.matches("(?i)https?://.+");
  }

  /**
   * Fetches, verifies, unpacks, and lets the folder appear.
   *
   * @return the SHA-256 of the archive or the list
   * @throws SgidException naming what is wrong; the folder is as it was then
   */
  public String run() {
    requireFree();
    try {
      Path ignored = Files.createDirectories(work);
      try (FileChannel channel = FileChannel.open(work.resolve("lock"), CREATE, WRITE);
          FileLock lock = channel.tryLock()) {
        if (lock == null) {
          throw inUse(null);
        }
        return locked();
      }
    } catch (OverlappingFileLockException e) {
      throw inUse(e);
    } catch (ClosedByInterruptException e) {
      throw SgidException.cancelled(Stage.OPEN);
    } catch (IOException | UncheckedIOException e) {
      throw new SgidException(
          Stage.OPEN, out, "The folder can't be written (" + Reason.of(e) + ")", e);
    }
  }

  private SgidException inUse(@Nullable Exception cause) {
    return new SgidException(Stage.OPEN, work, "Another process is pulling the same folder", cause);
  }

  private void requireFree() {
    boolean free = !Files.exists(out, LinkOption.NOFOLLOW_LINKS);
    if (!free && Files.isDirectory(out)) {
      try (Stream<Path> there = Files.list(out)) {
        free = there.findAny().isEmpty();
      } catch (IOException e) {
        free = false;
      }
    }
    if (!free) {
      throw new SgidException(
          Stage.OPEN, out, "OUT must be a new or empty folder; there is something already", null);
    }
  }

  private String locked() throws IOException {
    boolean list = source.replaceFirst("[?#].*", "").endsWith(".json");
    Path first = work.resolve(list ? "sgid.json" : "archive");
    get(source, first, sha256);
    String found = sum(first);
    requireSum(first, found, sha256, source);
    Path whole = work.resolve("whole");
    if (list) {
      fetchListed(FileList.read(first), whole);
      Path ignored = Files.copy(first, whole.resolve("sgid.json"), REPLACE_EXISTING);
    } else {
      unpack(first, whole);
    }
    appear(top(whole));
    return found;
  }

  /** Brings what lies at an address or in a file to {@code to}, unless it is there already. */
  private void get(String from, Path to, @Nullable String wanted) throws IOException {
    if (wanted != null && Files.exists(to) && sum(to).equalsIgnoreCase(wanted)) {
      return; // a run that was stopped has brought it
    }
    if (isAddress(from)) {
      fetch.fetch(address(from), to);
      return;
    }
    Path file = Path.of(from);
    if (!Files.isRegularFile(file)) {
      throw new SgidException(Stage.OPEN, file, "There is no such file", null);
    }
    if (Files.size(file) > most) {
      throw new SgidException(Stage.OPEN, file, "The file is larger than --max-size allows", null);
    }
    Path ignored = Files.copy(file, to, REPLACE_EXISTING);
  }

  private static URI address(String text) {
    try {
      URI address = new URI(text);
      if (address.getHost() != null) {
        return address;
      }
    } catch (java.net.URISyntaxException e) {
      throw new SgidException(Stage.OPEN, text + " is no address: " + e.getReason(), e);
    }
    throw new SgidException(Stage.OPEN, text + " is no address: it names no host");
  }

  /** What is not what it should be is not kept. */
  private static void requireSum(Path file, String found, @Nullable String wanted, String name)
      throws IOException {
    if (wanted != null && !wanted.equalsIgnoreCase(found)) {
      Files.delete(file);
      throw new SgidException(
          Stage.OPEN, name + " has another SHA-256 than it should: " + found + ", not " + wanted);
    }
  }

  private static String sum(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return Sha256.hex(in);
    }
  }

  private void fetchListed(FileList list, Path whole) throws IOException {
    if (list.bytes() > most) {
      throw new SgidException(
          Stage.OPEN,
          source + " lists " + list.bytes() + " bytes, more than --max-size allows (" + most + ")");
    }
    Names names = new Names(whole);
    List<Path> files = list.files().stream().map(item -> names.file(item.name())).toList();
    requireRoom(list.bytes());
    String base = source.replaceFirst("[^/\\\\]*$", "");
    for (int i = 0; i < files.size(); i++) {
      FileList.Item item = list.files().get(i);
      Path file = files.get(i);
      Path ignored = Files.createDirectories(requireNonNull(file.getParent()));
      if (Files.exists(file) && sum(file).equals(item.sha256())) {
        continue; // a former run's
      }
      Path part = work.resolve("part-" + item.sha256().substring(0, 16));
      get(
          isAddress(source) ? base + encoded(item.name()) : base + item.name(),
          part,
          item.sha256());
      requireSum(part, sum(part), item.sha256(), item.name());
      Files.move(part, file, ATOMIC_MOVE, REPLACE_EXISTING);
    }
  }

  /** A name as a part of an address. */
  private static String encoded(String name) {
    try {
      return new URI(null, null, "/" + name, null).getRawPath().substring(1);
    } catch (java.net.URISyntaxException e) {
      throw Names.refused(name, "can't be a part of an address");
    }
  }

  private void requireRoom(long bytes) throws IOException {
    long room = Files.getFileStore(work).getUsableSpace();
    if (room < bytes) {
      throw new SgidException(
          Stage.OPEN,
          out,
          "There is no room: " + bytes + " bytes, of which " + room + " are free",
          null);
    }
  }

  private void unpack(Path archive, Path whole) throws IOException {
    Folders.delete(whole); // what a stopped run has left is not known to be right
    try {
      Archive.unpack(archive, whole, most);
    } catch (SgidException e) {
      Folders.delete(whole);
      throw e;
    }
  }

  /** The folder that archives often have around all. */
  private static Path top(Path whole) throws IOException {
    try (Stream<Path> inside = Files.list(whole)) {
      List<Path> all = inside.limit(2).toList();
      boolean around =
          all.size() == 1
              && Files.isDirectory(all.get(0))
              && !PARTS.contains(String.valueOf(all.get(0).getFileName()));
      return around ? all.get(0) : whole;
    }
  }

  private void appear(Path whole) throws IOException {
    boolean ignored = Files.deleteIfExists(out); // an empty folder
    Files.move(whole, out, ATOMIC_MOVE);
    Folders.delete(work);
  }
}

package dev.sgid.dataset.training;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import dev.sgid.Augmentation;
import dev.sgid.PackInfo;
import dev.sgid.Sgid;
import dev.sgid.dataset.DatasetException;
import dev.sgid.dataset.ManifestLine;
import dev.sgid.dataset.internal.image.Png;
import dev.sgid.dataset.training.Originals.Original;
import dev.sgid.internal.Reason;
import dev.sgid.internal.Sha256;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies on the disk: of each a PNG file and its line of a manifest, under the hash of all that
 * decides the picture. A line appears after its picture, both whole, so processes may share a
 * folder. Thread-safe.
 */
final class CopyCache {
  private static final Logger LOG = LoggerFactory.getLogger(CopyCache.class);
  private static final Gson JSON =
      new GsonBuilder().disableHtmlEscaping().serializeNulls().create();
  private static final AtomicLong TEMPORARY = new AtomicLong();

  private final Path folder;
  private final Map<String, @Nullable Object> run = new LinkedHashMap<>(); // what holds for all

  /** A copy that is there. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Cached(byte[] png, ManifestLine line) {}

  CopyCache(Path folder, Sgid sgid) {
    this.folder = folder;
    PackInfo pack = sgid.pack();
    run.put("sgid", Sgid.version());
    run.put("pack", pack.name());
    run.put("pack_version", pack.version());
    run.put("pack_digest", sgid.packDigest().orElse(null));
    run.put("seed", sgid.seed());
    run.put("settings", sgid.settings().toMap());
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new DatasetException(folder + " can't hold copies: " + Reason.of(e), e);
    }
  }

  /** The name of a copy, which is the hash of all that decides it. */
  String key(Original original, int copy) {
    Map<String, @Nullable Object> all = new LinkedHashMap<>(run);
    all.put("identity", original.identity());
    all.put("label", original.source().label());
    all.put("caption", original.source().caption());
    all.put("copy", copy);
    return Sha256.hex(JSON.toJson(all).getBytes(UTF_8));
  }

  /** Whether a copy seems to be there; it may be damaged. */
  boolean has(String key) {
    return Files.isRegularFile(file(key, ".json")) && Files.isRegularFile(file(key, ".png"));
  }

  /**
   * A copy that is there, whole.
   *
   * @return null if it is not, or damaged
   */
  @Nullable Cached read(String key) throws IOException {
    try {
      ManifestLine line = ManifestLine.parse(Files.readString(file(key, ".json")).strip());
      byte[] png = Files.readAllBytes(file(key, ".png"));
      if (line.consistency() != null && Sha256.hex(png).equals(line.fileSha256())) {
        return new Cached(png, line);
      }
    } catch (NoSuchFileException e) {
      return null;
    } catch (CharacterCodingException | IllegalArgumentException e) {
      LOG.debug("No line of a copy: {}", key, e);
    }
    LOG.warn("{} is damaged, and made again", file(key, ".png"));
    return null;
  }

  /** Keeps a copy, in the place of a damaged one where there is one. */
  Cached write(String key, Original original, Augmentation copy) throws IOException {
    byte[] png = Png.bytes(copy.image());
    Path picture = file(key, ".png");
    ManifestLine line =
        ManifestLine.copy(
                folder.relativize(picture).toString().replace('\\', '/'),
                original.source(),
                original.sha256(),
                copy)
            .withFileSha256(Sha256.hex(png));
    write(picture, png);
    write(file(key, ".json"), (line.toJson() + "\n").getBytes(UTF_8));
    return new Cached(png, line);
  }

  /** With a {@link FileOutputStream}: an interrupt would close a channel in the middle. */
  private void write(Path file, byte[] bytes) throws IOException {
    Path parent = requireNonNull(file.getParent());
    Files.createDirectories(parent);
    Path temporary =
        parent.resolve(
            ".sgid-" + ProcessHandle.current().pid() + "-" + TEMPORARY.incrementAndGet() + ".tmp");
    try {
      try (FileOutputStream stream = new FileOutputStream(temporary.toFile())) {
        stream.write(bytes);
      }
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /** Folders of not too many files each. */
  private Path file(String key, String extension) {
    return folder.resolve(key.substring(0, 2)).resolve(key + extension);
  }
}

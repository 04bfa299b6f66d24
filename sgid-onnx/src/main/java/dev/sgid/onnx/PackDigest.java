package dev.sgid.onnx;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import dev.sgid.BackendOptions.Part;
import dev.sgid.SgidException;
import dev.sgid.Stage;
import dev.sgid.internal.Reason;
import dev.sgid.internal.RootCause;
import dev.sgid.internal.Sha256;
import dev.sgid.onnx.internal.graph.GraphFile;
import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * One SHA-256 for all files that a pack was opened from: of the lines {@code SHA256 NAME}, in the
 * order of the names. Computed by a thread of its own, beside the work.
 *
 * <p>Thread-safe.
 */
final class PackDigest {
  private final CompletableFuture<Found> digest = new CompletableFuture<>();
  private final Thread thread;

  private PackDigest(Path folder, Map<String, Path> files, FileDigests digests) {
    thread = new Thread(() -> run(folder, files, digests), "sgid-pack-digest");
    thread.setDaemon(true);
  }

  /**
   * What was computed.
   *
   * @param whole over all files
   * @param byPart over those of each part
   */
  private record Found(String whole, Map<Part, String> byPart) {}

  /** What a part is called in the names of its files. */
  static String name(Part part) {
    return part.name().toLowerCase(Locale.ROOT);
  }

  /**
   * Begins.
   *
   * @param folder the pack's, named in errors
   * @param files the files opened, by name; graphs bring the files of their external data along
   */
  static PackDigest of(Path folder, Map<String, Path> files, FileDigests digests) {
    PackDigest digest = new PackDigest(folder, files, digests);
    digest.thread.start();
    return digest;
  }

  private void run(Path folder, Map<String, Path> files, FileDigests digests) {
    try {
      Map<Part, String> byPart = new EnumMap<>(Part.class);
      for (Part part : Part.values()) {
        TreeMap<String, Path> own = new TreeMap<>(files);
        own.keySet().removeIf(file -> !file.startsWith(name(part) + "/"));
        byPart.put(part, compute(own, digests));
      }
      digest.complete(new Found(compute(files, digests), byPart));
    } catch (IOException e) {
      digest.completeExceptionally(
          new SgidException(
              Stage.OPEN,
              folder,
              "The pack's files can't be read any more (" + Reason.of(e) + ")",
              e));
    } catch (RuntimeException | Error e) {
      digest.completeExceptionally(e);
    }
  }

  static String compute(Map<String, Path> files, FileDigests digests) throws IOException {
    TreeMap<String, Path> all = new TreeMap<>(files);
    for (Map.Entry<String, Path> file : files.entrySet()) {
      if (file.getKey().endsWith(".onnx")) {
        for (String location : GraphFile.read(file.getValue()).locations()) {
          all.put(
              file.getKey().replaceFirst("[^/]*$", "") + location,
              file.getValue().resolveSibling(location));
        }
      }
    }
    MessageDigest whole = Sha256.digest();
    for (Map.Entry<String, Path> file : all.entrySet()) {
      whole.update((digests.of(file.getValue()) + " " + file.getKey() + "\n").getBytes(UTF_8));
    }
    return Sha256.hex(whole);
  }

  /**
   * Waits for the digest.
   *
   * @throws SgidException if a file can't be read any more, or the thread is interrupted
   * @throws IllegalStateException if it was stopped before it was done
   */
  String get() {
    return found().whole;
  }

  /** The same of a part's files alone. */
  String get(Part part) {
    return requireNonNull(found().byPart.get(part));
  }

  private Found found() {
    try {
      return digest.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw SgidException.cancelled(Stage.OPEN);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof SgidException failure) {
        throw failure;
      }
      throw new IllegalStateException(RootCause.of(e).getMessage(), e);
    }
  }

  /** Stops reading. */
  void stop() {
    if (digest.completeExceptionally(new IllegalStateException("The pack is closed"))) {
      thread.interrupt();
    }
  }
}

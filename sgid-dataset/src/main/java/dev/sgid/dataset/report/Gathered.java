package dev.sgid.dataset.report;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.sgid.SgidException;
import dev.sgid.Stage;
import dev.sgid.dataset.ImageDecoder;
import dev.sgid.dataset.internal.out.OutPictures;
import dev.sgid.dataset.report.Contents.Seen;
import dev.sgid.internal.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The pictures of a report, the worst consistency first, as many as there is room for.
 *
 * @param contents the pictures
 * @param originalsMissing why the data set of the originals can't be read; null where it can
 */
record Gathered(Contents contents, @Nullable String originalsMissing) {
  /** What the smallest pictures fill a report with: beyond it none is looked at. */
  private static final int MOST_PICTURES = 50_000;

  private static final int BATCH = 64;
  private static final int FEW = 1000;
  private static final int LARGE_SIDE = 256;
  private static final int SIDE = 176;

  private static final Comparator<Picture> WORST_FIRST =
      Comparator.comparingDouble(Picture::consistency); // NaN is last

  /** Reads pictures until there are {@code mostBytes}, or all. */
  static Gathered of(Path out, Manifest manifest, @Nullable Path in, long mostBytes)
      throws IOException {
    List<Picture> worst =
        manifest.copies().stream().sorted(WORST_FIRST).limit(MOST_PICTURES).toList();
    OutPictures pictures = new OutPictures(out);
    try (Manifest.Lines lines = new Manifest.Lines()) {
      Map<String, String> beside = new LinkedHashMap<>();
      for (Picture original : manifest.originals().values()) {
        beside.put(original.source(), text(lines.of(original), "file_name"));
      }
      Originals originals =
          new Originals(
              beside,
              pictures,
              in == null ? folder(manifest.job()) : in,
              worst.stream().map(Picture::source).collect(Collectors.toSet()));
      Reading reading = new Reading(pictures, originals, worst.size() <= FEW ? LARGE_SIDE : SIDE);
      Contents contents = new Contents();
      for (int from = 0; from < worst.size() && contents.bytes() < mostBytes; from += BATCH) {
        List<Picture> batch = worst.subList(from, Math.min(worst.size(), from + BATCH));
        reading.add(batch, lines, contents, mostBytes);
      }
      return new Gathered(contents, originals.missing());
    }
  }

  private static @Nullable Path folder(JsonObject job) {
    return job.get("in") instanceof JsonPrimitive in ? Path.of(in.getAsString()) : null;
  }

  private static String text(JsonObject line, String field) {
    JsonElement value = line.get(field);
    return value instanceof JsonPrimitive ? value.getAsString() : "";
  }

  /**
   * Reads files and makes small pictures, several at a time.
   *
   * @param side the longest that a small picture has, in pixels
   */
  private record Reading(OutPictures pictures, Originals originals, int side) {
    private static final ImageDecoder DECODER = new ImageDecoder();

    void add(List<Picture> batch, Manifest.Lines lines, Contents contents, long mostBytes)
        throws IOException {
      if (Thread.currentThread().isInterrupted()) {
        throw SgidException.cancelled(Stage.CAPTION);
      }
      List<JsonObject> texts = new ArrayList<>();
      Map<String, JsonObject> sources = new LinkedHashMap<>();
      for (Picture picture : batch) {
        JsonObject line = lines.of(picture);
        texts.add(line);
        if (!contents.hasSource(picture.source())) {
          sources.putIfAbsent(picture.source(), line);
        }
      }
      List<Seen> copies = texts.parallelStream().map(this::copy).toList();
      List<Seen> seen = sources.values().parallelStream().map(this::original).toList();
      Map<String, Seen> bySource = new HashMap<>();
      sources.keySet().forEach(source -> bySource.put(source, seen.get(bySource.size())));
      for (int i = 0; i < batch.size() && contents.bytes() < mostBytes; i++) {
        Picture picture = batch.get(i);
        Seen original = bySource.remove(picture.source());
        if (original != null) {
          contents.addSource(picture.source(), picture.label(), original);
        }
        contents.add(texts.get(i), copies.get(i));
      }
    }

    private Seen copy(JsonObject line) {
      return seen(() -> pictures.read(text(line, "file_name")));
    }

    private Seen original(JsonObject line) {
      return seen(() -> originals.read(text(line, "source"), text(line, "source_sha256")));
    }

    private Seen seen(File file) {
      try {
        return new Seen(Thumbnail.of(DECODER.decode(file.read()), side), null);
      } catch (IOException e) {
        return new Seen(null, Reason.of(e));
      }
    }
  }

  /** A file that may not be there. */
  @FunctionalInterface
  private interface File {
    byte[] read() throws IOException;
  }
}

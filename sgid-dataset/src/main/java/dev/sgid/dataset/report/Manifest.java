package dev.sgid.dataset.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.sgid.dataset.DatasetException;
import dev.sgid.dataset.internal.out.FileLines;
import dev.sgid.dataset.internal.out.OutNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an augmented data set holds, by its manifest and, where a run did not come to its end, by
 * its journal, whose lines count above the manifest's.
 *
 * @param job its {@code sgid-job.json}
 * @param copies in the manifest's order
 * @param originals those that stand beside their copies, by source
 * @param failures how many lines tell of what failed
 * @param rejected how many pictures a review has put aside
 * @param dropped how many copies were given up for what was found of them
 */
record Manifest(
    JsonObject job,
    List<Picture> copies,
    Map<String, Picture> originals,
    int failures,
    int rejected,
    int dropped) {
  private static final Logger LOG = LoggerFactory.getLogger(Manifest.class);

  /**
   * Reads it.
   *
   * @param out the folder
   * @throws DatasetException if no run of sgid wrote it
   */
  static Manifest read(Path out) throws IOException {
    JsonObject job = job(out);
    Map<Id, Picture> pictures = new LinkedHashMap<>();
    LineTaker put = (json, file, offset, length) -> put(pictures, json, file, offset, length);
    each(out.resolve(OutNames.METADATA), put);
    each(out.resolve(OutNames.JOURNAL), put);
    int[] rejected = new int[1];
    each(
        out.resolve(OutNames.REJECTED),
        (json, file, offset, length) -> {
          rejected[0]++;
          Picture other = Picture.of(json, file, offset, length);
          pictures.remove(new Id(other.source(), other.copy())); // where a review was cut short
        });
    Set<Id> dropped = new HashSet<>();
    each(
        out.resolve(OutNames.DROPPED), // a line for each try; a later one may have been kept
        (json, file, offset, length) -> {
          Picture other = Picture.of(json, file, offset, length);
          dropped.add(new Id(other.source(), other.copy()));
        });
    dropped.removeAll(pictures.keySet());
    int[] failures = new int[1];
    each(out.resolve(OutNames.FAILURES), (json, file, offset, length) -> failures[0]++);
    List<Picture> copies = new ArrayList<>();
    Map<String, Picture> originals = new LinkedHashMap<>();
    for (Picture picture : pictures.values()) {
      if (picture.isOriginal()) {
        originals.put(picture.source(), picture);
      } else {
        copies.add(picture);
      }
    }
    if (copies.isEmpty()) {
      throw new DatasetException(out + " has no copies to be looked at");
    }
    return new Manifest(job, copies, originals, failures[0], rejected[0], dropped.size());
  }

  private record Id(String source, int copy) {}

  private static void put(
      Map<Id, Picture> pictures, JsonObject json, Path file, long offset, int length) {
    if (json.has("file_name") && !json.has("dropped")) { // the journal tells of other things, too
      Picture picture = Picture.of(json, file, offset, length);
      pictures.put(new Id(picture.source(), picture.copy()), picture);
    }
  }

  private static JsonObject job(Path out) throws IOException {
    Path file = out.resolve(OutNames.JOB);
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new DatasetException(
          out
              + " holds no "
              + OutNames.JOB
              + ": it must be a folder that sgid augment wrote (of a split, like OUT/train)");
    }
    JsonObject job = object(Files.readString(file));
    if (job == null || !job.has("sgid")) {
      throw new DatasetException(file + " is not sgid's");
    }
    return job;
  }

  private static @Nullable JsonObject object(String text) {
    try {
      return JsonParser.parseString(text) instanceof JsonObject object ? object : null;
    } catch (JsonParseException e) {
      LOG.debug("No JSON: {}", text, e);
      return null;
    }
  }

  /** Takes a line. */
  @FunctionalInterface
  private interface LineTaker {
    void take(JsonObject json, Path file, long offset, int length);
  }

  /** What of a file is JSON; a last line that is torn is left out. */
  private static void each(Path file, LineTaker taker) throws IOException {
    long ignored =
        FileLines.each(file, (text, offset, length) -> take(text, file, offset, length, taker));
  }

  private static void take(String text, Path file, long offset, int length, LineTaker taker) {
    JsonObject json = object(text);
    try {
      if (json != null) {
        taker.take(json, file, offset, length);
        return;
      }
    } catch (NullPointerException | IllegalStateException | UnsupportedOperationException e) {
      LOG.debug("Not as expected: {}", text, e); // thrown by Gson
    }
    LOG.warn("A line of {} can't be read and is left out: {}", file, text.strip());
  }

  /** Reads the lines of pictures. For one thread. */
  static final class Lines implements AutoCloseable {
    private final FileLines files = new FileLines();

    /** A picture's line. */
    JsonObject of(Picture picture) throws IOException {
      byte[] line = files.read(picture.in(), picture.offset(), picture.length());
      JsonObject json = object(new String(line, UTF_8));
      if (json == null) {
        throw new IOException(picture.in() + " has changed while it was read");
      }
      return json;
    }

    @Override
    public void close() throws IOException {
      files.close();
    }
  }
}

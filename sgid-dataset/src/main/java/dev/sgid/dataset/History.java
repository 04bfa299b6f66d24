package dev.sgid.dataset;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.sgid.dataset.internal.out.FileLines;
import dev.sgid.dataset.internal.out.OutNames;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is known of a folder that is written, from the manifest and the journal of former runs and
 * from this one: which pictures there are, which a review rejected, and what failed. Of each line
 * the place is kept and not the text, so that a million fit.
 *
 * <p>Later lines count: those of the journal above the manifest's.
 */
final class History {
  private static final Logger LOG = LoggerFactory.getLogger(History.class);
  private static final String RETRIED = "retried";
  private static final String DROPPED = "dropped";

  private final Path out;
  private final Map<PictureId, Made> made = new LinkedHashMap<>();
  private final Map<PictureId, Made> rejected = new LinkedHashMap<>();
  private final Map<PictureId, Map<Integer, Made>> dropped = new LinkedHashMap<>(); // by attempt
  private final Map<String, List<Failure>> failures = new LinkedHashMap<>(); // by source
  private long journalEnd; // of its last whole line
  private boolean unfinished;

  /**
   * A picture.
   *
   * @param source what it is a copy of
   * @param copy which one; {@link #ORIGINAL} for the original itself
   */
  record PictureId(String source, int copy) {
    static final int ORIGINAL = -1;

    static PictureId of(ManifestLine line) {
      Integer copy = line.copy();
      return new PictureId(line.source(), copy == null ? ORIGINAL : copy);
    }
  }

  /**
   * A picture that was made.
   *
   * @param id which
   * @param label of its source
   * @param fileName where it stands
   * @param sourceSha256 of the file it was made from
   * @param fileSha256 of itself; null if an older version of sgid made it
   * @param captionHash of the caption it was made with; 0 for an original
   * @param in the file its line stands in
   * @param offset of the line in that file
   * @param length of the line in bytes, with its end
   */
  record Made(
      PictureId id,
      String label,
      String fileName,
      String sourceSha256,
      @Nullable String fileSha256,
      int captionHash,
      String in,
      long offset,
      int length) {
    static Made of(ManifestLine line, String in, long offset, int length) {
      return new Made(
          PictureId.of(line),
          line.label().intern(),
          line.fileName(),
          line.sourceSha256(),
          line.fileSha256(),
          Objects.hashCode(line.caption()),
          in,
          offset,
          length);
    }

    /** Whether it was made from the same file, for the same label. */
    boolean isOfSameSource(Made other) {
      return label.equals(other.label) && sourceSha256.equals(other.sourceSha256);
    }
  }

  private History(Path out) {
    this.out = out;
  }

  /** Of a folder in which nothing was written yet. */
  static History none(Path out) {
    return new History(out);
  }

  /** Of a folder that former runs wrote. */
  static History read(Path out) throws IOException {
    History history = new History(out);
    history.readLines(OutFolder.METADATA);
    history.readLines(OutFolder.DROPPED);
    history.readLines(OutFolder.FAILURES);
    history.unfinished = OutNames.isUnfinished(out);
    history.journalEnd = history.readLines(OutFolder.JOURNAL);
    history.readLines(OutFolder.REJECTED); // last: above all others
    return history;
  }

  private static boolean isFile(Path file) {
    return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
  }

  /** Reads a file; where its last whole line ends. */
  private long readLines(String name) throws IOException {
    Path file = out.resolve(name);
    int[] torn = new int[1];
    long end =
        FileLines.each(
            file, (line, offset, length) -> torn[0] += take(line, name, offset, length) ? 0 : 1);
    torn[0] += isFile(file) && Files.size(file) > end ? 1 : 0;
    if (torn[0] > 0) {
      LOG.warn(
          "{} of {} can't be read, as after a power failure: what they told of is made again",
          torn[0] == 1 ? "1 line" : torn[0] + " lines",
          file);
    }
    return end;
  }

  private boolean take(String line, String file, long offset, int length) {
    try {
      JsonObject json = JsonParser.parseString(line).getAsJsonObject();
      if (json.has(RETRIED)) {
        failures.remove(json.get(RETRIED).getAsString());
      } else if (json.has(DROPPED)) {
        drop(ManifestJson.parse(json), file, offset, length);
      } else if (json.has("file_name")) {
        Made picture = Made.of(ManifestJson.parse(json), file, offset, length);
        if (file.equals(OutFolder.REJECTED)) {
          reject(picture);
        } else {
          put(picture);
        }
      } else {
        put(new Failure(json.get("source").getAsString(), json.get("reason").getAsString()));
      }
      return true;
    } catch (JsonParseException
        | IllegalArgumentException
        | IllegalStateException
        | NullPointerException
        | UnsupportedOperationException e) { // which Gson throws for what is not as expected
      LOG.debug("Not a line of sgid's: {}", line, e);
      return false;
    }
  }

  /** The journal's line for what is tried again. */
  static String retried(String source) {
    JsonObject json = new JsonObject();
    json.addProperty(RETRIED, source);
    return json + "\n";
  }

  /** The line of a copy that was made and not kept: as of one that was, and said so. */
  static String dropped(ManifestLine line) {
    String json = line.toJson();
    return json.substring(0, json.length() - 1) + ",\"" + DROPPED + "\":true}\n";
  }

  /** Whether a former run did not come to its end. */
  boolean isUnfinished() {
    return unfinished;
  }

  /** Where the journal's last whole line ends. */
  long journalEnd() {
    return journalEnd;
  }

  /** Whether nothing was ever made that is known. */
  boolean isEmpty() {
    return made.isEmpty() && rejected.isEmpty() && dropped.isEmpty();
  }

  /** A picture that is there; null where it is not. */
  @Nullable Made made(PictureId id) {
    return made.get(id);
  }

  /** The pictures, in the order in which they were made. */
  Collection<Made> made() {
    return made.values();
  }

  void put(Made picture) {
    made.put(picture.id(), picture);
  }

  void put(Failure failure) {
    List<Failure> known = failures.computeIfAbsent(failure.source(), source -> new ArrayList<>());
    if (!known.contains(failure)) { // by manifest and journal
      known.add(failure);
    }
  }

  void drop(ManifestLine line, String in, long offset, int length) {
    Verdict verdict = line.verdict();
    dropped
        .computeIfAbsent(PictureId.of(line), id -> new TreeMap<>())
        .put(verdict == null ? 0 : verdict.attempt(), Made.of(line, in, offset, length));
  }

  /** Tries that were not kept, by copy and attempt. */
  Map<PictureId, Map<Integer, Made>> dropped() {
    return dropped;
  }

  /** Forgets some of them. */
  void forgetDropped(Predicate<Made> forgotten) {
    dropped.values().forEach(tries -> tries.values().removeIf(forgotten));
    dropped.values().removeIf(Map::isEmpty);
  }

  /** What a review has put aside, which is not made again. */
  Collection<Made> rejected() {
    return rejected.values();
  }

  /** A picture that is there no more; one of the same name that another original gave stays. */
  private void reject(Made picture) {
    Made now = made.get(picture.id());
    if (now == null || now.isOfSameSource(picture)) {
      made.remove(picture.id());
      rejected.put(picture.id(), picture);
    }
  }

  /** Forgets that a picture was rejected. */
  void allow(PictureId id) {
    rejected.remove(id);
  }

  /** Forgets a picture. */
  void remove(PictureId id) {
    made.remove(id);
  }

  /** Forgets what failed of a source, which is tried again; whether there was anything. */
  boolean retry(String source) {
    return failures.remove(source) != null;
  }

  /** Of what something failed. */
  Set<String> failed() {
    return Set.copyOf(failures.keySet());
  }

  /** Whether an image failed as a whole, or so many copies of it one by one. */
  boolean hasFailed(String source, int copies) {
    List<Failure> known = failures.getOrDefault(source, List.of());
    long single = known.stream().filter(Failure::isOfCopy).count();
    return single < known.size() || single >= copies;
  }

  /** Makes one failure of those of all copies of an image, if they have one reason. */
  void mergeFailures(String source, int copies) {
    List<Failure> all = failures.get(source);
    if (all == null || all.size() != copies) {
      return;
    }
    Set<String> reasons = new TreeSet<>();
    for (int copy = 0; copy < copies; copy++) {
      String beginning = Failure.ofCopy(copy, "");
      String reason = all.get(copy).reason();
      if (!reason.startsWith(beginning)) {
        return;
      }
      reasons.add(reason.substring(beginning.length()));
    }
    if (reasons.size() == 1) {
      failures.put(
          source, new ArrayList<>(List.of(new Failure(source, reasons.iterator().next()))));
    }
  }

  /** Forgets failures. */
  void forget(Collection<Failure> forgotten) {
    failures.values().forEach(list -> list.removeAll(forgotten));
  }

  /** Forgets what failed of all that a data set has no more. */
  void retainFailures(Set<String> sources) {
    failures.keySet().retainAll(sources);
  }

  /** What failed, by the rank of its source. */
  List<Failure> failures(ToIntFunction<String> rank) {
    return failures.entrySet().stream()
        .sorted(Comparator.comparingInt(entry -> rank.applyAsInt(entry.getKey())))
        .flatMap(entry -> entry.getValue().stream())
        .toList();
  }

  /**
   * Writes the lines of all pictures: by the rank of their source, the original first, then its
   * copies. So the manifest does not tell in how many runs it came to be.
   */
  void write(OutputStream manifest, ToIntFunction<String> rank) throws IOException {
    List<Made> sorted = new ArrayList<>(made.values());
    sorted.sort(
        Comparator.comparingInt((Made picture) -> rank.applyAsInt(picture.id().source()))
            .thenComparingInt(picture -> picture.id().copy()));
    try (Lines lines = lines()) {
      OutputStream buffered = new BufferedOutputStream(manifest, 1 << 16);
      for (Made picture : sorted) {
        buffered.write(lines.bytes(picture));
      }
      buffered.flush();
    }
  }

  /** Writes the lines of all tries that were not kept, in the same order. */
  void writeDropped(OutputStream file, ToIntFunction<String> rank) throws IOException {
    List<PictureId> sorted = new ArrayList<>(dropped.keySet());
    sorted.sort(
        Comparator.comparingInt((PictureId id) -> rank.applyAsInt(id.source()))
            .thenComparingInt(PictureId::copy));
    try (Lines lines = lines()) {
      OutputStream buffered = new BufferedOutputStream(file, 1 << 16);
      for (PictureId id : sorted) {
        for (Made picture : dropped.getOrDefault(id, Map.of()).values()) {
          buffered.write(lines.bytes(picture));
        }
      }
      buffered.flush();
    }
  }

  /** Reads lines. */
  Lines lines() {
    return new Lines(out);
  }

  /** Manifest and journal, kept open. */
  static final class Lines implements AutoCloseable {
    private final Path out;
    private final FileLines files = new FileLines();

    Lines(Path out) {
      this.out = out;
    }

    /** The line of a picture as it stands there, with its end. */
    byte[] bytes(Made picture) throws IOException {
      return files.read(out.resolve(picture.in()), picture.offset(), picture.length());
    }

    /** The line of a picture. */
    ManifestLine line(Made picture) {
      try {
        return ManifestLine.parse(new String(bytes(picture), UTF_8));
      } catch (IOException e) {
        throw new UncheckedIOException(
            out.resolve(picture.in()) + " can't be read: " + Reason.of(e), e);
      }
    }

    @Override
    public void close() throws IOException {
      files.close();
    }
  }
}

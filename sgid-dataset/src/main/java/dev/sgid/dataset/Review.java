package dev.sgid.dataset;

import static java.util.Objects.requireNonNull;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import dev.sgid.dataset.History.Made;
import dev.sgid.dataset.internal.out.RealPath;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a person thinks of the pictures of an augmented data set: the file that a {@link
 * dev.sgid.dataset.report.HtmlReport} saves.
 *
 * <p>{@link #apply} moves the rejected ones out of the data set, into {@code OUT-rejected} beside
 * it, and later runs don't make them again. Accepted ones stay as they are.
 *
 * <p>Immutable and thread-safe.
 */
public final class Review {
  private static final String KIND = "sgid-review";
  private static final int FORMAT = 1;

  private final Path file;
  private final JsonObject job;
  private final List<Mark> marks;

  private Review(Path file, JsonObject job, List<Mark> marks) {
    this.file = file;
    this.job = job;
    this.marks = List.copyOf(marks);
  }

  /**
   * A mark.
   *
   * @param fileName of the picture, as the manifest has it
   * @param fileSha256 of its file, as the manifest has it; null where that doesn't say
   * @param reject whether it is rejected
   */
  private record Mark(String fileName, @Nullable String fileSha256, boolean reject) {
    boolean isOf(Made picture) {
      return fileSha256 == null || fileSha256.equals(picture.fileSha256());
    }
  }

  /**
   * What came of it.
   *
   * @param folder where the rejected pictures lie
   * @param rejected how many pictures were put there
   * @param before how many of the marks reject pictures that were rejected before
   * @param accepted how many of the marks accept pictures
   * @param unknown {@code file_name}s of marks of pictures that the data set does not list
   * @param changed {@code file_name}s of marks of pictures that were made anew since, and stay
   */
  public record Applied(
      Path folder,
      int rejected,
      int before,
      int accepted,
      List<String> unknown,
      List<String> changed) {
    public Applied {
      requireNonNull(folder, "folder");
      unknown = List.copyOf(unknown);
      changed = List.copyOf(changed);
    }
  }

  /**
   * Reads a file that a report saved.
   *
   * @throws DatasetException if it can't be read, or is none
   */
  public static Review read(Path file) {
    try {
      JsonElement json = JsonParser.parseString(Files.readString(file));
      if (!(json instanceof JsonObject review) || !KIND.equals(text(review, "kind"))) {
        throw new DatasetException(file + " is no review that a report saved");
      }
      if (review.get("format").getAsInt() != FORMAT) {
        throw new DatasetException(
            file + " is a review of format " + review.get("format") + ", known is " + FORMAT);
      }
      Map<String, Mark> marks = new LinkedHashMap<>(); // the last one counts
      JsonArray array = review.getAsJsonArray("marks");
      for (JsonElement element : array) {
        Mark mark = mark(file, element.getAsJsonObject());
        marks.put(mark.fileName(), mark);
      }
      return new Review(file, review.getAsJsonObject("job"), List.copyOf(marks.values()));
    } catch (IOException e) {
      throw new DatasetException(file + " can't be read: " + Reason.of(e), e);
    } catch (JsonParseException
        | ClassCastException
        | IllegalStateException
        | NullPointerException
        | UnsupportedOperationException e) { // which Gson throws for what is not as expected
      throw new DatasetException(file + " is no review that a report saved: " + e.getMessage(), e);
    }
  }

  private static Mark mark(Path file, JsonObject json) {
    String name = text(json, "file_name");
    String mark = text(json, "mark");
    if (name == null || mark == null || !List.of("accept", "reject").contains(mark)) {
      throw new DatasetException(
          file + ": a mark must have a file_name, and a mark of accept or reject: " + json);
    }
    return new Mark(name, text(json, "file_sha256"), mark.equals("reject"));
  }

  private static @Nullable String text(JsonObject json, String field) {
    return json.get(field) instanceof JsonPrimitive text ? text.getAsString() : null;
  }

  /**
   * Moves the rejected pictures out of a data set. Whatever cuts it short, the same call again ends
   * it; and what it was done for is not done again.
   *
   * @param out the folder that was written; of a split, the split's
   * @throws DatasetException if no run of sgid wrote the folder, a run holds it, or the review is
   *     of another one, saying in what they differ; nothing is changed then
   * @throws UncheckedIOException if a file can't be read or written
   */
  public Applied apply(Path out) {
    requireNonNull(out, "out");
    try {
      Path real = RealPath.of(out);
      FormerJob former = Files.isDirectory(real) ? FormerJob.of(real) : null;
      if (former == null) {
        throw new DatasetException(
            out + " holds no sgid-job.json: it must be a folder that sgid augment wrote");
      }
      requireSame(out, former);
      try (OutLock lock = OutLock.take(real)) {
        return applied(out, real);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "The review can't be applied to " + out + ": " + Reason.of(e), e);
    }
  }

  private void requireSame(Path out, FormerJob former) {
    List<String> differences = former.differences(job);
    if (!differences.isEmpty()) {
      throw new DatasetException(
          file
              + " is a review of other pictures than those in "
              + out
              + ": "
              + String.join("; ", differences));
    }
  }

  private Applied applied(Path out, Path real) throws IOException {
    History history = History.read(real);
    Map<String, Made> made = byName(history.made());
    Map<String, Made> rejected = byName(history.rejected());
    List<Made> chosen = new ArrayList<>();
    List<String> unknown = new ArrayList<>();
    List<String> changed = new ArrayList<>();
    int before = 0;
    int accepted = 0;
    for (Mark mark : marks) {
      Made picture = made.get(mark.fileName());
      Made gone = rejected.get(mark.fileName());
      if (picture != null && mark.isOf(picture)) {
        accepted += mark.reject() ? 0 : 1;
        if (mark.reject()) {
          chosen.add(picture);
        }
      } else if (gone != null && mark.isOf(gone)) {
        before += mark.reject() ? 1 : 0;
      } else {
        (picture == null ? unknown : changed).add(mark.fileName());
      }
    }
    if (unknown.size() + changed.size() == marks.size() && !marks.isEmpty()) {
      throw ofOthers(out, made);
    }
    boolean shards =
        Stream.concat(history.made().stream(), history.rejected().stream())
            .anyMatch(picture -> RejectedPictures.isInShard(real, picture.fileName()));
    if (shards && history.isUnfinished() && !chosen.isEmpty()) {
      throw new DatasetException(
          out + " has shards that are not finished: let sgid augment come to its end first");
    }
    RejectedPictures.decide(real, history, chosen);
    History decided = History.read(real);
    if (shards) {
      RejectedSamples.settle(real, decided);
    } else {
      RejectedPictures.settle(real, decided, true);
    }
    return new Applied(
        RejectedPictures.folder(real), chosen.size(), before, accepted, unknown, changed);
  }

  private DatasetException ofOthers(Path out, Map<String, Made> made) {
    Mark first = marks.get(0);
    Made picture = made.get(first.fileName());
    return new DatasetException(
        file
            + " is a review of other pictures than those in "
            + out
            + ": "
            + first.fileName()
            + (picture == null
                ? " is not there"
                : " has the file_sha256 " + picture.fileSha256() + ", not " + first.fileSha256()));
  }

  private static Map<String, Made> byName(Collection<Made> pictures) {
    Map<String, Made> byName = new HashMap<>();
    pictures.forEach(picture -> byName.put(picture.fileName(), picture));
    return byName;
  }
}

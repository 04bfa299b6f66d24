package dev.sgid.dataset;

import static java.util.function.Function.identity;

import dev.sgid.AugmentRequest;
import dev.sgid.Augmentation;
import dev.sgid.FailedCopy;
import dev.sgid.Outcome;
import dev.sgid.Settings;
import dev.sgid.Sgid;
import dev.sgid.SgidException;
import dev.sgid.dataset.Requests.Read;
import dev.sgid.dataset.internal.duplicate.Fingerprint;
import dev.sgid.dataset.internal.keep.Judge;
import dev.sgid.dataset.internal.keep.Judge.Finding;
import dev.sgid.dataset.internal.keep.Judge.Original;
import dev.sgid.internal.RgbImage;
import dev.sgid.internal.StageEvents;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The copies of one image, as they come: each is looked at, made again if it shall be, and written
 * or not.
 */
final class CopiesOfImage {
  private final Making making;
  private final Sgid sgid;
  private final Judge judge;
  private final Place place;
  private final Read read;
  private final @Nullable Settings settings; // of the image's class; null for the Sgid's
  private final Counts counts;
  private final List<FailedCopy> failed = new ArrayList<>();
  private final Map<Integer, Fingerprint> written = new TreeMap<>(); // by index
  private @Nullable Original original;
  private int taken;

  /**
   * How copies are made.
   *
   * @param whenRejected what becomes of those that are not fit
   * @param imageFormat what they are written as
   * @param decoder of pictures that were written before
   * @param labels what labels mean
   */
  record Making(
      WhenRejected whenRejected, ImageFormat imageFormat, ImageDecoder decoder, Labels labels) {}

  /** Where copies go, and where those made before lie. */
  interface Place {
    /** How many copies of an image there shall be, those made before among them. */
    int copies(Source source);

    /** What a copy is called. */
    String name(Source source, int copy);

    /** The caption that there is of an image; null where it is captioned. */
    @Nullable String caption(Source source);

    /** The file of a copy that a former run wrote; null if there is none. */
    byte @Nullable [] former(Source source, int copy) throws IOException;

    /** Takes a picture; the line as it is then. */
    ManifestLine add(ManifestLine line, byte[] file) throws IOException;

    /** Takes the line of a copy that is not kept. */
    void drop(ManifestLine line) throws IOException;

    /** Takes what went wrong. */
    void add(Failure failure) throws IOException;
  }

  /** Counts what becomes of copies. */
  interface Counts {
    /** A picture was written. */
    void made(ManifestLine line);

    /** A copy is not kept, whatever was tried. */
    void dropped(Source source);

    /** Copies could not be made. */
    void failed(Failure failure, Source source, int copies);

    /** The image is far from all that the pack knows. */
    void far(Source source);
  }

  CopiesOfImage(
      Making making,
      Sgid sgid,
      Judge judge,
      Place place,
      Read read,
      @Nullable Settings settings,
      Counts counts) {
    this.making = making;
    this.sgid = sgid;
    this.judge = judge;
    this.place = place;
    this.read = read;
    this.settings = settings;
    this.counts = counts;
  }

  void take(Outcome outcome) throws IOException {
    if (outcome instanceof FailedCopy copy) {
      settle(copy);
    } else if (outcome instanceof Augmentation copy) {
      settle(copy);
    }
    taken++;
    if (isDone()) {
      listFailures();
    }
  }

  boolean isDone() {
    return taken == read.copies();
  }

  /** What was flagged is dropped whatever is asked for, and not made again: that was tried. */
  private void settle(FailedCopy copy) throws IOException {
    if (!copy.reason().isFlagged()) {
      failed.add(copy);
      return;
    }
    Source source = read.source();
    int attempts = making.whenRejected().attempts(); // as after the last of them
    ManifestLine line =
        ManifestLine.flagged(
            place.name(source, copy.copy()),
            source,
            read.sha256(),
            Sgid.identity(read.image()),
            copy,
            place.caption(source),
            new Verdict(null, null, attempts, false, copy.reason().getMessage()));
    place.drop(line);
    counts.dropped(source);
  }

  /** Has a copy made as often as it is allowed to, until it is fit. */
  private void settle(Augmentation first) throws IOException {
    int index = first.copy();
    Map<Integer, Fingerprint> before = before(index);
    Augmentation copy = first;
    for (int attempt = 0; ; attempt++) {
      Finding finding = judge.judge(original(), copy, attempt, before);
      Verdict verdict = finding.verdict();
      ManifestLine line =
          ManifestLine.copy(place.name(read.source(), index), read.source(), read.sha256(), copy)
              .withVerdict(index, verdict);
      boolean isDropped = making.whenRejected().isDropped() || finding.showsNothing();
      if (verdict.kept() || !isDropped) {
        write(index, line, copy, finding.fingerprint());
        return;
      }
      place.drop(line);
      if (attempt == making.whenRejected().attempts()) {
        counts.dropped(read.source());
        return;
      }
      Outcome next = again(first, attempt + 1);
      if (!(next instanceof Augmentation made)) {
        settle(new FailedCopy(first.id(), first.label(), index, ((FailedCopy) next).reason()));
        return;
      }
      copy = made;
    }
  }

  /** Makes a copy once more, with what the first try found of its original. */
  private Outcome again(Augmentation first, int attempt) {
    Settings of = settings == null ? sgid.settings() : settings;
    return sgid.augmentAll(
            List.of(
                AugmentRequest.of(read.image(), making.labels().text(read.source().label()))
                    .withId(first.id())
                    .withFirstCopy(making.whenRejected().index(first.copy(), attempt))
                    .withCaption(first.caption())
                    .withSettings(
                        of.withGeneration(g -> making.whenRejected().settings(g, attempt)))))
        .get(0);
  }

  private Original original() {
    if (original == null) {
      original = judge.original(read.source(), read.image());
    }
    return original;
  }

  /** The copies before one, also those that former runs wrote. */
  private Map<Integer, Fingerprint> before(int index) throws IOException {
    for (int other = 0; other < index; other++) {
      byte[] former = written.containsKey(other) ? null : place.former(read.source(), other);
      if (former != null) {
        written.put(other, fingerprint(former));
      }
    }
    return written;
  }

  private Fingerprint fingerprint(byte[] picture) throws IOException {
    return Fingerprint.of(RgbImage.of(making.decoder().decode(picture)));
  }

  private void write(int index, ManifestLine line, Augmentation copy, Fingerprint made)
      throws IOException {
    StageEvents.Subject subject =
        new StageEvents.Subject(read.source().source(), read.source().label(), index);
    byte[] file;
    ManifestLine placed;
    try (StageEvents events = StageEvents.begin(StageEvents.WRITE, List.of(subject), identity())) {
      file = making.imageFormat().encode(copy.image());
      placed = place.add(line, file);
    }
    // as a later run would see it
    written.put(index, making.imageFormat().isLossless() ? made : fingerprint(file));
    double distance = copy.domainDistance().orElse(0);
    if (sgid.domain().map(domain -> distance > domain.far()).orElse(false)) {
      counts.far(read.source());
    }
    counts.made(placed);
  }

  /** One line where all failed for one reason, which is the image's then, else one each. */
  private void listFailures() throws IOException {
    List<String> reasons = failed.stream().map(copy -> reason(copy.reason())).distinct().toList();
    if (failed.size() == place.copies(read.source()) && reasons.size() == 1) {
      fail(reasons.get(0), failed.size());
      return;
    }
    for (FailedCopy copy : failed) {
      fail(Failure.ofCopy(copy.copy(), reason(copy.reason())), 1);
    }
  }

  private void fail(String reason, int copies) throws IOException {
    Failure failure = new Failure(read.source().source(), reason);
    place.add(failure);
    counts.failed(failure, read.source(), copies);
  }

  private static String reason(SgidException e) {
    return e.stage() + ": " + e.getMessage();
  }
}

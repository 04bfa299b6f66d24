package dev.sgid.dataset.evaluate;

import dev.sgid.AugmentRequest;
import dev.sgid.Augmentation;
import dev.sgid.AugmentationStream;
import dev.sgid.FailedCopy;
import dev.sgid.Outcome;
import dev.sgid.Settings;
import dev.sgid.Sgid;
import dev.sgid.Size;
import dev.sgid.ZeroShot;
import dev.sgid.dataset.DatasetException;
import dev.sgid.dataset.Failure;
import dev.sgid.dataset.JobProgress;
import dev.sgid.dataset.JobProgress.Phase;
import dev.sgid.dataset.Keep;
import dev.sgid.dataset.Source;
import dev.sgid.dataset.evaluate.Chooser.Tried;
import dev.sgid.dataset.evaluate.EvaluationRun.Embedded;
import dev.sgid.dataset.evaluate.Tuning.Cell;
import dev.sgid.dataset.evaluate.Tuning.Choice;
import dev.sgid.dataset.internal.duplicate.Fingerprint;
import dev.sgid.dataset.internal.keep.BoundsOfImages;
import dev.sgid.dataset.internal.keep.ClassProbabilities;
import dev.sgid.dataset.internal.keep.Judge;
import dev.sgid.dataset.internal.keep.Judge.Finding;
import dev.sgid.internal.Reason;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** One tuning: image by image, each at all settings, on one stream. */
final class TuningRun {
  private final Tuner tuner;
  private final Sgid sgid;
  private final List<String> labels;
  private final ZeroShot zeroShot;
  private final List<Source> sample;
  private final List<AtSettings> grid;
  private final Queue<Read> read = new ConcurrentLinkedQueue<>(); // ahead of what is measured
  private final List<Failure> failures = new ArrayList<>();
  private final int pictures;
  private int made;
  private int failed;
  private int originals;

  TuningRun(Tuner tuner, Sgid sgid, List<Settings> grid) {
    this.tuner = tuner;
    this.sgid = sgid;
    Set<String> all = new TreeSet<>();
    tuner.in().forEach(source -> all.add(source.label()));
    this.labels = List.copyOf(all);
    if (labels.size() < 2) {
      throw new DatasetException(
          "There must be two classes or more, so that copies can be taken for the wrong one; "
              + tuner.in().folder()
              + " has "
              + (labels.isEmpty() ? "none" : "only \"" + labels.get(0) + "\""));
    }
    this.zeroShot = sgid.zeroShot(labels.stream().map(this::text).toList());
    this.sample = ClassSample.of(tuner.in(), tuner.sample());
    this.grid = grid.stream().map(AtSettings::new).toList();
    this.pictures = sample.size() * grid.size() * tuner.copies();
  }

  private String text(String label) {
    return tuner.texts().getOrDefault(label, label);
  }

  /**
   * An image of the sample.
   *
   * @param image null where it can't be read
   * @param reason why not
   */
  private record Read(Source source, @Nullable BufferedImage image, String reason) {}

  Tuning run() {
    ClassProbabilities classes = new ClassProbabilities(sgid, labels, this::text);
    Keep keep = Keep.consistent();
    Judge judge =
        new Judge(
            keep,
            new BoundsOfImages(keep, classes)
                .bounds(tuner.in(), this::decoded, sgid, tuner.listener()),
            classes,
            sgid);
    progress(sample.get(0));
    try (AugmentationStream outcomes = sgid.stream(new Requests())) {
      while (outcomes.hasNext()) {
        measure(outcomes, judge);
      }
    }
    dropUnreadable();
    return tuning();
  }

  private Tuning tuning() {
    List<Cell> cells = grid.stream().map(AtSettings::cell).toList();
    Double ofOriginals = cells.get(0).scores().originalsRight();
    double bound =
        tuner
            .leastAgreement()
            .orElseGet(() -> ofOriginals == null ? 0 : Math.max(0, ofOriginals - Tuner.MARGIN));
    Choice choice = new Chooser(grid.stream().map(AtSettings::tried).toList(), bound).choice();
    if (choice == null || ofOriginals == null) {
      throw new DatasetException(
          "No copy could be made of any image of the sample in "
              + tuner.in().folder()
              + "; of "
              + failures.get(0).source()
              + ": "
              + failures.get(0).reason());
    }
    return new Tuning(
        Sgid.version(),
        tuner.in().folder().toString(),
        sgid.pack().name(),
        sgid.packDigest().orElse(null),
        new Evaluation.Judge(
            labels.size(),
            zeroShot.prompt().text(),
            zeroShot.scale().value(),
            zeroShot.scale().origin()),
        originals,
        tuner.copies(),
        ofOriginals,
        Interval.ofShare(ofOriginals, originals),
        bound,
        cells,
        choice,
        failures);
  }

  private BufferedImage decoded(Source source) throws IOException {
    return tuner.decoder().decode(source.bytes());
  }

  /** All pictures of the image that comes next. */
  private void measure(AugmentationStream outcomes, Judge judge) {
    dropUnreadable();
    Read next = read.remove();
    BufferedImage image = next.image();
    if (image == null) {
      throw new AssertionError("There are no pictures of what can't be read");
    }
    Source source = next.source();
    Size size = SmallPicture.size(image);
    Embedded original = embedded(image, size);
    Judge.Original asJudged = judge.original(source, image);
    int label = labels.indexOf(source.label());
    double[] probabilities = zeroShot.probabilities(original.embedding());
    originals++;
    for (AtSettings settings : grid) {
      settings.measures.original(source, label, original.embedding(), probabilities);
      List<Embedded> copies = new ArrayList<>();
      Map<Integer, Fingerprint> before = new HashMap<>();
      for (int i = 0; i < tuner.copies(); i++) {
        Outcome outcome = outcomes.next();
        if (outcome instanceof Augmentation copy) {
          Embedded embedded = embedded(copy.image(), size);
          copies.add(embedded);
          settings.measures.copy(
              Copy.unexplained(source), label, zeroShot.probabilities(embedded.embedding()));
          Finding finding = judge.judge(asJudged, copy, 0, before);
          settings.rejected.add(finding.verdict().kept() ? 0 : 1);
          before.put(i, finding.fingerprint());
          made++;
        } else if (outcome instanceof FailedCopy failure) {
          settings.failed++;
          fail(source, settings.text() + ": " + failure.reason().getMessage(), 1);
        }
        progress(source);
      }
      Double among = settings.measures.distances(label, original, copies);
      settings.byOriginal.add(among == null ? Double.NaN : among);
    }
  }

  private Embedded embedded(BufferedImage image, Size size) {
    return new Embedded(sgid.embedImages(List.of(image)).get(0), SmallPicture.of(image, size));
  }

  private void dropUnreadable() {
    for (Read next = read.peek(); next != null && next.image() == null; next = read.peek()) {
      fail(next.source(), next.reason(), grid.size() * tuner.copies());
      progress(next.source());
      read.remove();
    }
  }

  private void fail(Source source, String reason, int lost) {
    failures.add(new Failure(source.source(), reason));
    failed += lost;
  }

  private void progress(Source source) {
    tuner
        .listener()
        .progressed(
            JobProgress.of(Phase.AUGMENTING, pictures)
                .withDone(made)
                .withFailed(failed)
                .withCurrent(source.source(), source.label()));
  }

  /** Reads images one by one, in the stream's thread, and asks for all their pictures. */
  private final class Requests implements Iterator<AugmentRequest> {
    private final Iterator<Source> left = sample.iterator();
    private @Nullable AugmentRequest image;
    private int asked; // of this image's settings

    @Override
    public boolean hasNext() {
      while ((image == null || asked == grid.size()) && left.hasNext()) {
        image = readNext(left.next());
        asked = 0;
      }
      return image != null && asked < grid.size();
    }

    private @Nullable AugmentRequest readNext(Source source) {
      try {
        BufferedImage decoded = decoded(source);
        AugmentRequest request =
            AugmentRequest.of(decoded, text(source.label()))
                .withCopies(tuner.copies())
                .withCaption(source.caption());
        read.add(new Read(source, decoded, ""));
        return request;
      } catch (IOException e) {
        read.add(new Read(source, null, Reason.of(e)));
        return null;
      }
    }

    @Override
    public AugmentRequest next() {
      AugmentRequest request = hasNext() ? image : null;
      if (request == null) {
        throw new NoSuchElementException("There are no more images");
      }
      return request.withSettings(grid.get(asked++).settings);
    }
  }

  /** What is measured at some settings. */
  private final class AtSettings {
    private final Settings settings;
    private final Measures measures = new Measures(labels, 0);
    private final Mean rejected = new Mean();
    private final List<Double> byOriginal = new ArrayList<>();
    private int failed;

    AtSettings(Settings settings) {
      this.settings = settings;
    }

    String text() {
      return "noise rate " + settings.generation().noiseRate() + ", " + settings.guidance();
    }

    Cell cell() {
      Scores scores = measures.all();
      double[] known =
          byOriginal.stream().mapToDouble(d -> d).filter(d -> !Double.isNaN(d)).toArray();
      return new Cell(
          settings, scores, agreement(scores), Interval.ofMean(known), rejected.value(), failed);
    }

    /** The copies of an original are alike, so they are no cases of their own. */
    private @Nullable Interval agreement(Scores scores) {
      Double share = scores.copiesRight();
      return share == null ? null : Interval.ofShare(share, originals);
    }

    Tried tried() {
      Scores scores = measures.all();
      return new Tried(
          scores.copiesRight(),
          agreement(scores),
          byOriginal.stream().mapToDouble(d -> d).toArray());
    }
  }
}

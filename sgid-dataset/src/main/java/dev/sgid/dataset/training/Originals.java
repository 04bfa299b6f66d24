package dev.sgid.dataset.training;

import dev.sgid.SgidException;
import dev.sgid.Stage;
import dev.sgid.dataset.DatasetException;
import dev.sgid.dataset.DatasetReader;
import dev.sgid.dataset.Failure;
import dev.sgid.dataset.ImageDecoder;
import dev.sgid.dataset.Source;
import dev.sgid.dataset.internal.text.CodePointOrder;
import dev.sgid.internal.Reason;
import dev.sgid.internal.RgbImage;
import dev.sgid.internal.Sha256;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Images of a data set with what identifies them. Each was decoded, and let go.
 *
 * @param classes in the order of their names
 * @param originals by name, in the data set's order
 * @param failures what can't be used
 */
record Originals(List<String> classes, Map<String, Original> originals, List<Failure> failures)
    implements PictureFiles {
  private static final Logger LOG = LoggerFactory.getLogger(TrainingSet.class);
  private static final ImageDecoder DECODER = new ImageDecoder();
  private static final int BATCH = 64; // after so many an interrupt is seen

  /**
   * One of them.
   *
   * @param sha256 of its file
   * @param identity of its pixels
   */
  record Original(Source source, String sha256, String identity) {
    /** The picture, which must be what it was. */
    BufferedImage read() throws IOException {
      return decoded(source, sha256, "the set was opened");
    }
  }

  /** What became of an image. */
  private record Result(@Nullable Original original, @Nullable Failure failure) {}

  /** Looks at all images. */
  static Originals look(DatasetReader in) {
    List<Source> sources = new ArrayList<>();
    in.forEach(sources::add);
    Map<String, Original> originals = new LinkedHashMap<>();
    List<Failure> failures = new ArrayList<>(in.failures());
    for (int from = 0; from < sources.size(); from += BATCH) {
      List<Source> batch = sources.subList(from, Math.min(sources.size(), from + BATCH));
      for (Result result : batch.parallelStream().map(Originals::look).toList()) {
        if (result.original() != null) {
          originals.put(result.original().source().source(), result.original());
        } else if (result.failure() != null) {
          failures.add(result.failure());
        }
      }
      if (Thread.currentThread().isInterrupted()) {
        throw SgidException.cancelled(Stage.DECODE);
      }
    }
    warn(failures);
    if (originals.isEmpty()) {
      throw new DatasetException(
          in.folder()
              + " has no image to train on"
              + (failures.isEmpty() ? "" : ": " + failures.get(0)));
    }
    List<String> classes = classes(sources);
    return new Originals(classes, originals, failures);
  }

  /** All labels, ordered by code point as a job numbers them. */
  static List<String> classes(List<Source> sources) {
    return sources.stream().map(Source::label).distinct().sorted(CodePointOrder.INSTANCE).toList();
  }

  /** Says what is left out. */
  static void warn(List<Failure> failures) {
    failures.forEach(failure -> LOG.warn("Left out: {}: {}", failure.source(), failure.reason()));
  }

  private static Result look(Source source) {
    try {
      byte[] bytes = source.bytes();
      String identity = RgbImage.of(DECODER.decode(bytes)).identity();
      return new Result(new Original(source, Sha256.hex(bytes), identity), null);
    } catch (IOException e) {
      return new Result(null, new Failure(source.source(), Reason.of(e)));
    }
  }

  /**
   * A picture of a data set, which must be what it was.
   *
   * @param sha256 of its file then; null where that is not known
   * @param when that was
   */
  static BufferedImage decoded(Source source, @Nullable String sha256, String when)
      throws IOException {
    byte[] bytes = source.bytes();
    if (sha256 != null && !Sha256.hex(bytes).equals(sha256)) {
      throw new IOException("it has changed since " + when);
    }
    return DECODER.decode(bytes);
  }

  /** Those images as a training set. */
  TrainingSet alone() {
    List<Sample> samples = originals.values().stream().map(this::sample).toList();
    return new TrainingSet(this, classes, samples, failures);
  }

  Sample sample(Original original) {
    Source source = original.source();
    return Sample.original(
        source.source(),
        source.label(),
        classes.indexOf(source.label()),
        source.source(),
        original.identity());
  }

  /** The one that a sample is, or is a copy of. */
  Original of(Sample sample) throws IOException {
    Original original = originals.get(sample.original());
    if (original == null) {
      throw new IOException("it is not of this set");
    }
    return original;
  }

  @Override
  public BufferedImage read(Sample sample) throws IOException {
    return of(sample).read();
  }

  @Override
  public String place(Sample sample) {
    Original original = originals.get(sample.original());
    return original == null ? sample.name() : original.source().file().toString();
  }
}

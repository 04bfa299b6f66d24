package dev.sgid.dataset.evaluate;

import static java.util.Objects.requireNonNull;

import dev.sgid.Sgid;
import dev.sgid.SgidException;
import dev.sgid.Size;
import dev.sgid.Stage;
import dev.sgid.ZeroShot;
import dev.sgid.dataset.DatasetException;
import dev.sgid.dataset.Failure;
import dev.sgid.dataset.JobProgress;
import dev.sgid.dataset.JobProgress.Phase;
import dev.sgid.dataset.Source;
import dev.sgid.dataset.evaluate.Evaluation.Judge;
import dev.sgid.internal.Embeddings;
import dev.sgid.internal.Reason;
import dev.sgid.internal.Sha256;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One evaluation: original by original, each followed by its copies. */
final class EvaluationRun {
  private final Evaluator job;
  private final Sgid sgid;
  private final Copies copies;
  private final Embedder embedder;
  private final List<String> labels;
  private final ZeroShot zeroShot;
  private final Measures measures;
  private final List<Failure> unmatched;
  private final List<Failure> failures;
  private final int total;
  private int done;
  private int failed; // of those, which may be less than there are failures
  private int withoutCopies;

  EvaluationRun(Evaluator job, Sgid sgid, Copies copies) {
    this.job = job;
    this.sgid = sgid;
    this.copies = copies;
    this.embedder = new Embedder(sgid);
    Set<String> all = new TreeSet<>();
    job.in().forEach(source -> all.add(source.label()));
    this.labels = List.copyOf(all);
    requireSomething();
    this.zeroShot =
        sgid.zeroShot(labels.stream().map(l -> job.texts().getOrDefault(l, l)).toList());
    this.measures = new Measures(labels, job.doubts());
    this.unmatched = new ArrayList<>(copies.unmatched());
    this.failures = new ArrayList<>(job.in().failures());
    failures.addAll(copies.failures());
    this.total = job.in().size() + copies.count();
  }

  private void requireSomething() {
    if (labels.isEmpty()) {
      throw new DatasetException(
          "There are no images in " + job.in().folder() + " that can be read");
    }
    if (copies.count() == 0) {
      throw new DatasetException(
          "There is nothing to compare: none of the pictures in "
              + job.out()
              + " belongs to an original in "
              + job.in().folder()
              + copies.unmatched().stream()
                  .findFirst()
                  .map(first -> "; of " + first.source() + ": " + first.reason())
                  .orElse(""));
    }
  }

  Evaluation run() {
    progress("", "");
    for (Source source : job.in()) {
      stopIfInterrupted();
      new Original(source).read();
    }
    embedder.flush();
    return new Evaluation(
        Evaluation.FORMAT,
        Sgid.version(),
        job.in().folder().toString(),
        job.out().toString(),
        sgid.pack().name(),
        sgid.packDigest().orElse(null),
        new Judge(
            labels.size(),
            zeroShot.prompt().text(),
            zeroShot.scale().value(),
            zeroShot.scale().origin()),
        copies.matchedBy(),
        withoutCopies,
        measures.all(),
        measures.classes(),
        measures.histograms(),
        measures.mistaken(),
        measures.doubted(),
        measures.doubts(),
        unmatched,
        failures);
  }

  private static void stopIfInterrupted() {
    if (Thread.currentThread().isInterrupted()) {
      throw SgidException.cancelled(Stage.SIMILARITY);
    }
  }

  private void progress(String current, String label) {
    job.listener()
        .progressed(
            JobProgress.of(Phase.EVALUATING, total)
                .withDone(done - failed)
                .withFailed(failed)
                .withCurrent(current, label));
  }

  private void done(String name, String label) {
    done++;
    progress(name, label);
  }

  private void fail(String name, String label, String reason) {
    failures.add(new Failure(name, reason));
    failed++;
    done(name, label);
  }

  /** An original and its copies, of which those are kept that are not measured yet. */
  private final class Original {
    private final Source source;
    private final int label;
    private @Nullable Size size; // at which pixels are compared; null where it can't be read
    private @Nullable Embedded original;
    private final List<Embedded> pictures = new ArrayList<>();
    private int pending;
    private boolean allRead;

    Original(Source source) {
      this.source = source;
      this.label = labels.indexOf(source.label());
    }

    void read() {
      List<Copy> its = copies.of(source);
      String sha256 = "";
      try {
        byte[] bytes = source.bytes();
        sha256 = its.isEmpty() ? "" : Sha256.hex(bytes);
        BufferedImage image = job.decoder().decode(bytes);
        Size compared = SmallPicture.size(image);
        size = compared;
        if (its.isEmpty()) {
          withoutCopies++;
        }
        embed(
            source.source(),
            image,
            its.isEmpty() ? null : SmallPicture.of(image, compared),
            this::original);
      } catch (IOException e) {
        fail(source.source(), source.label(), reason(e));
      }
      for (Copy copy : its) {
        stopIfInterrupted();
        read(copy, sha256);
      }
      allRead = true;
      measureIfAllAreThere();
    }

    private void read(Copy copy, String sha256) {
      String made = copy.sourceSha256();
      if (made != null && !sha256.isEmpty() && !made.equals(sha256)) {
        leaveOut(copy, "its original, " + source.source() + ", has changed since");
        return;
      }
      try {
        byte[] bytes = copy.picture().bytes();
        if (made == null && Sha256.hex(bytes).equals(sha256)) {
          leaveOut(copy, "it is the original itself, byte by byte");
          return;
        }
        BufferedImage image = job.decoder().decode(bytes);
        SmallPicture small = size == null ? null : SmallPicture.of(image, size);
        embed(copy.name(), image, small, embedded -> copy(copy, embedded));
      } catch (IOException e) {
        fail(copy.name(), source.label(), reason(e));
      }
    }

    private void leaveOut(Copy copy, String reason) {
      unmatched.add(new Failure(copy.name(), reason));
      done(copy.name(), source.label());
    }

    private void embed(
        String name, BufferedImage image, @Nullable SmallPicture small, Consumer<Embedded> taker) {
      pending++;
      embedder.add(
          image,
          new Embedder.Receiver() {
            @Override
            public void embedded(float[] embedding) {
              taker.accept(new Embedded(embedding, small));
              done(name, source.label());
              pending--;
              measureIfAllAreThere();
            }

            @Override
            public void failed(String reason) {
              fail(name, source.label(), reason);
              pending--;
              measureIfAllAreThere();
            }
          });
    }

    private void original(Embedded embedded) {
      original = embedded;
      measures.original(
          source, label, embedded.embedding(), zeroShot.probabilities(embedded.embedding()));
    }

    private void copy(Copy copy, Embedded embedded) {
      pictures.add(embedded);
      measures.copy(copy, label, zeroShot.probabilities(embedded.embedding()));
    }

    private void measureIfAllAreThere() {
      if (allRead && pending == 0) {
        if (original != null) {
          Double ignored = measures.distances(label, requireNonNull(original), pictures);
        }
        allRead = false; // once
      }
    }
  }

  /**
   * A picture as it is compared.
   *
   * @param embedding of length 1
   * @param small null where it is compared with none
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared as a whole
  record Embedded(float[] embedding, @Nullable SmallPicture small) {
    double cosine(Embedded other) {
      return Embeddings.cosine(embedding, other.embedding);
    }

    /** The distance in pixels; those that are compared at all are of one size. */
    double pixels(Embedded other) {
      return requireNonNull(small, "small").distance(requireNonNull(other.small, "small"));
    }
  }

  private static String reason(IOException e) {
    return Reason.of(e);
  }
}

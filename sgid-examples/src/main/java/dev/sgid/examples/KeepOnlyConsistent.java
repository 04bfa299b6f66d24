package dev.sgid.examples;

import static java.util.Objects.requireNonNull;

import dev.sgid.Sgid;
import dev.sgid.dataset.AugmentJob;
import dev.sgid.dataset.JobListener;
import dev.sgid.dataset.JobProgress;
import dev.sgid.dataset.JobSummary;
import dev.sgid.dataset.Keep;
import dev.sgid.dataset.ManifestLine;
import dev.sgid.dataset.Verdict;
import dev.sgid.dataset.WhenRejected;
import java.nio.file.Path;

/**
 * Augments a data set and keeps only copies that still show what their originals do: {@code
 * KeepOnlyConsistent IN OUT}.
 */
public final class KeepOnlyConsistent {
  private KeepOnlyConsistent() {}

  /**
   * Prints which copies were not good enough, and how many were kept.
   *
   * @param args the data set, and the folder to write
   */
  public static void main(String[] args) {
    if (args.length != 2) {
      throw new IllegalArgumentException("Usage: KeepOnlyConsistent IN OUT");
    }
    AugmentJob job =
        AugmentJob.builder(Path.of(args[0]), Path.of(args[1]))
            .withKeep(Keep.consistent().withConsistency(0.8)) // without it, measured on the images
            .whenRejected(WhenRejected.drop()) // or retry(4): made again, then dropped
            .withListener(new Rejections())
            .build();
    // much of the original is drawn anew, so that some copies go wrong
    try (Sgid sgid = Sgid.builder().withGeneration(g -> g.withNoiseRate(0.9)).build()) {
      JobSummary summary = job.run(sgid);
      System.out.printf(
          "%d of %d kept, %d dropped%n", summary.pictures(), summary.planned(), summary.dropped());
    }
  }

  private static final class Rejections implements JobListener {
    @Override
    public void dropped(ManifestLine line) {
      Verdict verdict = requireNonNull(line.verdict()); // copies have one
      System.out.printf("%s: %s%n", line.source(), verdict.rejectReason());
    }

    @Override
    public void progressed(JobProgress progress) {}
  }
}

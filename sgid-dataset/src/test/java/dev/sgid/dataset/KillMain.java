package dev.sgid.dataset;

import dev.sgid.Sgid;
import java.nio.file.Path;

/** A run that tells of each picture, to be killed by a test: {@code IN OUT FORMAT}. */
final class KillMain {
  private KillMain() {}

  public static void main(String[] args) {
    try (Sgid sgid = new FakeStages().sgid()) {
      JobSummary summary = job(Path.of(args[0]), Path.of(args[1]), args[2]).build().run(sgid);
      System.out.println("made " + summary.pictures());
    }
  }

  static AugmentJob.Builder job(Path in, Path out, String format) {
    return AugmentJob.builder(in, out)
        .withCopies(20)
        .withOriginals(true)
        .withFormat(OutputFormat.parse(format))
        .withListener(progress -> System.out.println(progress.done()));
  }
}

package dev.sgid.dataset;

import dev.sgid.Sgid;
import java.nio.file.Path;

/** Augments a data set, in a locale that a test chooses. */
final class LocaleMain {
  private LocaleMain() {}

  public static void main(String[] args) {
    try (Sgid sgid = new FakeStages().sgid()) {
      JobSummary summary =
          AugmentJob.builder(Path.of(args[0]), Path.of(args[1]))
              .withOriginals(true)
              .build()
              .run(sgid);
      System.out.println(summary.pictures() + " " + summary.failures());
    }
  }
}

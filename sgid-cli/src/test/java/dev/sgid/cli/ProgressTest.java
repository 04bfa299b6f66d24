package dev.sgid.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sgid.dataset.JobProgress;
import dev.sgid.dataset.JobProgress.Phase;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private final StringWriter err = new StringWriter();

  @Test
  void progressed_shown_drawsABarForEachPhase() {
    try (Progress progress = Progress.shown(new PrintWriter(err))) {
      progress.progressed(new JobProgress(Phase.CALIBRATING, 5, 3, 0, "a"));
      progress.progressed(new JobProgress(Phase.AUGMENTING, 8, 0, 0, ""));
      progress.stepDone(0, 3, 15, 401);
      progress.progressed(new JobProgress(Phase.AUGMENTING, 8, 7, 1, "b"));
    }

    assertThat(err.toString())
        .contains("Calibrating", "3/5", "Augmenting", "8/8", "images/s", "1 failed")
        .endsWith(System.lineSeparator());
  }

  @Test
  void progressed_narrowTerminal_staysOnOneLine() {
    System.setProperty("sgid.columns", "40");
    try (Progress progress = Progress.shown(new PrintWriter(err))) {
      progress.progressed(new JobProgress(Phase.AUGMENTING, 8, 7, 1, "b"));
    } finally {
      System.clearProperty("sgid.columns");
    }

    assertThat(err.toString().strip().split("\r"))
        .isNotEmpty()
        .allSatisfy(line -> assertThat(line).startsWith("Augmenting").hasSizeLessThan(40));
  }

  @Test
  void progressed_quiet_drawsNothing() {
    try (Progress progress = Progress.of(new PrintWriter(err), true)) {
      progress.progressed(new JobProgress(Phase.AUGMENTING, 8, 0, 0, ""));
      progress.stepDone(0, 3, 15, 401);
    }

    assertThat(err.toString()).isEmpty();
  }
}

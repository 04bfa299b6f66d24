package dev.sgid.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sgid.cli.Progress.Kind;
import dev.sgid.dataset.JobProgress;
import dev.sgid.dataset.JobProgress.Phase;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProgressTest {
  private final StringWriter err = new StringWriter();
  private long now; // nanoseconds

  @AfterEach
  void forgetTheTerminal() {
    System.clearProperty("sgid.columns");
  }

  @Test
  void progressed_bar_isDrawnForEachPhase() {
    try (Progress progress = progress(Kind.BAR)) {
      progress.progressed(JobProgress.of(Phase.CALIBRATING, 5).withDone(3));
      progress.progressed(JobProgress.of(Phase.AUGMENTING, 8));
      after(Duration.ofSeconds(2));
      progress.stepDone(0, 3, 15, 401);
      after(Duration.ofSeconds(2));
      progress.progressed(JobProgress.of(Phase.AUGMENTING, 8).withDone(7).withFailed(1));
    }

    assertThat(lines())
        .anySatisfy(line -> assertThat(line).startsWith("Calibrating  60% [").contains("3/5"))
        .anySatisfy(line -> assertThat(line).contains("0/8, step 3/15"))
        .anySatisfy(
            line ->
                assertThat(line)
                    .startsWith("Augmenting 100% [=")
                    .contains("8/8, 1 failed, 0:00:00 left, 2.00 images/s"));
    assertThat(err.toString()).endsWith(System.lineSeparator());
  }

  @Test
  void bar_partDoneByFormerRuns_ratesWhatThisOneDid() {
    JobProgress progress =
        JobProgress.of(Phase.AUGMENTING, 200).withDone(150).withAlreadyThere(140);

    assertThat(new ProgressText(progress, Duration.ofSeconds(20), "").line())
        .isEqualTo("Augmenting: 150 of 200 pictures, 0:01:40 left, 0.50 images/s");
  }

  @Test
  void progressed_bar_movesWithEachPicture() {
    try (Progress progress = progress(Kind.BAR)) {
      for (int i = 0; i <= 4; i++) {
        progress.progressed(JobProgress.of(Phase.AUGMENTING, 4).withDone(i));
        after(Duration.ofMillis(150));
      }
    }

    assertThat(lines())
        .extracting(line -> line.replaceAll(".*] |,.*| +$", ""))
        .containsSequence("0/4", "1/4", "2/4", "3/4", "4/4");
  }

  @Test
  void progressed_manyAtOnce_drawsFewAndHowItEnds() {
    try (Progress progress = progress(Kind.BAR)) {
      for (int i = 0; i <= 1000; i++) {
        progress.progressed(JobProgress.of(Phase.AUGMENTING, 1000).withDone(i));
      }
    }

    assertThat(lines()).hasSize(2);
    assertThat(lines().get(1)).contains("1000/1000");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 12, 20, 40, 60, 80, 132, 400})
  void progressed_terminalOfAnyWidth_fitsItsLine(int columns) {
    System.setProperty("sgid.columns", Integer.toString(columns));
    int width = columns > 1 ? columns : 80;
    try (Progress progress = progress(Kind.BAR)) {
      progress.progressed(JobProgress.of(Phase.AUGMENTING, 123456));
      after(Duration.ofHours(30));
      progress.stepDone(0, 3, 15, 401);
      progress.progressed(
          JobProgress.of(Phase.AUGMENTING, 123456).withDone(99999).withFailed(2345));
    }

    assertThat(lines()).isNotEmpty().allSatisfy(line -> assertThat(line).hasSize(width - 1));
  }

  @Test
  void bar_narrow_leavesOutWhatMattersLeast() {
    JobProgress progress = JobProgress.of(Phase.AUGMENTING, 200).withDone(100).withFailed(2);
    ProgressText text = new ProgressText(progress, Duration.ofSeconds(10), "step 3/15");

    assertThat(text.bar(100).strip())
        .isEqualTo(
            "Augmenting  51% [===========>           ] 102/200, 2 failed, 0:00:10 left, 10.20"
                + " images/s, step 3/15");
    assertThat(text.bar(60).strip())
        .isEqualTo("Augmenting  51% [=====>    ] 102/200, 2 failed, 0:00:10 left");
    assertThat(text.bar(40).strip()).isEqualTo("Augmenting  51% [=======>      ] 102/200");
    assertThat(text.bar(26).strip()).isEqualTo("Augmenting  51% 102/200");
  }

  @Test
  void bar_droppedAndClass_areShownWhereThereIsRoom() {
    JobProgress progress =
        JobProgress.of(Phase.AUGMENTING, 200)
            .withDone(100)
            .withDropped(2)
            .withCurrent("ankle_boot/1.png", "ankle_boot");
    ProgressText text = new ProgressText(progress, Duration.ofSeconds(10), "step 3/15");

    assertThat(text.line())
        .isEqualTo(
            "Augmenting: 102 of 200 pictures, 2 dropped, 0:00:10 left, 10.20 images/s, ankle_boot,"
                + " step 3/15");
    assertThat(text.bar(100).strip())
        .isEqualTo(
            "Augmenting  51% [=====>    ] 102/200, 2 dropped, 0:00:10 left, 10.20 images/s,"
                + " ankle_boot, step 3/15");
    assertThat(text.bar(79).strip())
        .isEqualTo(
            "Augmenting  51% [======>     ] 102/200, 2 dropped, 0:00:10 left, 10.20 images/s");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a class with a name that is much longer than what a line has room for",
        "\u72ac\u3068\u732b\u306e\u3044\u308b\u98a8\u666f\u306e\u5199\u771f\u3067\u3059",
        "\u001b[31mred\u001b[0m\r\n",
        "\u202eright to left",
        "e\u0301\u0301\u0301",
        "\ud83d\udc36\ud83d\udc36"
      })
  void bar_classOfAnyName_staysOneLineOfItsWidth(String label) {
    JobProgress progress = JobProgress.of(Phase.AUGMENTING, 4).withCurrent("a", label);
    for (int columns = 1; columns <= 100; columns++) {
      String bar = new ProgressText(progress, Duration.ofSeconds(10), "").bar(columns);

      assertThat(Columns.of(bar)).as("%s columns", columns).isEqualTo(columns);
      assertThat(bar).doesNotContainPattern("\\p{Cc}|\\p{Cf}");
    }
  }

  @Test
  void stepDone_afterClose_drawsNothing() {
    Progress progress = progress(Kind.BAR);
    progress.progressed(JobProgress.of(Phase.AUGMENTING, 8).withDone(1));
    progress.close();
    String drawn = err.toString();

    after(Duration.ofSeconds(9));
    progress.stepDone(0, 3, 15, 401);
    progress.progressed(JobProgress.of(Phase.AUGMENTING, 8).withDone(2));
    progress.close();

    assertThat(err).hasToString(drawn);
    assertThat(drawn).endsWith(System.lineSeparator()); // the summary has a line of its own
  }

  @Test
  void progressed_noTerminal_printsALineEveryFewSeconds() {
    try (Progress progress = progress(Kind.LINES)) {
      for (int second = 0; second <= 12; second++) {
        progress.progressed(JobProgress.of(Phase.AUGMENTING, 100).withDone(second));
        after(Duration.ofSeconds(1));
      }
      progress.stepDone(0, 3, 15, 401);
    }

    assertThat(err.toString().lines())
        .containsExactly(
            "Augmenting: 5 of 100 pictures, 0:01:35 left, 1.00 images/s",
            "Augmenting: 10 of 100 pictures, 0:01:30 left, 1.00 images/s");
  }

  @Test
  void stepDone_noTerminalAndSlowModels_printsLinesToo() {
    try (Progress progress = progress(Kind.LINES)) {
      progress.progressed(JobProgress.of(Phase.AUGMENTING, 3));
      after(Duration.ofSeconds(20));
      progress.stepDone(0, 1, 15, 401);
    }

    assertThat(err.toString().lines()).containsExactly("Augmenting: 0 of 3 pictures, step 1/15");
  }

  @Test
  void progressed_quickRunWithoutTerminal_printsNothing() {
    try (Progress progress = progress(Kind.LINES)) {
      progress.progressed(JobProgress.of(Phase.AUGMENTING, 3));
      progress.progressed(JobProgress.of(Phase.AUGMENTING, 3).withDone(3));
    }

    assertThat(err.toString()).isEmpty();
  }

  @Test
  void progressed_quiet_drawsNothing() {
    try (Progress progress = Progress.of(new PrintWriter(err), true)) {
      progress.progressed(JobProgress.of(Phase.AUGMENTING, 8));
      progress.stepDone(0, 3, 15, 401);
    }

    assertThat(err.toString()).isEmpty();
  }

  private Progress progress(Kind kind) {
    return new Progress(new PrintWriter(err), kind, () -> now);
  }

  private void after(Duration time) {
    now += time.toNanos();
  }

  private List<String> lines() {
    return err.toString()
        .lines()
        .flatMap(line -> List.of(line.split("\r")).stream())
        .filter(line -> !line.isEmpty())
        .toList();
  }
}

package dev.sgid.dataset;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BudgetTest extends ResumeRuns {
  BudgetTest(@TempDir Path folder) {
    super(folder);
  }

  @Test
  void allows_whatIsDoneInTime_andNothingAfterThat() {
    AtomicLong now = new AtomicLong();
    Budget budget = new Budget(Duration.ofSeconds(100), now::get);
    now.set(SECONDS.toNanos(20));
    budget.begin();
    assertThat(budget.allows(4, false)).as("no pace is known").isTrue();
    now.set(SECONDS.toNanos(60));
    budget.settle(4); // 10 s each
    assertThat(budget.allows(3, false)).isTrue();
    assertThat(budget.allows(2, false)).as("5 of them are on their way until 110 s").isFalse();
    assertThat(budget.isSpent()).isTrue();
    budget.settle(3);
    assertThat(budget.allows(1, true)).isFalse();
    assertThat(budget.allows(1, false)).as("it has been said").isFalse();
  }

  @Test
  void allows_noPaceIsKnown_waitsForTheFirstPicturesOrTheEnd() throws Exception {
    AtomicLong now = new AtomicLong();
    Budget budget = new Budget(Duration.ofSeconds(100), now::get);
    budget.begin();
    assertThat(budget.allows(8, false)).isTrue();
    FutureTask<Boolean> ninth = new FutureTask<>(() -> budget.allows(1, false));
    new Thread(ninth, "reader").start();
    assertThat(ninth.isDone()).isFalse();
    now.set(SECONDS.toNanos(80)); // 10 s each
    budget.settle(8);
    assertThat(ninth.get(1, TimeUnit.MINUTES)).isTrue();

    Budget slow = new Budget(Duration.ofSeconds(100), now::get);
    assertThat(slow.allows(20, false)).isTrue();
    now.addAndGet(SECONDS.toNanos(101));
    assertThat(slow.allows(1, false)).as("though nothing is settled").isFalse();
    assertThat(slow.isSpent()).isTrue();
  }

  @Test
  void allows_firstPictureTakesLongerThanTheBudget_beginsNoOther() throws Exception {
    AtomicLong now = new AtomicLong();
    Budget budget = new Budget(Duration.ofSeconds(10), now::get);
    budget.begin();
    assertThat(budget.allows(1, false)).isTrue();
    FutureTask<Boolean> second = new FutureTask<>(() -> budget.allows(1, false));
    new Thread(second, "reader").start();
    now.set(SECONDS.toNanos(11)); // and the first one is not done yet
    assertThat(second.get(1, TimeUnit.MINUTES)).isFalse();
    assertThat(budget.isSpent()).isTrue();
  }

  @Test
  void allows_firstPictureIsSlow_waitsForTheOneOnItsWay() throws Exception {
    AtomicLong now = new AtomicLong();
    Budget budget = new Budget(Duration.ofSeconds(60), now::get);
    budget.begin();
    assertThat(budget.allows(1, false)).isTrue();
    now.set(SECONDS.toNanos(30));
    budget.settle(1); // models had to be loaded
    assertThat(budget.allows(1, false)).isTrue();
    FutureTask<Boolean> third = new FutureTask<>(() -> budget.allows(1, false));
    new Thread(third, "reader").start();
    now.set(SECONDS.toNanos(32));
    budget.settle(1); // 16 s each, until 48 s
    assertThat(third.get(1, TimeUnit.MINUTES)).isTrue();
  }

  @Test
  void mostTellingFirst_smallClassesAndFirstCopies_comeFirst() throws IOException {
    for (int i = 0; i < 3; i++) {
      put(in.resolve("a.dog/more" + i + ".png"), new byte[0]);
    }
    DatasetReader reader = DatasetReader.of(in);
    CopyCounts copies = new CopyCounts(reader, label -> 2, null);
    Missing missing = new Missing(History.none(folder), copies::of, true, 0);
    List<String> order = new ArrayList<>();
    Work.failedLast(reader, missing, History.none(folder), copies.most())
        .forEachRemaining(
            task ->
                order.add(
                    task.source().label()
                        + " "
                        + task.ranges().get(0).first()
                        + (task.original() ? " with original" : "")));

    assertThat(order).hasSize(2 * (5 + 7));
    assertThat(order.subList(0, 5)).containsOnly("cat 0 with original");
    assertThat(order.subList(5, 12)).containsOnly("a.dog 0 with original");
    assertThat(order.subList(12, 17)).containsOnly("cat 1");
    assertThat(order.subList(17, 24)).containsOnly("a.dog 1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"folders", "webdataset:images=5"})
  void run_manyBudgets_endWithTheBytesOfOneRunWithoutAny(String format) throws IOException {
    JobSummary ignored = run(folder.resolve("whole"), format, job -> job);
    Path out = folder.resolve("out");
    int runs = 0;
    boolean outOfTime = true;
    while (outOfTime && runs < 30) {
      AtomicLong now = new AtomicLong();
      JobSummary summary =
          run(
              out,
              format,
              job -> job.withBudget(Duration.ofSeconds(20), () -> now.addAndGet(1_000_000_000)));
      outOfTime = summary.outOfTime();
      assertThat(Files.exists(out.resolve(OutFolder.JOURNAL))).isEqualTo(outOfTime);
      runs++;
    }

    assertThat(runs).isBetween(2, 29);
    assertThat(files(out)).isEqualTo(files(folder.resolve("whole")));
  }

  @Test
  void failedLast_passesOverAnImage_becomeOne() throws IOException {
    DatasetReader reader = DatasetReader.of(in);
    CopyCounts copies = new CopyCounts(reader, label -> 2, null);
    Missing missing = new Missing(History.none(folder), copies::of, true, 0);

    List<Work.Task> tasks = new ArrayList<>();
    History history = History.none(folder);
    history.put(new Failure("cat/2.png", "DENOISE: it is broken"));
    Work.failedLast(reader, missing, history, copies.most()).forEachRemaining(tasks::add);

    assertThat(tasks).hasSize(2 * 8 + 1);
    Work.Task last = tasks.get(16);
    assertThat(last.source().source()).isEqualTo("cat/2.png");
    assertThat(last.failedBefore()).isTrue();
    assertThat(last.original()).isTrue();
    assertThat(last.copies()).isEqualTo(2);
  }

  @Test
  void run_budget_makesFirstCopiesFirst() throws IOException {
    Path out = folder.resolve("out");
    AtomicLong now = new AtomicLong();
    UnaryOperator<AugmentJob.Builder> budget =
        job -> job.withBudget(Duration.ofSeconds(11), () -> now.addAndGet(1_000_000_000));

    JobSummary summary = run(out, "folders", budget);

    assertThat(summary.outOfTime()).isTrue();
    assertThat(Files.readAllLines(out.resolve(OutFolder.METADATA)))
        .isNotEmpty()
        .map(ManifestLine::parse)
        .allMatch(line -> line.isOriginal() || Integer.valueOf(0).equals(line.copy()));
    Map<String, String> before = files(out);
    JobSummary rest = run(out, "folders", job -> job);
    assertThat(rest.alreadyThere()).isEqualTo(summary.pictures());
    assertThat(files(out))
        .containsKeys(
            before.keySet().stream().filter(name -> name.endsWith(".png")).toArray(String[]::new));
  }

  @Test
  void run_imageReadForEachCopy_isWarnedOfOnce() throws IOException {
    put(
        in.resolve("cat/moving.gif"),
        TestImages.animatedGif(TestImages.noise(8, 6, 40), TestImages.noise(8, 6, 41)));

    JobSummary summary =
        run(folder.resolve("out"), "folders", job -> job.withBudget(Duration.ofHours(1)));

    assertThat(summary.outOfTime()).isFalse();
    assertThat(summary.warnings())
        .anyMatch(warning -> warning.startsWith("1 image holds more than one picture"));
  }

  @Test
  void withBudget_none_isRefused() {
    assertThatThrownBy(() -> job(folder.resolve("out"), "folders").withBudget(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("budget must be above 0, is PT0S");
  }
}

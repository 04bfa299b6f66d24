package dev.sgid.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Runs that go on where others stopped. What kill -9 leaves is a copy of the folder, taken in the
 * middle of a run.
 */
class ResumeTest extends ResumeRuns {
  ResumeTest(@TempDir Path folder) {
    super(folder);
  }

  @ParameterizedTest
  @ValueSource(strings = {"folders", "webdataset:images=5", "webdataset"})
  void run_killedAnywhere_endsWithTheBytesOfAnUndisturbedRun(String format) throws IOException {
    List<Path> killed = new ArrayList<>();
    Path whole = folder.resolve("whole");
    JobListener killing =
        progress -> {
          Path copy = folder.resolve("killed-" + killed.size());
          copy(whole, copy);
          killed.add(copy);
        };
    JobSummary undisturbed = run(whole, format, job -> job.withListener(killing));

    assertThat(undisturbed.alreadyThere()).isZero();
    assertThat(killed).hasSizeGreaterThan(14);
    for (Path out : killed) {
      JobSummary resumed = run(out, format, job -> job);

      assertThat(files(out)).as("%s", out).isEqualTo(files(whole));
      assertThat(resumed.alreadyThere() + resumed.pictures()).isEqualTo(undisturbed.pictures());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"folders", "webdataset:images=5"})
  void run_damaged_isMended(String format) throws IOException {
    Path whole = folder.resolve("whole");
    JobSummary ignored = run(whole, format, job -> job);
    List<Path> pictures =
        list(whole).filter(file -> file.toString().matches(".*(png|tar)")).toList();
    Random random = new Random(8);
    for (int i = 0; i < 60; i++) {
      Path out = folder.resolve("damaged-" + i);
      copy(whole, out);
      Path file = out.resolve(whole.relativize(pictures.get(random.nextInt(pictures.size()))));
      damage(file, i % 3, random);

      JobSummary mended = run(out, format, job -> job);

      assertThat(files(out)).as("%s, damage %s", file, i % 3).isEqualTo(files(whole));
      assertThat(mended.failures()).isEqualTo(2);
    }
  }

  @Test
  void run_journalTorn_endsWithTheSameBytes() throws IOException {
    Path whole = folder.resolve("whole");
    Path half = folder.resolve("half");
    JobSummary ignored =
        run(whole, "folders", job -> job.withListener(p -> copyOnce(makes(p, 9), whole, half)));
    byte[] journal = Files.readAllBytes(half.resolve(OutFolder.JOURNAL));
    for (int length = 0; length < journal.length; length += 97) {
      Path out = folder.resolve("torn-" + length);
      copy(half, out);
      byte[] torn = new byte[journal.length]; // zeros, as file systems leave them
      System.arraycopy(journal, 0, torn, 0, length);
      Files.write(out.resolve(OutFolder.JOURNAL), torn);

      JobSummary resumed = run(out, "folders", job -> job);

      assertThat(files(out)).as("torn at %s", length).isEqualTo(files(whole));
      assertThat(resumed.cancelled()).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"folders", "webdataset:images=5"})
  void run_interruptedTwice_endsWithTheSameBytes(String format) throws IOException {
    Path whole = folder.resolve("whole");
    Path out = folder.resolve("out");
    JobSummary undisturbed = run(whole, format, job -> job);

    for (int stop : new int[] {4, 11}) {
      JobSummary stopped = run(out, format, job -> job.withListener(p -> interrupt(p, stop)));
      assertThat(Thread.interrupted()).isTrue();
      assertThat(stopped.cancelled()).isTrue();
      assertThat(out.resolve(OutFolder.JOURNAL)).exists();
      assertThat(Files.readAllLines(out.resolve("metadata.jsonl"))).isNotEmpty();
    }
    JobSummary last = run(out, format, job -> job);

    assertThat(files(out)).isEqualTo(files(whole));
    assertThat(last.pictures() + last.alreadyThere()).isEqualTo(undisturbed.pictures());
  }

  @ParameterizedTest
  @ValueSource(strings = {"folders", "webdataset:images=5"})
  void run_interruptedWhileItLooks_losesNothing(String format) throws IOException {
    Path out = folder.resolve("out");
    JobSummary ignored = run(out, format, job -> job);
    Map<String, String> files = files(out);

    JobSummary stopped = run(out, format, job -> job.withListener(p -> interruptAtTheEnd(p)));

    assertThat(Thread.interrupted()).isTrue();
    assertThat(stopped.cancelled()).isTrue();
    JobSummary again = run(out, format, job -> job);
    assertThat(again.pictures()).isZero();
    assertThat(files(out)).isEqualTo(files);
  }

  private static void interruptAtTheEnd(JobProgress progress) {
    if (progress.phase() == JobProgress.Phase.CHECKING && progress.done() == progress.total()) {
      Thread.currentThread().interrupt(); // the pictures are looked at next
    }
  }

  @Test
  void run_nothingMissing_makesNothing() throws IOException {
    Path out = folder.resolve("out");
    JobSummary first = run(out, "folders", job -> job);
    Map<String, String> files = files(out);

    JobSummary again = run(out, "folders", job -> job);

    assertThat(again.pictures()).isZero();
    assertThat(again.alreadyThere()).isEqualTo(first.pictures());
    assertThat(again.failures()).isEqualTo(first.failures());
    assertThat(files(out)).isEqualTo(files);
  }

  @Test
  void run_goesOn_progressBeginsAtWhatIsThere() throws IOException {
    Path out = folder.resolve("out");
    JobSummary first = run(out, "folders", job -> job);
    List<JobProgress> heard = new ArrayList<>();

    JobSummary more = run(out, "folders", job -> job.withCopies(3).withListener(p -> heard.add(p)));

    assertThat(heard)
        .filteredOn(p -> p.phase() == JobProgress.Phase.CHECKING)
        .last()
        .extracting(JobProgress::done)
        .isEqualTo(8); // images
    assertThat(heard)
        .filteredOn(p -> p.phase() == JobProgress.Phase.VERIFYING)
        .last()
        .satisfies(p -> assertThat(p.done()).isEqualTo(p.total()))
        .extracting(JobProgress::total)
        .isEqualTo(Files.readAllLines(out.resolve("metadata.jsonl")).size() - more.pictures());
    assertThat(heard)
        .filteredOn(p -> p.phase() == JobProgress.Phase.AUGMENTING)
        .allSatisfy(p -> assertThat(p.alreadyThere()).isEqualTo(first.pictures()))
        .first()
        .isEqualTo(
            JobProgress.of(JobProgress.Phase.AUGMENTING, 27)
                .withDone(first.pictures())
                .withAlreadyThere(first.pictures()));
    assertThat(more.pictures()).isEqualTo(7);
  }

  @Test
  void run_failedBeforeAndThenMade_isNoFailureAnyMore() throws IOException {
    Path whole = folder.resolve("whole");
    Path out = folder.resolve("out");
    Path killed = folder.resolve("killed");
    Path again = folder.resolve("again");
    stages.generator.withBroken(request -> false);
    JobSummary ignored = run(whole, "folders", job -> job);
    stages.breakCorner(TestImages.noise(8, 6, 10).getRGB(0, 0) & 0xffffff); // of a.dog
    JobSummary failing =
        run(out, "folders", job -> job.withListener(p -> copyOnce(makes(p, 9), out, killed)));
    stages.generator.withBroken(request -> false);

    JobSummary made =
        run(killed, "folders", job -> job.withListener(p -> copyOnce(makes(p, 12), killed, again)));
    JobSummary last = run(again, "folders", job -> job);

    assertThat(failing.failures()).isEqualTo(2);
    assertThat(made.failures()).isEqualTo(1); // the broken file
    assertThat(last.failures()).isEqualTo(1);
    assertThat(files(again)).isEqualTo(files(whole)).isEqualTo(files(killed));
  }

  @Test
  void run_stoppedAfterFailures_listsThemOnce() throws IOException {
    Path out = folder.resolve("out");
    JobSummary whole = run(out, "folders", job -> job);
    for (int i = 0; i < 3; i++) {
      JobSummary stopped =
          run(out, "folders", job -> job.withCopies(3).withListener(p -> interrupt(p, 16)));
      assertThat(Thread.interrupted()).isTrue();
      assertThat(stopped.failures()).isEqualTo(whole.failures());
    }
    assertThat(Files.readAllLines(out.resolve("failures.jsonl"))).hasSize(2);
  }

  private static void interrupt(JobProgress progress, int stop) {
    if (progress.phase() == JobProgress.Phase.AUGMENTING && progress.done() == stop) {
      Thread.currentThread().interrupt();
    }
  }

  private static void damage(Path file, int how, Random random) throws IOException {
    if (how == 0) {
      Files.delete(file);
      return;
    }
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      long at = random.nextLong(bytes.length());
      if (how == 1) {
        bytes.setLength(at);
      } else {
        bytes.seek(at);
        int before = bytes.read();
        bytes.seek(at);
        bytes.write(before ^ 1 << random.nextInt(8));
      }
    }
  }
}

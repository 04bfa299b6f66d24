package dev.sgid.dataset;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sgid.Sgid;
import dev.sgid.internal.Sha256;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Runs that go on where others stopped. What kill -9 leaves is a copy of the folder, taken in the
 * middle of a run.
 */
class ResumeTest {
  private final FakeStages stages = new FakeStages();
  private final Path folder;
  private final Path in;

  ResumeTest(@TempDir Path folder) {
    this.folder = folder;
    this.in = folder.resolve("in");
  }

  @BeforeEach
  void dataset() throws IOException {
    for (int i = 0; i < 4; i++) {
      put(in.resolve("cat/" + i + ".png"), TestImages.encode(TestImages.noise(8, 6, i), "png"));
      put(
          in.resolve("a.dog/" + i + ".png"),
          TestImages.encode(TestImages.noise(8, 6, 9 + i), "png"));
    }
    put(in.resolve("cat/broken.png"), new byte[] {1, 2, 3});
    stages.breakCorner(TestImages.noise(8, 6, 2).getRGB(0, 0) & 0xffffff);
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
        run(whole, "folders", job -> job.withListener(p -> copyOnce(p.done() == 9, whole, half)));
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
        .filteredOn(p -> p.phase() == JobProgress.Phase.AUGMENTING)
        .allSatisfy(p -> assertThat(p.alreadyThere()).isEqualTo(first.pictures()))
        .first()
        .isEqualTo(
            new JobProgress(
                JobProgress.Phase.AUGMENTING, 27, first.pictures(), 0, first.pictures(), ""));
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
        run(out, "folders", job -> job.withListener(p -> copyOnce(p.done() == 9, out, killed)));
    stages.generator.withBroken(request -> false);

    JobSummary made =
        run(
            killed,
            "folders",
            job -> job.withListener(p -> copyOnce(p.done() == 12, killed, again)));
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

  @Test
  void run_moreCopies_makesTheMissingOnes() throws IOException {
    Path out = folder.resolve("out");
    Path whole = folder.resolve("whole");
    JobSummary ignored = run(out, "folders", job -> job);

    JobSummary more = run(out, "folders", job -> job.withCopies(5));
    JobSummary atOnce = run(whole, "folders", job -> job.withCopies(5));

    assertThat(files(out)).isEqualTo(files(whole));
    assertThat(more.pictures()).isEqualTo(7 * 3);
    assertThat(more.alreadyThere() + more.pictures()).isEqualTo(atOnce.pictures());
  }

  @Test
  void run_datasetChanged_addsMakesAnewAndKeeps() throws IOException {
    Path out = folder.resolve("out");
    JobSummary ignored = run(out, "folders", job -> job);
    byte[] other = TestImages.encode(TestImages.noise(8, 6, 77), "png");
    put(in.resolve("bird/new.png"), other);
    put(in.resolve("cat/1.png"), other);
    put(in.resolve("cat/broken.png"), TestImages.encode(TestImages.noise(8, 6, 78), "png"));
    Files.delete(in.resolve("cat/3.png"));

    JobSummary grown = run(out, "folders", job -> job);

    assertThat(grown.changed()).containsExactly("cat/1.png");
    assertThat(grown.removed()).containsExactly("cat/3.png");
    assertThat(grown.pictures()).isEqualTo(6);
    List<ManifestLine> lines = lines(out);
    assertThat(lines)
        .extracting(ManifestLine::source)
        .contains("bird/new.png", "cat/broken.png", "cat/3.png");
    assertThat(lines)
        .filteredOn(line -> line.source().equals("cat/1.png"))
        .extracting(ManifestLine::sourceSha256)
        .containsOnly(Sha256.hex(other));
    assertThat(out.resolve("failures.jsonl")).content().doesNotContain("broken");
    assertEachIsWhole(out, lines);
  }

  @Test
  void run_originalAddedOfTheSameStem_takesNobodysName() throws IOException {
    Path out = folder.resolve("out");
    JobSummary ignored = run(out, "folders", job -> job);
    put(in.resolve("cat/1.bmp"), TestImages.encode(TestImages.noise(8, 6, 79), "bmp"));

    JobSummary grown = run(out, "folders", job -> job);

    assertThat(grown.pictures()).isEqualTo(2);
    assertThat(lines(out)).extracting(ManifestLine::fileName).doesNotHaveDuplicates();
    assertEachIsWhole(out, lines(out));
  }

  @Test
  void run_shardsAfterAnAddition_areNew() throws IOException {
    Path out = folder.resolve("out");
    JobSummary ignored = run(out, "webdataset", job -> job);
    String before = Sha256.hex(Files.readAllBytes(out.resolve("shard-000000.tar")));
    put(in.resolve("ant/new.png"), TestImages.encode(TestImages.noise(8, 6, 77), "png"));

    JobSummary grown = run(out, "webdataset", job -> job);

    assertThat(grown.pictures()).isEqualTo(2);
    assertThat(Sha256.hex(Files.readAllBytes(out.resolve("shard-000000.tar")))).isEqualTo(before);
    assertThat(out.resolve("shard-000001.tar")).exists();
    assertThat(out.resolve("sgid-job.json")).content().containsSubsequence("a.dog", "cat", "ant");
  }

  @Test
  void run_otherSettings_isRefusedWithTheDifference() throws IOException {
    Path out = folder.resolve("out");
    JobSummary ignored = run(out, "folders", job -> job);
    Map<String, String> files = files(out);

    assertThatThrownBy(
            () -> {
              try (Sgid other =
                  stages.builder().withSeed(7).withGeneration(g -> g.withNoiseRate(0.6)).build()) {
                JobSummary unused = job(out, "folders").build().run(other);
              }
            })
        .isInstanceOf(DatasetException.class)
        .hasMessage(
            out
                + " was begun with other settings: seed was 0, is 7; noise_rate was 0.5, is 0.6."
                + " Go on with the same ones, choose another folder, or begin anew (--overwrite)");
    assertThatThrownBy(() -> run(out, "folders", job -> job.withCopies(1)))
        .hasMessageContaining("copies was 2, is 1 (may only grow)");
    assertThatThrownBy(() -> run(out, "webdataset", job -> job))
        .hasMessageContaining("writer was \"folders\", is \"webdataset\"");
    assertThat(files(out)).isEqualTo(files);
  }

  @Test
  void run_calibrated_keepsTheBoundsThatWereFound() throws IOException {
    Path out = folder.resolve("out");
    UnaryOperator<AugmentJob.Builder> calibrated =
        job -> job.withGuidance(CalibratedGuidance.parse("calibrated:0,1,3,7"));
    JobSummary ignored = run(out, "folders", calibrated);
    String job = Files.readString(out.resolve("sgid-job.json"));
    put(in.resolve("cat/white.png"), TestImages.encode(TestImages.halves(8, 6), "png"));

    JobSummary grown = run(out, "folders", calibrated);

    assertThat(grown.pictures()).isEqualTo(2);
    assertThat(Files.readString(out.resolve("sgid-job.json"))).isEqualTo(job);
    assertThatThrownBy(
            () ->
                run(
                    out,
                    "folders",
                    j -> j.withGuidance(CalibratedGuidance.parse("calibrated:0,1,3,8"))))
        .hasMessageContaining("guidance_requested was \"calibrated:0,1,3,7\"");
  }

  @Test
  void run_anotherDataset_isRefused() throws IOException {
    Path out = folder.resolve("out");
    JobSummary ignored = run(out, "folders", job -> job);
    Path other = folder.resolve("other");
    put(other.resolve("cow/x.png"), TestImages.encode(TestImages.noise(8, 6, 1), "png"));

    assertThatThrownBy(
            () -> {
              try (Sgid sgid = stages.sgid()) {
                JobSummary unused =
                    AugmentJob.builder(other, out)
                        .withCopies(2)
                        .withOriginals(true)
                        .build()
                        .run(sgid);
              }
            })
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("holds pictures of another data set");
  }

  // What the tests are made of

  private AugmentJob.Builder job(Path out, String format) {
    return AugmentJob.builder(in, out)
        .withCopies(2)
        .withOriginals(true)
        .withFormat(OutputFormat.parse(format));
  }

  private JobSummary run(Path out, String format, UnaryOperator<AugmentJob.Builder> change) {
    try (Sgid sgid = stages.sgid()) {
      return change.apply(job(out, format)).build().run(sgid);
    }
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

  private static void assertEachIsWhole(Path out, List<ManifestLine> lines) throws IOException {
    for (ManifestLine line : lines) {
      assertThat(Sha256.hex(Files.readAllBytes(out.resolve(line.fileName()))))
          .isEqualTo(line.fileSha256());
    }
    assertThat(list(out).filter(file -> out.relativize(file).getNameCount() > 1))
        .hasSize(lines.size());
  }

  private static List<ManifestLine> lines(Path out) throws IOException {
    return Files.readAllLines(out.resolve("metadata.jsonl"), UTF_8).stream()
        .map(ManifestLine::parse)
        .toList();
  }

  private static void put(Path file, byte[] bytes) throws IOException {
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
  }

  private static void copyOnce(boolean now, Path from, Path to) {
    if (now && !Files.exists(to)) {
      copy(from, to);
    }
  }

  private static void copy(Path from, Path to) {
    try {
      for (Path file : list(from).filter(f -> !f.endsWith(OutLock.NAME)).toList()) {
        put(to.resolve(from.relativize(file).toString()), Files.readAllBytes(file));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<Path> list(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(folder)) {
      files = all.filter(Files::isRegularFile).sorted().toList();
    }
    return files.stream();
  }

  /** All files by name, as hashes. */
  static Map<String, String> files(Path folder) throws IOException {
    Map<String, String> files = new TreeMap<>();
    for (Path file : list(folder).toList()) {
      files.put(folder.relativize(file).toString(), Sha256.hex(Files.readAllBytes(file)));
    }
    return files;
  }
}

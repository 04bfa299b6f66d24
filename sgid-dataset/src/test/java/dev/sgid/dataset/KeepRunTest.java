package dev.sgid.dataset;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sgid.Fit;
import dev.sgid.Img2ImgRequest;
import dev.sgid.Img2ImgResult;
import dev.sgid.Sgid;
import dev.sgid.SgidException;
import dev.sgid.Size;
import dev.sgid.Stage;
import dev.sgid.TimestepSpacing;
import dev.sgid.dataset.internal.keep.Judge;
import dev.sgid.internal.RgbImage;
import dev.sgid.testing.FakeCaptioner;
import dev.sgid.testing.FakeGenerator;
import dev.sgid.testing.FakeScorer;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Red images are cats and green ones are dogs, to a scorer that sees the mean color. The generator
 * makes noise of its seed, of the color that a test wants for a seed's last digit.
 */
class KeepRunTest {
  private static final int CAT = 0xc02020;
  private static final int DOG = 0x20c020;
  private static final int FLAGGED = -2; // by a safety checker

  private final Path in;
  private final Path out;
  private final FakeGenerator generator = new FakeGenerator().withLanes(1, 1);
  private final Map<Long, Integer> colors = new HashMap<>(); // by the call for an image

  KeepRunTest(@TempDir Path folder) {
    this.in = folder.resolve("in");
    this.out = folder.resolve("out");
  }

  @BeforeEach
  void dataset() throws IOException {
    for (int i = 0; i < 6; i++) {
      put(in.resolve("cat/" + i + ".png"), image(CAT, i));
      put(in.resolve("dog/" + i + ".png"), image(DOG, 10 + i));
    }
  }

  @Test
  void run_copiesOfAnotherClass_areRecordedWithNumbersAndReason() throws IOException {
    JobSummary summary = run(request -> isFirst(request) ? DOG : CAT, job -> job);

    assertThat(summary.pictures()).isEqualTo(24);
    assertThat(summary.doubtful()).isEqualTo(12); // a copy of each cat, the other of each dog
    ManifestLine cat = lines("metadata.jsonl").get(0);
    assertThat(verdict(cat).kept()).isFalse();
    assertThat(verdict(cat).attempt()).isZero();
    assertThat(verdict(cat).labelProbability()).isLessThan(0.01);
    assertThat(verdict(cat).rejectReason())
        .matches(
            "consistency 0\\.\\d{4} is below 0\\.\\d+; label probability 0\\.00\\d\\d is below"
                + " [01]\\.\\d{4}, it looks like \"dog\" \\([01]\\.\\d\\d\\)");
    assertThat(verdict(lines("metadata.jsonl").get(1)))
        .extracting(Verdict::kept, Verdict::rejectReason)
        .containsExactly(true, null);
    assertThat(Files.readString(out.resolve("sgid-job.json")))
        .contains(
            "\"keep\": \"consistent:consistency=0.9\"",
            "\"when_rejected\": \"record\"",
            "\"keep_bounds\": {");
    assertThat(out.resolve("dropped.jsonl")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"folders", "webdataset:images=5"})
  void run_drop_doesNotWriteThemAndGoesOnWithoutThem(String format) throws IOException {
    UnaryOperator<AugmentJob.Builder> drop =
        job -> job.whenRejected(WhenRejected.drop()).withFormat(OutputFormat.parse(format));
    JobSummary summary = run(request -> isFirst(request) ? DOG : CAT, drop);

    assertThat(summary.pictures()).isEqualTo(12);
    assertThat(summary.dropped()).isEqualTo(12);
    assertThat(lines("metadata.jsonl")).hasSize(12).allMatch(line -> verdict(line).kept());
    assertThat(lines("dropped.jsonl")).hasSize(12).noneMatch(line -> verdict(line).kept());
    Map<String, String> before = ResumeRuns.files(out);
    colors.clear();

    JobSummary again = run(request -> CAT, drop);

    assertThat(colors).as("nothing is made again").isEmpty();
    assertThat(again.dropped()).isEqualTo(12);
    assertThat(again.alreadyThere()).isEqualTo(12);
    assertThat(ResumeRuns.files(out)).isEqualTo(before);
  }

  @Test
  void run_retry_triesOtherSeedsThenLessNoiseThenDrops() throws IOException {
    int fitAt = 3; // the third call for a picture gives what it shall
    Map<String, Integer> calls = new HashMap<>();
    JobSummary summary =
        run(
            request -> {
              int color = color(request.image());
              int call = calls.merge(color + " " + request.image().getRGB(1, 1), 1, Integer::sum);
              return color == DOG ? CAT : call % fitAt == 0 ? CAT : DOG;
            },
            job -> job.withCopies(1).whenRejected(WhenRejected.retry(4)));

    assertThat(summary.pictures()).isEqualTo(6);
    assertThat(summary.dropped()).isEqualTo(6);
    assertThat(lines("metadata.jsonl"))
        .hasSize(6)
        .allMatch(line -> line.label().equals("cat") && verdict(line).attempt() == 2)
        .allSatisfy(line -> assertThat(line.copy()).isZero())
        .allSatisfy(line -> assertThat(line.noiseRate()).isEqualTo(0.5));
    List<ManifestLine> dropped = lines("dropped.jsonl");
    assertThat(dropped).hasSize(6 * 2 + 6 * 5);
    assertThat(dropped.subList(12, 17))
        .extracting(line -> verdict(line).attempt())
        .containsExactly(0, 1, 2, 3, 4);
    assertThat(dropped.subList(12, 17)).extracting(ManifestLine::seed).doesNotHaveDuplicates();
    assertThat(dropped.get(16).noiseRate()).isLessThan(0.33);
  }

  @ParameterizedTest
  @ValueSource(strings = {"record", "retry:1"})
  void run_pictureOfASingleColor_isNeverWritten(String policy) throws IOException {
    JobSummary summary =
        run(
            request -> isFirst(request) ? -1 : color(request.image()),
            job -> job.withKeep(Keep.all()).whenRejected(WhenRejected.parse(policy)));

    assertThat(summary.dropped() + summary.pictures()).isEqualTo(24);
    assertThat(lines("dropped.jsonl"))
        .isNotEmpty()
        .allMatch(line -> "it is of a single color".equals(verdict(line).rejectReason()));
    for (ManifestLine line : lines("metadata.jsonl")) {
      BufferedImage picture = new ImageDecoder().read(out.resolve(line.fileName()));
      assertThat(Judge.isSingleColor(RgbImage.of(picture))).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"record", "drop", "retry:2"})
  void run_flaggedEachTime_isDroppedWhateverIsAskedForAndNotMadeAgain(String policy)
      throws IOException {
    UnaryOperator<AugmentJob.Builder> job =
        j -> j.whenRejected(WhenRejected.parse(policy)).withCopies(1);
    ToIntFunction<Img2ImgRequest> cats = request -> color(request.image()) == CAT ? FLAGGED : DOG;
    JobSummary summary = run(cats, job);

    assertThat(summary.pictures()).isEqualTo(6);
    assertThat(summary.dropped()).isEqualTo(6);
    assertThat(summary.failures()).isZero();
    assertThat(lines("dropped.jsonl"))
        .hasSize(6)
        .allSatisfy(
            line -> {
              assertThat(line.label()).isEqualTo("cat");
              assertThat(line.group()).hasSize(64);
              assertThat(line.labelText()).isEqualTo("cat");
              assertThat(line.seed()).isNull();
              assertThat(verdict(line).kept()).isFalse();
              assertThat(verdict(line).likeness()).isNull();
              assertThat(verdict(line).rejectReason())
                  .isEqualTo("flagged, as were the 4 before it, of other seeds");
            });
    Map<String, String> before = ResumeRuns.files(out);
    int calls = generator.calls().size();

    JobSummary again = run(cats, job);

    assertThat(generator.calls()).as("nothing is made again").hasSize(calls);
    assertThat(again.dropped()).isEqualTo(6);
    assertThat(ResumeRuns.files(out)).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(strings = {"folders", "webdataset:images=4"})
  void run_sameCopies_areNearDuplicatesOfTheFirst_alsoOfAFormerRuns(String format)
      throws IOException {
    UnaryOperator<AugmentJob.Builder> drop =
        job ->
            job.whenRejected(WhenRejected.drop())
                .withKeep(Keep.parse("consistent:consistency=-1,label_probability=0"))
                .withFormat(OutputFormat.parse(format));
    JobSummary one = run(request -> CAT + 1_000_000_000, job -> drop.apply(job).withCopies(1));
    assertThat(one.pictures()).isEqualTo(12);

    JobSummary two = run(request -> CAT + 1_000_000_000, job -> drop.apply(job).withCopies(2));

    assertThat(two.pictures()).isZero();
    assertThat(two.dropped()).isEqualTo(12);
    assertThat(lines("dropped.jsonl"))
        .allMatch(
            line ->
                "it hardly differs from copy 0: likeness 1.0000 is not below 0.998"
                    .equals(verdict(line).rejectReason()));
  }

  @Test
  void run_killedBetweenTriesOfAnImageThatChanged_triesItAsOftenAsAnyOther() throws IOException {
    UnaryOperator<AugmentJob.Builder> retry =
        job -> job.withCopies(1).whenRejected(WhenRejected.retry(2));
    run(request -> color(request.image()) == DOG ? CAT : DOG, retry);
    assertThat(lines("dropped.jsonl")).hasSize(12 * 3);
    String before = Files.readString(out.resolve("dropped.jsonl"));
    put(in.resolve("dog/0.png"), image(DOG, 77));
    run(request -> color(request.image()) == DOG ? CAT : DOG, retry);
    Map<String, String> undisturbed = ResumeRuns.files(out);
    List<String> after = Files.readAllLines(out.resolve("dropped.jsonl"));

    // killed after the first of the new tries
    Files.writeString(out.resolve("dropped.jsonl"), before);
    String first = after.stream().filter(line -> !before.contains(line)).findFirst().orElseThrow();
    Files.writeString(out.resolve("sgid-journal.jsonl"), first + "\n");
    run(request -> color(request.image()) == DOG ? CAT : DOG, retry);

    assertThat(ResumeRuns.files(out)).isEqualTo(undisturbed);
  }

  @Test
  void run_moreCopiesOnAShardThatIsNotFull_areHeldAgainstThoseInIt() throws IOException {
    UnaryOperator<AugmentJob.Builder> drop =
        job ->
            job.whenRejected(WhenRejected.drop())
                .withKeep(Keep.parse("consistent:consistency=-1,label_probability=0"))
                .withFormat(OutputFormat.webDataset());
    run(request -> CAT + 1_000_000_000, job -> drop.apply(job).withCopies(1));
    Files.writeString(out.resolve("sgid-journal.jsonl"), ""); // as of a run that was killed

    JobSummary two = run(request -> CAT + 1_000_000_000, job -> drop.apply(job).withCopies(2));

    assertThat(two.dropped()).isEqualTo(12);
    assertThat(two.alreadyThere()).isEqualTo(12);
  }

  private static Verdict verdict(ManifestLine line) {
    return requireNonNull(line.verdict());
  }

  private static boolean isFirst(Img2ImgRequest request) {
    return request.seed() % 2 == 0;
  }

  private JobSummary run(
      ToIntFunction<Img2ImgRequest> color, UnaryOperator<AugmentJob.Builder> change) {
    FakeGenerator made =
        generator.withResult(
            request -> {
              int rgb = color.applyAsInt(request);
              synchronized (colors) {
                colors.put(request.seed(), rgb);
              }
              if (rgb == FLAGGED) {
                return new Img2ImgResult.Failure(SgidException.flagged(Stage.DECODE, "flagged"));
              }
              boolean same = rgb >= 1_000_000_000;
              return picture(
                  rgb == -1
                      ? plain(request.image())
                      : image(same ? rgb - 1_000_000_000 : rgb, same ? 99 : (int) request.seed()));
            });
    FakeScorer scorer =
        new FakeScorer()
            .withImages(KeepRunTest::embedding)
            .withTexts(
                text -> text.contains("dog") ? new float[] {0, 1, 0} : new float[] {1, 0, 0});
    try (Sgid sgid = Sgid.builder(new FakeCaptioner(), scorer, made).build()) {
      return change
          .apply(
              AugmentJob.builder(in, out)
                  .withCopies(2)
                  .withKeep(Keep.consistent().withConsistency(0.9)))
          .build()
          .run(sgid);
    }
  }

  /** Red and green of the mean color, and a little of nothing. */
  private static float[] embedding(BufferedImage image) {
    double[] mean = new double[3];
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        int rgb = image.getRGB(x, y);
        mean[0] += rgb >> 16 & 0xff;
        mean[1] += rgb >> 8 & 0xff;
        mean[2] += rgb & 0xff;
      }
    }
    if (mean[0] + mean[1] + mean[2] == 0) {
      return new float[] {0, 0, 1};
    }
    double length = Math.sqrt(mean[0] * mean[0] + mean[1] * mean[1] + mean[2] * mean[2]);
    return new float[] {
      (float) (mean[0] / length), (float) (mean[1] / length), (float) (mean[2] / length)
    };
  }

  private static int color(BufferedImage image) {
    float[] of = embedding(image);
    return of[0] > of[1] ? CAT : DOG;
  }

  private static Img2ImgResult picture(BufferedImage picture) {
    Fit fit = new Fit(new Size(picture.getWidth(), picture.getHeight()), 0, 0, 0, 0);
    return new Img2ImgResult.Picture(picture, fit, 15, TimestepSpacing.LEADING, "", true, Map.of());
  }

  private static BufferedImage plain(BufferedImage like) {
    return new BufferedImage(like.getWidth(), like.getHeight(), BufferedImage.TYPE_INT_RGB);
  }

  /** Noise about a color. */
  private static BufferedImage image(int color, int seed) {
    BufferedImage image = TestImages.noise(32, 32, seed);
    for (int y = 0; y < 32; y++) {
      for (int x = 0; x < 32; x++) {
        int noise = image.getRGB(x, y) & 0x1f;
        image.setRGB(x, y, color + noise * 0x010101);
      }
    }
    return image;
  }

  private static void put(Path file, BufferedImage image) throws IOException {
    ResumeRuns.put(file, TestImages.encode(image, "png"));
  }

  private List<ManifestLine> lines(String name) throws IOException {
    return Files.readAllLines(out.resolve(name)).stream().map(ManifestLine::parse).toList();
  }
}

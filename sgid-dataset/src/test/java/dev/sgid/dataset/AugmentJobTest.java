package dev.sgid.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.sgid.Captioner;
import dev.sgid.GuidanceSchedule;
import dev.sgid.Sgid;
import dev.sgid.SgidException;
import dev.sgid.Stage;
import dev.sgid.internal.Sha256;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AugmentJobTest {
  private final Path folder;
  private Path in;
  private Path out;
  private final FakeStages stages = new FakeStages();

  AugmentJobTest(@TempDir Path folder) {
    this.folder = folder;
    this.in = folder.resolve("in");
    this.out = folder.resolve("out");
  }

  @BeforeEach
  void dataset() throws IOException {
    for (int i = 0; i < 3; i++) {
      put("cat/" + i + ".png", TestImages.encode(TestImages.noise(8, 6, i), "png"));
      put("guinea_pig/" + i + ".png", TestImages.encode(TestImages.noise(8, 6, 10 + i), "png"));
    }
  }

  @Test
  void run_dataset_writesEachCopyAndItsLine() throws IOException {
    JobSummary summary = run(job().withCopies(2));

    assertThat(summary.pictures()).isEqualTo(12);
    assertThat(summary.planned()).isEqualTo(12);
    assertThat(summary.failures()).isZero();
    assertThat(summary.failuresFile()).isEmpty();
    List<JsonObject> lines = lines("metadata.jsonl");
    assertThat(lines).hasSize(12);
    assertThat(written()).hasSize(14).contains("metadata.jsonl", "sgid-job.json");
    for (JsonObject line : lines) {
      BufferedImage picture = ImageIO.read(out.resolve(text(line, "file_name")).toFile());
      assertThat(picture.getWidth()).isEqualTo(8);
      assertThat(picture.getRGB(0, 0) & 0xffffff).isEqualTo(line.get("seed").getAsInt() & 0xffffff);
    }
  }

  @Test
  void run_dataset_lineHasTheFieldsOfTheFormat() throws IOException {
    run(job());

    JsonObject line = lines("metadata.jsonl").get(3);
    assertThat(line.keySet())
        .containsExactly(
            "file_name",
            "label",
            "source",
            "source_sha256",
            "group",
            "file_sha256",
            "copy",
            "label_text",
            "caption",
            "caption_degenerate",
            "prompt",
            "prompt_cut",
            "negative_prompt",
            "similarity",
            "guidance_scale",
            "noise_rate",
            "noise_rate_run",
            "steps",
            "scheduler",
            "scheduler_options",
            "eta",
            "timestep_spacing",
            "size",
            "fit",
            "output_size",
            "seed",
            "consistency",
            "reproducible",
            "domain_distance",
            "others",
            "label_probability",
            "likeness",
            "attempt",
            "kept",
            "reject_reason");
    assertThat(text(line, "file_name")).isEqualTo("guinea_pig/0-sgid-0.png");
    assertThat(text(line, "label")).isEqualTo("guinea_pig");
    assertThat(text(line, "prompt")).startsWith("guinea pig, mean ");
    assertThat(text(line, "source")).isEqualTo("guinea_pig/0.png");
    assertThat(text(line, "source_sha256"))
        .isEqualTo(Sha256.hex(Files.readAllBytes(in.resolve("guinea_pig/0.png"))));
    assertThat(line.get("fit")).hasToString("{\"scaled\":[8,6],\"padding\":[1,2,3,4]}");
    assertThat(line.get("size")).hasToString("[12,12]");
    assertThat(text(line, "output_size")).isEqualTo("original");
    assertThat(line.get("steps").getAsInt()).isEqualTo(30);
    assertThat(line.get("noise_rate_run").getAsDouble()).isEqualTo(0.5);
    assertThat(text(line, "prompt_cut")).isEqualTo("the end");
    assertThat(text(line, "timestep_spacing")).isEqualTo("leading");
    assertThat(text(line, "group")).hasSize(64);
    assertThat(text(line, "file_sha256"))
        .isEqualTo(Sha256.hex(Files.readAllBytes(out.resolve("guinea_pig/0-sgid-0.png"))));
    assertThat(line.get("domain_distance").isJsonNull()).isTrue();
  }

  @Test
  void run_noCaptioner_linesAndJobFileSayIt() throws IOException {
    try (Sgid sgid = stages.builder().withCaptioner(Captioner.none()).build()) {
      job().build().run(sgid);
    }

    assertThat(stages.captioned).hasValue(0);
    assertThat(lines("metadata.jsonl"))
        .allSatisfy(
            line -> {
              assertThat(text(line, "caption")).isEmpty();
              assertThat(line.get("caption_degenerate").getAsBoolean()).isFalse();
              assertThat(text(line, "prompt")).isEqualTo(text(line, "label_text"));
              assertThat(line.get("similarity").isJsonNull()).isFalse();
              assertThat(line.get("others")).hasToString("{\"captioner\":\"none\"}");
            });
    JsonObject pack =
        JsonParser.parseString(read("sgid-job.json")).getAsJsonObject().getAsJsonObject("pack");
    assertThat(pack.get("others")).hasToString("{\"captioner\":\"none\"}");
    assertThatThrownBy(() -> run(job()))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining(
            " was begun with other settings: pack.others was {\"captioner\":\"none\"}, is null.");
  }

  @Test
  void run_dataset_jobFileHasAllSettings() throws IOException {
    try (Sgid sgid =
        stages
            .builder()
            .withSeed(5)
            .withGeneration(g -> g.withNegativePrompt("blurry <b>"))
            .build()) {
      job().withCopies(2).withOriginals(true).build().run(sgid);
    }

    JsonObject job = JsonParser.parseString(read("sgid-job.json")).getAsJsonObject();
    assertThat(job.keySet())
        .containsExactly(
            "format",
            "sgid",
            "in",
            "reader",
            "writer",
            "image_format",
            "classes",
            "copies",
            "copies_by_class",
            "balance",
            "with_originals",
            "labels",
            "captions_sha256",
            "keep",
            "when_rejected",
            "keep_bounds",
            "seed",
            "settings",
            "pack",
            "runtime",
            "provider",
            "dtype");
    assertThat(text(job, "sgid")).matches("\\d.*").isEqualTo(Sgid.version());
    assertThat(text(job, "in")).isEqualTo(in.toString());
    assertThat(text(job, "reader")).isEqualTo("class folders");
    assertThat(text(job, "writer")).isEqualTo("folders");
    assertThat(job.get("classes")).hasToString("[\"cat\",\"guinea_pig\"]");
    assertThat(job.get("seed").getAsInt()).isEqualTo(5);
    JsonObject settings = job.getAsJsonObject("settings");
    assertThat(text(settings, "guidance")).isEqualTo("linear:0.15,0.35,3.0,7.5");
    assertThat(settings.get("guidance_requested").isJsonNull()).isTrue();
    assertThat(text(settings, "negative_prompt")).isEqualTo("blurry <b>");
    assertThat(settings.get("size").isJsonNull()).isTrue();
    assertThat(text(job.getAsJsonObject("pack"), "name")).isEqualTo("custom");
  }

  @Test
  void run_twice_givesTheSameBytes() throws IOException {
    run(job().withCopies(3));
    Map<String, String> first = hashes();
    out = folder.resolve("out2");
    stages.generator.withLanes(1, 7);
    run(job().withCopies(3));

    assertThat(hashes()).isEqualTo(first);
  }

  @Test
  void build_morePicturesThanCanBeCounted_isRefused() {
    assertThatThrownBy(() -> job().withCopies(400_000_000).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "copies must be at most 357913941 for the 6 images in " + in + ", is 400000000");
  }

  @Test
  void run_unreadableImages_listsThemAndGoesOn() throws IOException {
    put("cat/0.png", Arrays.copyOf(Files.readAllBytes(in.resolve("cat/0.png")), 80));
    put("cat/empty.jpg", new byte[0]);
    put("cat/photo.heic", new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
    put("guinea_pig/bomb.png", TestImages.pngClaiming(60_000, 60_000));
    Files.createSymbolicLink(in.resolve("cat/link.png"), in.resolve("nowhere.png"));

    JobSummary summary = run(job().withCopies(2));

    assertThat(summary.pictures()).isEqualTo(10);
    assertThat(summary.failures()).isEqualTo(5);
    assertThat(summary.failuresFile()).contains(out.resolve("failures.jsonl"));
    assertThat(lines("failures.jsonl"))
        .extracting(line -> text(line, "source") + ": " + text(line, "reason"))
        .containsExactly(
            "cat/0.png: can't be decoded as PNG: the file is cut short",
            "cat/empty.jpg: the file is empty",
            "cat/link.png: there is no such file any more, or a link leads nowhere",
            "cat/photo.heic: no image of a format that can be read",
            "guinea_pig/bomb.png: 60000x60000 pixels are more than the 100000000 allowed");
  }

  @Test
  void run_oneImageFails_theOthersGoOn() throws IOException {
    stages.generator.withBefore(
        requests -> {
          if ((requests.get(0).image().getRGB(0, 0) & 0xffffff) == corner("cat/1.png")) {
            throw new SgidException(Stage.DENOISE, "out of\n  memory");
          }
        });

    JobSummary summary = run(job());

    assertThat(summary.pictures()).isEqualTo(5);
    assertThat(read("failures.jsonl"))
        .isEqualTo("{\"source\":\"cat/1.png\",\"reason\":\"DENOISE: out of memory\"}\n");
  }

  @Test
  void run_oneCopyFails_keepsTheOthers() throws IOException {
    stages.generator.withBefore(
        requests -> {
          if (stages.generator.calls().size() == 2) {
            throw new SgidException(Stage.DECODE, "all black");
          }
        });

    JobSummary summary = run(job().withCopies(2));

    assertThat(summary.pictures()).isEqualTo(11);
    assertThat(read("failures.jsonl"))
        .isEqualTo("{\"source\":\"cat/0.png\",\"reason\":\"copy 1: DECODE: all black\"}\n");
  }

  @Test
  void run_allCopiesFailForOneReason_listsTheImageOnce() throws IOException {
    stages.breakCorner(corner("cat/1.png"));

    JobSummary summary = run(job().withCopies(2));

    assertThat(summary.pictures()).isEqualTo(10);
    assertThat(summary.failures()).isEqualTo(1);
    assertThat(lines("failures.jsonl"))
        .extracting(line -> text(line, "reason"))
        .containsExactly("DECODE: The picture came out black");
  }

  @Test
  void run_cancelled_keepsWhatIsDone() throws IOException {
    Thread job = Thread.currentThread();
    stages.generator.withBefore(
        requests -> {
          if (stages.generator.calls().size() == 3) {
            job.interrupt(); // while a model runs
          }
        });

    JobSummary summary = run(job());

    assertThat(Thread.interrupted()).isTrue();
    assertThat(summary.cancelled()).isTrue();
    assertThat(summary.pictures()).isLessThan(6);
    assertThat(written()).hasSize(summary.pictures() == 0 ? 0 : summary.pictures() + 3);
  }

  @Test
  void run_interruptedBetweenImages_keepsWhatIsDone() throws IOException {
    AugmentJob job =
        job()
            .withListener(
                progress -> {
                  if (progress.phase() == JobProgress.Phase.AUGMENTING && progress.done() == 2) {
                    Thread.currentThread().interrupt();
                  }
                })
            .build();
    JobSummary summary;
    try (Sgid sgid = stages.sgid()) {
      summary = job.run(sgid);
    }

    assertThat(Thread.interrupted()).isTrue();
    assertThat(summary.cancelled()).isTrue();
    assertThat(summary.pictures()).isLessThan(6);
    assertThat(lines("metadata.jsonl")).hasSize(summary.pictures());
    assertThat(written()).hasSize(summary.pictures() + 3).contains("sgid-journal.jsonl");
  }

  @Test
  void run_diesInTheMiddle_leavesNothingHalfWritten() throws IOException {
    stages.generator.withBefore(
        requests -> {
          if (stages.generator.calls().size() > 2) {
            throw new AssertionError("a bug");
          }
        });

    assertThatThrownBy(() -> run(job())).hasMessage("a bug");

    assertThat(lines("metadata.jsonl")).hasSize(2);
    assertThat(written())
        .containsExactly(
            "cat/0-sgid-0.png",
            "cat/1-sgid-0.png",
            "metadata.jsonl",
            "sgid-job.json",
            "sgid-journal.jsonl");
  }

  @Test
  void run_settingsTheDataRefuse_leavesNothingBehind() throws IOException {
    in = Files.createDirectories(folder.resolve("alike"));
    put("cat/0.png", TestImages.encode(TestImages.noise(8, 6, 1), "png"));
    put("cat/1.png", TestImages.encode(TestImages.noise(8, 6, 1), "png"));
    out = folder.resolve("new/out");

    assertThatThrownBy(
            () -> run(job().withGuidance(CalibratedGuidance.parse("calibrated:0,1,3,7"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("A calibrated schedule needs at least two different similarities");
    assertThat(folder.resolve("new")).doesNotExist();
  }

  @Test
  void run_nothingWorks_endsWithThatError() throws IOException {
    for (int i = 0; i < 100; i++) {
      put("cat/x" + i + ".png", TestImages.encode(TestImages.noise(8, 6, 100 + i), "png"));
    }
    stages.generator.withBefore(
        requests -> {
          if (stages.generator.calls().size() > 2) {
            throw new SgidException(Stage.DENOISE, "the device is gone");
          }
        });

    assertThatThrownBy(() -> run(job()))
        .isInstanceOf(SgidException.class)
        .hasMessageContaining("the device is gone");

    assertThat(lines("metadata.jsonl")).hasSize(2);
    assertThat(lines("failures.jsonl")).hasSizeLessThan(50);
  }

  @Test
  void run_withOriginals_putsThemBesideTheCopies() throws IOException {
    run(job().withOriginals(true));

    assertThat(out.resolve("cat/0.png")).hasSameBinaryContentAs(in.resolve("cat/0.png"));
    assertThat(lines("metadata.jsonl")).hasSize(12);
    assertThat(lines("metadata.jsonl").get(0).keySet())
        .containsExactly("file_name", "label", "source", "source_sha256", "group", "file_sha256");
    assertThat(text(lines("metadata.jsonl").get(0), "file_name")).isEqualTo("cat/0.png");
  }

  @Test
  void run_originalThatIsStoredRotated_staysAsItIsAndIsNamed() throws IOException {
    byte[] lying = TestImages.withOrientation(TestImages.encode(TestImages.halves(8, 6), "jpg"), 6);
    put("cat/lying.jpg", lying);
    put(
        "cat/upright.jpg",
        TestImages.withOrientation(TestImages.encode(TestImages.halves(8, 6), "jpg"), 1));

    JobSummary summary = run(job().withOriginals(true));

    assertThat(summary.warnings())
        .containsExactly(
            "1 original is stored rotated and stands beside its upright copies just so:"
                + " cat/lying.jpg; readers that don't heed EXIF's orientation, like torchvision's"
                + " ImageFolder and webdataset, show them lying (turn them upright in the data set"
                + " first)");
    assertThat(out.resolve("cat/lying.jpg")).hasBinaryContent(lying);
    BufferedImage copy = ImageIO.read(out.resolve("cat/lying-sgid-0.png").toFile());
    assertThat(List.of(copy.getWidth(), copy.getHeight())).containsExactly(6, 8);
  }

  @Test
  void run_rotatedImagesWithoutOriginals_areNoMatter() throws IOException {
    byte[] upright = TestImages.encode(TestImages.halves(8, 6), "jpg");
    put("cat/lying.jpg", TestImages.withOrientation(upright, 6));

    assertThat(run(job()).warnings()).isEmpty();
  }

  @Test
  void run_withOriginalsWhoseCopiesFail_keepsThem() throws IOException {
    put("cat/broken.png", new byte[0]);
    stages.breakCorner(corner("cat/1.png")); // the picture alone
    stages.generator.withBefore(
        requests -> { // the whole stage, wherever this image is among those it is given
          if (requests.stream()
              .anyMatch(r -> (r.image().getRGB(0, 0) & 0xffffff) == corner("cat/2.png"))) {
            throw new SgidException(Stage.DENOISE, "out of memory");
          }
        });

    JobSummary summary = run(job().withOriginals(true));

    assertThat(summary.pictures()).isEqualTo(4);
    assertThat(lines("failures.jsonl"))
        .extracting(line -> text(line, "source") + ": " + text(line, "reason"))
        .containsExactlyInAnyOrder(
            "cat/1.png: DECODE: The picture came out black",
            "cat/2.png: DENOISE: out of memory",
            "cat/broken.png: the file is empty");
    assertThat(out.resolve("cat/1.png")).hasSameBinaryContentAs(in.resolve("cat/1.png"));
    assertThat(out.resolve("cat/2.png")).hasSameBinaryContentAs(in.resolve("cat/2.png"));
    assertThat(lines("metadata.jsonl"))
        .extracting(line -> text(line, "file_name"))
        .contains("cat/1.png", "cat/2.png")
        .doesNotContain("cat/broken.png")
        .hasSize(6 + 4);
  }

  @Test
  void run_guidance_overridesTheSgids() throws IOException {
    run(job().withGuidance(GuidanceSchedule.parse("constant:4")));

    assertThat(stages.generator.calls().get(0).get(0).guidanceScale()).isEqualTo(4);
    assertThat(read("sgid-job.json")).contains("\"guidance\": \"constant:4.0\"");
  }

  @Test
  void run_calibratedGuidance_isFoundOnTheDataset() throws IOException {
    List<JobProgress> heard = new ArrayList<>();
    run(
        job()
            .withGuidance(CalibratedGuidance.parse("calibrated:0,1,3,7"))
            .withListener(heard::add));

    double[] similarities =
        lines("metadata.jsonl").stream()
            .mapToDouble(l -> l.get("similarity").getAsDouble())
            .toArray();
    Arrays.sort(similarities);
    assertThat(read("sgid-job.json"))
        .contains(
            "\"guidance\": \"linear:" + similarities[0] + "," + similarities[5] + ",3.0,7.0\"")
        .contains("\"guidance_requested\": \"calibrated:0,1,3,7\"");
    assertThat(lines("metadata.jsonl"))
        .extracting(l -> l.get("guidance_scale").getAsDouble())
        .contains(3.0, 7.0);
    assertThat(stages.captioned).hasValue(6); // and not again for their copies
    assertThat(stages.embedded).hasValue(6 + 6); // originals and copies
    assertThat(heard)
        .extracting(JobProgress::phase)
        .startsWith(JobProgress.Phase.CALIBRATING)
        .endsWith(JobProgress.Phase.AUGMENTING);
  }

  @Test
  void run_listener_hearsEachPictureAndFailure() throws IOException {
    put("cat/1.png", new byte[0]);
    List<JobProgress> heard = new ArrayList<>();

    run(job().withCopies(2).withKeep(Keep.all()).withListener(heard::add));

    assertThat(heard.get(0)).isEqualTo(JobProgress.of(JobProgress.Phase.AUGMENTING, 12));
    assertThat(heard.get(heard.size() - 1))
        .isEqualTo(
            JobProgress.of(JobProgress.Phase.AUGMENTING, 12)
                .withDone(10)
                .withFailed(2)
                .withCurrent("guinea_pig/2.png", "guinea_pig"));
  }

  @Test
  void run_listener_hearsWhatWasPlannedWrittenAndListed() throws IOException {
    put("cat/1.png", new byte[0]);
    put("train/1.png", TestImages.encode(TestImages.noise(8, 6, 9), "png"));
    Heard heard = new Heard();

    JobSummary summary = run(job().withOriginals(true).withListener(heard));

    assertThat(heard.started).hasSize(1);
    JobStart start = heard.started.get(0);
    assertThat(start.in()).isEqualTo(in);
    assertThat(start.out()).isEqualTo(out);
    assertThat(start.images()).isEqualTo(7);
    assertThat(start.pictures()).isEqualTo(7);
    assertThat(start.alreadyThere()).isZero();
    assertThat(start.job()).isEqualTo(Files.readString(out.resolve("sgid-job.json")));
    assertThat(heard.made.stream().map(ManifestLine::toJson))
        .containsExactlyInAnyOrderElementsOf(Files.readAllLines(out.resolve("metadata.jsonl")));
    assertThat(heard.failed)
        .extracting(Failure::source)
        .containsExactly(lines("failures.jsonl").get(0).get("source").getAsString());
    assertThat(heard.warned).isEqualTo(summary.warnings()).isNotEmpty();
  }

  /** All that a listener is told. */
  private static final class Heard implements JobListener {
    private final List<JobStart> started = new ArrayList<>();
    private final List<ManifestLine> made = new ArrayList<>();
    private final List<Failure> failed = new ArrayList<>();
    private final List<String> warned = new ArrayList<>();

    @Override
    public void progressed(JobProgress progress) {
      assertThat(progress.total()).isPositive();
    }

    @Override
    public void started(JobStart start) {
      started.add(start);
    }

    @Override
    public void made(ManifestLine picture) {
      made.add(picture);
    }

    @Override
    public void failed(Failure failure) {
      failed.add(failure);
    }

    @Override
    public void warned(String warning) {
      warned.add(warning);
    }
  }

  @Test
  void run_outBecameFull_isRefused() throws IOException {
    AugmentJob job = job().build();
    Files.createDirectories(out);
    Files.createFile(out.resolve("something"));

    try (Sgid sgid = stages.sgid()) {
      assertThatThrownBy(() -> job.run(sgid)).isInstanceOf(DatasetException.class);
    }
    assertThat(written()).containsExactly("something");
  }

  private AugmentJob.Builder job() {
    return AugmentJob.builder(in, out);
  }

  private JobSummary run(AugmentJob.Builder builder) {
    try (Sgid sgid = stages.sgid()) {
      return builder.build().run(sgid);
    }
  }

  private void put(String name, byte[] bytes) throws IOException {
    Path file = in.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
  }

  private int corner(String name) {
    try {
      return ImageIO.read(in.resolve(name).toFile()).getRGB(0, 0) & 0xffffff;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private List<String> written() throws IOException {
    if (!Files.exists(out)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(out)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> out.relativize(file).toString())
          .sorted()
          .toList();
    }
  }

  private Map<String, String> hashes() throws IOException {
    Map<String, String> hashes = new TreeMap<>();
    for (String name : written()) {
      hashes.put(name, Sha256.hex(Files.readAllBytes(out.resolve(name))));
    }
    return hashes;
  }

  private String read(String name) throws IOException {
    return Files.readString(out.resolve(name));
  }

  private List<JsonObject> lines(String name) throws IOException {
    return read(name).lines().map(line -> JsonParser.parseString(line).getAsJsonObject()).toList();
  }

  private static String text(JsonObject json, String field) {
    return json.get(field).getAsString();
  }
}

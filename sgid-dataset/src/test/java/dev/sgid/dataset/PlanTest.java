package dev.sgid.dataset;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.sgid.Sgid;
import dev.sgid.SgidException;
import dev.sgid.Size;
import dev.sgid.dataset.plan.ClassPlan;
import dev.sgid.dataset.plan.DuplicateGroup;
import dev.sgid.dataset.plan.DuplicateGroup.Image;
import dev.sgid.dataset.plan.Leak;
import dev.sgid.dataset.plan.Pace;
import dev.sgid.dataset.plan.Plan;
import dev.sgid.dataset.plan.Sizes;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanTest {
  private final FakeStages stages = new FakeStages();
  private final Path in;
  private final Path out;
  private final Path kept;

  PlanTest(@TempDir Path folder) {
    in = folder.resolve("in");
    out = folder.resolve("out");
    kept = folder.resolve("kept");
  }

  @BeforeEach
  void dataset() throws IOException {
    for (int i = 0; i < 6; i++) {
      put(in, "cat/" + i + ".png", clouds(i), "png");
    }
    put(in, "dog/0.png", clouds(10), "png");
    put(in, "dog/1.png", clouds(11), "png");
  }

  @Test
  void plan_dataset_countsImagesClassesAndPictures() {
    Plan plan = AugmentJob.builder(in).withCopies(2).withBalance(Balance.max()).build().plan();

    assertThat(plan.images()).isEqualTo(8);
    assertThat(plan.out()).isNull();
    assertThat(plan.reader()).isEqualTo("class folders");
    assertThat(plan.classes())
        .containsExactly(
            new ClassPlan("cat", 6, 0, 12, 2, 2), new ClassPlan("dog", 2, 0, 16, 8, 8));
    assertThat(plan.balance()).isEqualTo("max");
    assertThat(plan.planned()).isEqualTo(28);
    assertThat(plan.toMake()).isEqualTo(28);
    assertThat(plan.duplicates()).isEmpty();
    assertThat(plan.leaks()).isEmpty();
    assertThat(plan.pace()).isNull();
    assertThat(plan.time()).isEmpty();
    assertThat(plan.free()).isNull();
    assertThat(plan.isClear()).isTrue();
    assertThat(out).doesNotExist();
  }

  @Test
  void plan_brokenFiles_areNamedWithTheirReasons() throws IOException {
    Files.write(in.resolve("cat/empty.png"), new byte[0]);
    Files.write(in.resolve("dog/9.png"), new byte[] {1, 2, 3});

    Plan plan = AugmentJob.builder(in).build().plan();

    assertThat(plan.images()).isEqualTo(10);
    assertThat(plan.unreadable())
        .containsExactly(
            new Failure("cat/empty.png", "the file is empty"),
            new Failure("dog/9.png", "no image of a format that can be read"));
    assertThat(plan.classes()).extracting(ClassPlan::unreadable).containsExactly(1, 1);
    assertThat(plan.isClear()).isFalse();
  }

  @Test
  void plan_sizes_areByPixels() throws IOException {
    put(in, "dog/large.png", DuplicateImages.clouds(80, 20, 20), "png");
    put(in, "dog/small.png", DuplicateImages.clouds(5, 9, 21), "png");

    Sizes sizes = AugmentJob.builder(in).build().plan().sizes();

    assertThat(sizes)
        .isEqualTo(
            new Sizes(
                new Size(5, 9),
                new Size(40, 30),
                new Size(80, 20),
                3,
                List.of(
                    new Sizes.Count(new Size(40, 30), 8),
                    new Sizes.Count(new Size(5, 9), 1),
                    new Sizes.Count(new Size(80, 20), 1))));
  }

  @Test
  void plan_duplicates_acrossClassesComeFirst() throws IOException {
    put(in, "cat/same.png", clouds(0), "png");
    put(in, "cat/same-again.bmp", clouds(0), "bmp");
    put(in, "cat/as-jpeg.jpg", clouds(1), "jpeg");
    put(in, "dog/wrong.png", clouds(2), "png");
    put(in, "dog/larger.png", DuplicateImages.scaled(clouds(3), 90, 60), "png");
    put(in, "dog/darker.png", DuplicateImages.darker(clouds(11), 0.7), "png");

    List<DuplicateGroup> groups = AugmentJob.builder(in).build().plan().duplicates();

    assertThat(groups.stream().map(PlanTest::sources))
        .containsExactlyInAnyOrder(
            List.of("cat/2.png", "dog/wrong.png"),
            List.of("cat/3.png", "dog/larger.png"),
            List.of("cat/0.png", "cat/same-again.bmp", "cat/same.png"),
            List.of("cat/1.png", "cat/as-jpeg.jpg"),
            List.of("dog/1.png", "dog/darker.png"));
    assertThat(groups)
        .extracting(DuplicateGroup::isAcrossClasses)
        .containsExactly(true, true, false, false, false);
    assertThat(groups)
        .extracting(DuplicateGroup::exact)
        .containsExactly(true, false, true, false, false);
    assertThat(groups).allSatisfy(g -> assertThat(g.likeness()).isBetween(0.99, 1.0));
    assertThat(groups.get(0).images())
        .containsExactly(new Image("cat/2.png", "cat"), new Image("dog/wrong.png", "dog"));
  }

  @Test
  void plan_likenessOf1_leavesTheSamePixels() throws IOException {
    put(in, "cat/same.png", clouds(0), "png");
    put(in, "cat/as-jpeg.jpg", clouds(1), "jpeg");

    Plan plan = AugmentJob.builder(in).withLeastLikeness(1).build().plan();

    assertThat(plan.duplicates().stream().map(PlanTest::sources))
        .containsExactly(List.of("cat/0.png", "cat/same.png"));
    assertThatThrownBy(() -> AugmentJob.builder(in).withLeastLikeness(0.5))
        .hasMessage("least likeness must be in [0.9, 1.0], is 0.5");
  }

  @Test
  void plan_out_countsWhatIsThere() throws IOException {
    try (Sgid sgid = stages.sgid()) {
      JobSummary ignored = AugmentJob.builder(in, out).build().run(sgid);
      put(in, "cat/3.png", clouds(33), "png");

      Plan plan = AugmentJob.builder(in, out).withCopies(3).build().plan(sgid);

      assertThat(plan.planned()).isEqualTo(24);
      assertThat(plan.toMake()).isEqualTo(24 - 7); // the copy of what has changed is made anew
      assertThat(plan.free()).isPositive();
      assertThat(plan.bytes()).isPositive();
    }
  }

  @Test
  void plan_otherSettingsThanOutsOwn_isRefused() {
    try (Sgid sgid = stages.sgid();
        Sgid other = stages.builder().withSeed(7).build()) {
      JobSummary ignored = AugmentJob.builder(in, out).build().run(sgid);
      AugmentJob job = AugmentJob.builder(in, out).build();

      assertThatThrownBy(() -> job.plan(other))
          .isInstanceOf(DatasetException.class)
          .hasMessageContaining(out + " was begun with other settings: seed was 0, is 7.");
    }
  }

  @Test
  void plan_models_measuresThePace() {
    try (Sgid sgid = stages.sgid()) {
      Plan plan = AugmentJob.builder(in, out).withCopies(5).build().plan(sgid);

      Pace pace = requireNonNull(plan.pace());
      assertThat(pace.pictures()).isEqualTo(40);
      assertThat(pace.low()).isLessThanOrEqualTo(pace.secondsPerPicture());
      assertThat(plan.time().orElseThrow().mean()).isEqualTo(40 * pace.secondsPerPicture());
    }
    assertThat(out).doesNotExist();
  }

  @Test
  void plan_validationSet_listsThePairs() throws IOException {
    put(kept, "deep/er/1.png", clouds(0), "png");
    put(kept, "2.jpg", clouds(11), "jpeg");
    put(kept, "3.png", clouds(50), "png");

    List<Leak> leaks = AugmentJob.builder(in).withValidation(kept).build().plan().leaks();

    assertThat(leaks)
        .extracting(Leak::source, Leak::validation, Leak::exact)
        .containsExactly(
            tuple("cat/0.png", "deep/er/1.png", true), tuple("dog/1.png", "2.jpg", false));
  }

  @Test
  void run_imageInTheValidationSet_isRefusedAndNothingWritten() throws IOException {
    put(kept, "1.png", clouds(0), "png");
    try (Sgid sgid = stages.sgid()) {
      AugmentJob job = AugmentJob.builder(in, out).withValidation(kept).build();

      assertThatThrownBy(() -> job.run(sgid))
          .isInstanceOf(LeakageException.class)
          .hasMessage(
              "1 image of "
                  + in
                  + " is, or nearly, in the validation set "
                  + kept
                  + ", like cat/0.png = 1.png: their copies would make validation look better than"
                  + " it is. Remove them from one of the two");
    }
    assertThat(out).doesNotExist();
    assertThat(stages.generator.calls()).isEmpty();
  }

  @Test
  void run_nothingInTheValidationSet_makesPictures() throws IOException {
    put(kept, "1.png", clouds(40), "png");
    try (Sgid sgid = stages.sgid()) {
      JobSummary summary = AugmentJob.builder(in, out).withValidation(kept).build().run(sgid);

      assertThat(summary.pictures()).isEqualTo(8);
    }
  }

  @Test
  void build_noValidationSet_isRefused() throws IOException {
    assertThatThrownBy(() -> AugmentJob.builder(in).withValidation(kept).build())
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining(
            "The validation set " + kept + " can't be read: there is no such file");
    Files.createDirectories(kept);
    assertThatThrownBy(() -> AugmentJob.builder(in).withValidation(kept).build())
        .hasMessage("There are no images in the validation set " + kept);
    assertThatThrownBy(() -> AugmentJob.builder(in).withValidation(in).build())
        .hasMessage("The validation set is the data set itself: " + in);
  }

  @Test
  void run_jobWithoutAFolder_isRefused() {
    try (Sgid sgid = stages.sgid()) {
      AugmentJob job = AugmentJob.builder(in).build();

      assertThatThrownBy(() -> job.run(sgid))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("A job without a folder to write can only be planned");
    }
  }

  @Test
  void plan_interrupted_endsAndLeavesNoThread() {
    JobListener interrupting = progress -> Thread.currentThread().interrupt();
    AugmentJob job = AugmentJob.builder(in).withListener(interrupting).build();

    assertThatThrownBy(job::plan)
        .isInstanceOfSatisfying(SgidException.class, e -> assertThat(e.isCancelled()).isTrue());
    assertThat(Thread.interrupted()).isTrue();
    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(thread -> thread.getName().startsWith("sgid-scan"));
  }

  @Test
  void plan_listener_hearsOfEveryImage() {
    List<JobProgress> heard = new ArrayList<>();
    Plan ignored = AugmentJob.builder(in).withListener(heard::add).build().plan();

    assertThat(heard).hasSize(8).allMatch(p -> p.phase() == JobProgress.Phase.LOOKING);
    assertThat(heard.get(7).done()).isEqualTo(8);
    assertThat(heard.get(7).total()).isEqualTo(8);
  }

  @Test
  void toJson_plan_hasAllOfIt() throws IOException {
    put(in, "dog/wrong.png", clouds(2), "png");
    Files.write(in.resolve("cat/empty.png"), new byte[0]);
    put(kept, "1.png", clouds(0), "png");
    Plan plan = AugmentJob.builder(in, out).withValidation(kept).build().plan();

    JsonObject json = JsonParser.parseString(plan.toJson()).getAsJsonObject();

    assertThat(json.keySet())
        .containsExactly(
            "in",
            "out",
            "reader",
            "images",
            "unreadable",
            "sizes",
            "classes",
            "duplicates",
            "leaks",
            "balance",
            "pictures",
            "pictures_to_make",
            "with_originals",
            "pace",
            "seconds",
            "bytes",
            "bytes_free",
            "warnings");
    assertThat(json.get("in").getAsString()).isEqualTo(in.toString());
    assertThat(json.get("sizes").toString())
        .isEqualTo(
            "{\"smallest\":[40,30],\"median\":[40,30],\"largest\":[40,30],\"different\":1,"
                + "\"most_common\":[{\"size\":[40,30],\"images\":9}]}");
    assertThat(json.get("duplicates").toString())
        .isEqualTo(
            "[{\"across_classes\":true,\"exact\":true,\"likeness\":1.0,\"images\":["
                + "{\"source\":\"cat/2.png\",\"label\":\"cat\"},"
                + "{\"source\":\"dog/wrong.png\",\"label\":\"dog\"}]}]");
    assertThat(json.get("leaks").toString())
        .isEqualTo(
            "[{\"source\":\"cat/0.png\",\"validation\":\"1.png\",\"exact\":true,\"likeness\":1.0}]");
    assertThat(json.get("unreadable").toString())
        .isEqualTo("[{\"source\":\"cat/empty.png\",\"reason\":\"the file is empty\"}]");
    assertThat(json.get("classes").getAsJsonArray().get(0).toString())
        .isEqualTo(
            "{\"label\":\"cat\",\"images\":7,\"unreadable\":1,\"copies\":7,\"fewest_copies\":1,"
                + "\"most_copies\":1}");
  }

  private static List<String> sources(DuplicateGroup group) {
    return group.images().stream().map(Image::source).toList();
  }

  private static BufferedImage clouds(long seed) {
    return DuplicateImages.clouds(40, 30, seed);
  }

  private static void put(Path folder, String name, BufferedImage image, String format)
      throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, TestImages.encode(image, format));
  }
}

package dev.sgid.dataset;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sgid.Sgid;
import dev.sgid.internal.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs that go on where the data set or the command has changed since. */
class ResumeChangesTest extends ResumeRuns {
  ResumeChangesTest(@TempDir Path folder) {
    super(folder);
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
  void run_imageThatCantBeReadAnyMore_keepsItsCopies() throws IOException {
    Path out = folder.resolve("out");
    int pictures = run(out, "folders", job -> job).pictures();
    Map<String, String> before = files(out);
    Files.delete(in.resolve("cat/1.png"));
    Files.createSymbolicLink(in.resolve("cat/1.png"), Path.of("gone.png"));

    JobSummary again = run(out, "folders", job -> job);

    assertThat(again.alreadyThere()).isEqualTo(pictures);
    assertThat(again.removed()).isEmpty();
    assertThat(files(out)).isEqualTo(before);
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

  @Test
  void run_killedWhileItMakesAnew_keepsWhatItMade() throws IOException {
    Path out = folder.resolve("out");
    Path killed = folder.resolve("killed");
    JobSummary ignored = run(out, "folders", job -> job);
    put(in.resolve("cat/1.png"), TestImages.encode(TestImages.noise(8, 6, 77), "png"));
    JobSummary anew =
        run(out, "folders", job -> job.withListener(p -> copyOnce(makes(p, 13), out, killed)));

    JobSummary last = run(killed, "folders", job -> job);

    assertThat(anew.pictures()).isEqualTo(2);
    assertThat(last.pictures()).isEqualTo(1);
    assertThat(last.changed()).containsExactly("cat/1.png"); // its other copy
    assertThat(files(killed)).isEqualTo(files(out));
  }

  @Test
  void run_classCalledLikeAShard_keepsItsNames() throws IOException {
    Path out = folder.resolve("out");
    put(in.resolve("shard-000000.tar/1.png"), TestImages.encode(TestImages.noise(8, 6, 80), "png"));
    JobSummary ignored = run(out, "folders", job -> job);

    JobSummary more = run(out, "folders", job -> job.withCopies(3));

    assertThat(more.pictures()).isEqualTo(8);
    assertEachIsWhole(out, lines(out));
    Files.delete(out.resolve("shard-000000.tar/1-sgid-0.png"));
    assertThat(run(out, "folders", job -> job.withCopies(3)).pictures()).isEqualTo(1);
    assertThat(out.resolve("shard-000000.tar/1-sgid-0.png")).exists();
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
}

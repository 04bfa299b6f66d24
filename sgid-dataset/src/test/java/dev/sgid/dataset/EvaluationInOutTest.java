package dev.sgid.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sgid.dataset.evaluate.Evaluation;
import dev.sgid.dataset.evaluate.EvaluationFiles;
import dev.sgid.dataset.internal.out.OutNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What runs make of an evaluation that lies in the folder they write. */
class EvaluationInOutTest {
  private final Path in;
  private final Path out;
  private final FakeStages stages = new FakeStages();

  EvaluationInOutTest(@TempDir Path folder) {
    in = folder.resolve("in");
    out = folder.resolve("out");
  }

  @BeforeEach
  void evaluatedRun() throws IOException {
    for (String name : new String[] {"cat/1.png", "dog/2.png"}) {
      Files.createDirectories(in.resolve(name).getParent());
      Files.write(
          in.resolve(name), TestImages.encode(TestImages.noise(8, 8, name.hashCode()), "png"));
    }
    JobSummary ignored = run(false);
    EvaluationFiles.of(in, out, null, null)
        .write(Evaluation.of(DatasetReader.of(in), out, stages.sgid()));
  }

  private JobSummary run(boolean overwrite) {
    return AugmentJob.builder(in, out).withOverwrite(overwrite).build().run(stages.sgid());
  }

  @Test
  void run_thatGoesOn_leavesItWhereItIs() throws IOException {
    String evaluation = Files.readString(out.resolve("evaluated.json"));

    JobSummary summary = run(false);

    assertThat(summary.foreign()).isEmpty();
    assertThat(out.resolve("evaluated.json")).hasContent(evaluation);
  }

  @Test
  void run_thatBeginsAnew_removesIt() {
    JobSummary summary = run(true);

    assertThat(summary.foreign()).isEmpty();
    assertThat(out.resolve("evaluated.json")).doesNotExist();
    assertThat(out.resolve("metadata.jsonl")).exists();
  }

  /** Hugging Face datasets would take "evaluation.json" for a split, and leave out all else. */
  @Test
  void names_ofAllFiles_areNoSplitsToOtherReaders() throws IOException {
    try (Stream<Path> files = Files.list(out)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .contains(Evaluation.FILE)
          .noneMatch(Splits::isFile);
    }
    assertThat(Splits.isFile("evaluation.json")).isTrue();
  }

  @Test
  void name_isTheOneThatRunsKnow() {
    assertThat(OutNames.EVALUATION).isEqualTo(Evaluation.FILE);
  }
}

package dev.sgid.dataset.evaluate;

import static dev.sgid.dataset.evaluate.AngleStages.cos;
import static dev.sgid.dataset.evaluate.AngleStages.put;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import dev.sgid.Sgid;
import dev.sgid.SgidException;
import dev.sgid.dataset.AugmentJob;
import dev.sgid.dataset.DatasetException;
import dev.sgid.dataset.DatasetReader;
import dev.sgid.dataset.Failure;
import dev.sgid.dataset.JobProgress;
import dev.sgid.dataset.ManifestLine;
import dev.sgid.dataset.OutputFormat;
import dev.sgid.dataset.evaluate.Evaluation.MatchedBy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EvaluatorTest {
  private static final Offset<Double> CLOSE = offset(1e-6);

  private final Path in;
  private final Path out;
  private final Sgid sgid = AngleStages.sgid();

  EvaluatorTest(@TempDir Path folder) {
    in = folder.resolve("in");
    out = folder.resolve("out");
  }

  @BeforeEach
  void dataset() {
    put(in.resolve("cat/1.png"), 0);
    put(in.resolve("cat/2.png"), 30);
    put(in.resolve("dog/1.png"), 90);
    put(in.resolve("dog/2.png"), 60);
  }

  private Evaluation evaluate() {
    return Evaluation.of(DatasetReader.of(in), out, sgid);
  }

  private static Scores scores(Evaluation evaluation, String label) {
    return requireNonNull(evaluation.classes().get(label));
  }

  @Test
  void evaluate_copiesOfAnotherTool_areMeasured() {
    put(out.resolve("cat/1-a.png"), 20);
    put(out.resolve("cat/1-b.png"), 40);
    put(out.resolve("dog/2_0.png"), 50);

    Evaluation evaluation = evaluate();

    assertThat(evaluation.matchedBy()).isEqualTo(MatchedBy.FILE_NAME);
    assertThat(evaluation.originalsWithoutCopies()).isEqualTo(2);
    Scores cat = scores(evaluation, "cat");
    assertThat(cat.originals()).isEqualTo(2);
    assertThat(cat.copies()).isEqualTo(2);
    assertThat(cat.consistency()).isCloseTo((cos(20) + cos(40)) / 2, CLOSE);
    assertThat(cat.lowestConsistency()).isCloseTo(cos(40), CLOSE);
    assertThat(cat.amongOriginals()).isCloseTo(cos(30), CLOSE);
    assertThat(cat.fromOriginal()).isCloseTo(1 - (cos(20) + cos(40)) / 2, CLOSE);
    assertThat(cat.amongCopies()).isCloseTo(1 - cos(20), CLOSE);
    // one of three channels differs, by 20 and 40, and by 20 between the copies
    assertThat(cat.fromOriginalPixels()).isCloseTo(30 / Math.sqrt(3) / 255, CLOSE);
    assertThat(cat.amongCopiesPixels()).isCloseTo(20 / Math.sqrt(3) / 255, CLOSE);
    Scores all = evaluation.all();
    assertThat(all.consistency()).isCloseTo((cos(20) + cos(40) + cos(10)) / 3, CLOSE);
    assertThat(all.amongOriginals()).isCloseTo(cos(30), CLOSE);
    assertThat(all.amongCopies()).isCloseTo(1 - cos(20), CLOSE);
    assertThat(scores(evaluation, "dog").amongCopies()).isNull();
    assertThat(evaluation.histograms()).containsOnlyKeys("consistency");
  }

  @Test
  void evaluate_zeroShot_isTheScaledSoftmax() {
    put(out.resolve("cat/2-a.png"), 44);
    put(out.resolve("dog/2-a.png"), 44); // a cat by now

    Evaluation evaluation = evaluate();

    Scores dog = scores(evaluation, "dog");
    assertThat(dog.originalsRight()).isEqualTo(1);
    assertThat(dog.copiesRight()).isZero();
    assertThat(dog.copiesLabel())
        .isCloseTo(
            1 / (1 + Math.exp(100 * (cos(44) - Math.sin(Math.toRadians(44))))), offset(1e-5));
    assertThat(evaluation.all().copiesRight()).isEqualTo(0.5);
    assertThat(evaluation.zeroShot())
        .isEqualTo(new Evaluation.Judge(2, "a photo of a {label}", 100, "usual"));
    assertThat(evaluation.doubts()).isEmpty();
  }

  @Test
  void evaluate_swappedFolders_areUnmissable() throws IOException {
    Files.move(in.resolve("cat"), in.resolve("x"));
    Files.move(in.resolve("dog"), in.resolve("cat"));
    Files.move(in.resolve("x"), in.resolve("dog"));
    put(out.resolve("cat/1-a.png"), 80);

    Evaluation evaluation = evaluate();

    assertThat(evaluation.mistaken())
        .containsExactly(
            new Mistaken("cat", "dog", 2, 2, true), new Mistaken("dog", "cat", 2, 2, true));
    assertThat(evaluation.all().originalsRight()).isZero();
    assertThat(evaluation.doubted()).isEqualTo(4);
    assertThat(evaluation.doubts())
        .extracting(Doubt::source)
        .containsExactly("cat/1.png", "dog/1.png", "cat/2.png", "dog/2.png");
  }

  @Test
  void evaluate_labelsThatAreIds_areJudgedByTheirTexts() throws IOException {
    Files.move(in.resolve("cat"), in.resolve("n02"));
    put(out.resolve("n02/1-a.png"), 10);
    Path labels = in.resolveSibling("labels.csv");
    Files.writeString(labels, "n02,cat\n");
    DatasetReader ids = DatasetReader.of(in);

    Evaluation told = Evaluator.of(ids, out).withTexts(ids.labelTexts(labels)).evaluate(sgid);

    assertThat(told.all().originalsRight()).isEqualTo(1);
    assertThat(told.classes()).containsOnlyKeys("dog", "n02");
    assertThat(evaluate().all().originalsRight()).isEqualTo(0.5); // what is no cat is a dog
  }

  @Test
  void evaluate_fewerDoubtsAsked_theMostDoubtedAreListed() {
    put(in.resolve("cat/wrong.png"), 70);
    put(in.resolve("cat/worse.png"), 89);
    put(out.resolve("cat/1-a.png"), 0);

    Evaluation evaluation = Evaluator.of(DatasetReader.of(in), out).withDoubts(1).evaluate(sgid);

    assertThat(evaluation.doubted()).isEqualTo(2);
    assertThat(evaluation.doubts())
        .singleElement()
        .satisfies(
            doubt -> {
              assertThat(doubt.source()).isEqualTo("cat/worse.png");
              assertThat(doubt.takenFor()).isEqualTo("dog");
            });
    assertThat(evaluation.mistaken()).isEmpty(); // half is not most
  }

  @ParameterizedTest
  @ValueSource(strings = {"folders", "webdataset:images=3"})
  void evaluate_whatSgidWrote_isMatchedByTheManifest(String format) throws IOException {
    augment(format);
    List<ManifestLine> copies = copies();

    Evaluation evaluation = evaluate();

    assertThat(evaluation.matchedBy()).isEqualTo(MatchedBy.MANIFEST);
    assertThat(evaluation.failures()).isEmpty();
    assertThat(evaluation.unmatched()).isEmpty();
    assertThat(evaluation.all().copies()).isEqualTo(8).isEqualTo(copies.size());
    assertThat(evaluation.all().consistency())
        .isCloseTo(
            copies.stream().mapToDouble(ManifestLine::consistency).average().orElseThrow(), CLOSE);
    assertThat(evaluation.histograms())
        .containsOnlyKeys("consistency", "similarity", "guidance_scale");
    assertThat(
            requireNonNull(evaluation.histograms().get("guidance_scale")).counts().stream()
                .reduce(0, Integer::sum))
        .isEqualTo(8);
  }

  private void augment(String format) {
    AugmentJob.builder(in, out)
        .withCopies(2)
        .withOriginals(true)
        .withFormat(OutputFormat.parse(format))
        .build()
        .run(sgid);
  }

  private List<ManifestLine> copies() throws IOException {
    return Files.readAllLines(out.resolve("metadata.jsonl")).stream()
        .map(ManifestLine::parse)
        .filter(line -> !line.isOriginal())
        .toList();
  }

  @Test
  void evaluate_originalThatChanged_itsCopiesAreLeftOut() {
    augment("folders");
    put(in.resolve("cat/1.png"), 3);

    Evaluation evaluation = evaluate();

    assertThat(evaluation.unmatched())
        .hasSize(2)
        .allMatch(left -> left.reason().equals("its original, cat/1.png, has changed since"));
    assertThat(evaluation.all().copies()).isEqualTo(6);
  }

  @Test
  void evaluate_originalThatIsGone_itsCopiesAreLeftOut() throws IOException {
    augment("folders");
    Files.delete(in.resolve("cat/1.png"));

    assertThat(evaluate().unmatched())
        .hasSize(2)
        .allMatch(left -> left.reason().equals("its original, cat/1.png, is not in the data set"));
  }

  @Test
  void evaluate_pictureThatCantBeRead_isListed() throws IOException {
    put(out.resolve("cat/1-a.png"), 20);
    Files.write(out.resolve("cat/2-a.png"), new byte[] {1, 2, 3});
    Files.write(in.resolve("dog/2.png"), new byte[0]);
    put(out.resolve("dog/2-a.png"), 70);
    put(out.resolve("dog/1-a.png"), 70);

    Evaluation evaluation = evaluate();

    assertThat(evaluation.failures())
        .extracting(Failure::source)
        .containsExactly("cat/2-a.png", "dog/2.png");
    assertThat(evaluation.failures().get(1).reason()).isEqualTo("the file is empty");
    assertThat(evaluation.all().originals()).isEqualTo(3);
    assertThat(evaluation.all().copies()).isEqualTo(3); // zero-shot needs no original
    assertThat(scores(evaluation, "dog").consistency()).isCloseTo(cos(20), CLOSE);
  }

  @Test
  void evaluate_originalAmongTheCopies_isNoCopy() throws IOException {
    put(out.resolve("cat/1-a.png"), 20);
    Files.copy(in.resolve("cat/1.png"), out.resolve("cat/1.png"));

    Evaluation evaluation = evaluate();

    assertThat(evaluation.all().copies()).isEqualTo(1);
    assertThat(evaluation.unmatched())
        .containsExactly(new Failure("cat/1.png", "it is the original itself, byte by byte"));
  }

  @Test
  void evaluate_nothingThatMatches_isRefused() {
    put(out.resolve("horse/1-a.png"), 20);

    assertThatThrownBy(this::evaluate)
        .isInstanceOf(DatasetException.class)
        .hasMessage(
            "There is nothing to compare: none of the pictures in "
                + out
                + " belongs to an original in "
                + in
                + "; of horse/1-a.png: the data set has no class \"horse\"");
  }

  @Test
  void evaluate_runThatNeverEnded_isRefused() throws IOException {
    Files.createDirectories(out);
    Files.writeString(out.resolve("sgid-journal.jsonl"), "");

    assertThatThrownBy(this::evaluate)
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("is not finished");
  }

  @Test
  void evaluate_manifestThatLeadsOut_isAFailure() throws IOException {
    augment("folders");
    Path manifest = out.resolve("metadata.jsonl");
    Files.writeString(
        manifest, Files.readString(manifest).replace("cat/1-sgid-0.png", "../in/cat/2.png"));

    assertThat(evaluate().failures())
        .containsExactly(new Failure("../in/cat/2.png", "it leads out of the folder"));
  }

  @Test
  void evaluate_interrupted_ends() {
    put(out.resolve("cat/1-a.png"), 20);
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(this::evaluate)
          .isInstanceOfSatisfying(SgidException.class, e -> assertThat(e.isCancelled()).isTrue());
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void evaluate_progress_countsOriginalsAndCopies() {
    put(out.resolve("cat/1-a.png"), 20);
    List<JobProgress> heard = new ArrayList<>();

    Evaluator.of(DatasetReader.of(in), out).withListener(heard::add).evaluate(sgid);

    assertThat(heard).extracting(JobProgress::done).startsWith(0, 1).endsWith(4, 5);
    assertThat(heard).allMatch(progress -> progress.total() == 5 && progress.failed() == 0);
  }

  @Test
  void evaluate_single_class_tellsNothingApart() throws IOException {
    Files.delete(in.resolve("dog/1.png"));
    Files.delete(in.resolve("dog/2.png"));
    put(out.resolve("cat/1-a.png"), 80);

    Evaluation evaluation = evaluate();

    assertThat(evaluation.all().originalsRight()).isNull();
    assertThat(evaluation.doubted()).isZero();
    assertThat(evaluation.charts()).extracting(Chart::name).doesNotContain("accuracy");
  }

  @Test
  void json_ofAnEvaluation_isReadAgain() {
    put(out.resolve("cat/1-a.png"), 20);
    Evaluation evaluation = evaluate();

    Evaluation read = Evaluation.parse(evaluation.toJson());

    assertThat(read.toJson()).isEqualTo(evaluation.toJson());
    assertThat(read.matchedBy()).isEqualTo(MatchedBy.FILE_NAME);
    assertThat(evaluation.toJson())
        .contains("\"matched_by\": \"file name\"", "\"consistency\": 0.939693");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "[]", "{\"format\": 2}", "no"})
  void parse_somethingElse_isRefused(String json) {
    assertThatThrownBy(() -> Evaluation.parse(json))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("This is no evaluation");
  }
}

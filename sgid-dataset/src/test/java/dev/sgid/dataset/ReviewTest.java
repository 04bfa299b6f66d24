package dev.sgid.dataset;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.sgid.dataset.Review.Applied;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reviews, and runs that go on behind them. */
class ReviewTest extends ResumeRuns {
  private static final String CAT = "cat/0-sgid-1.png";
  private static final String DOG = "a.dog/2-sgid-0.png";

  private final Path out;
  private final Path rejected;

  ReviewTest(@TempDir Path folder) {
    super(folder);
    this.out = folder.resolve("out");
    this.rejected = folder.resolve("out-rejected");
  }

  @Test
  void apply_twoRejected_movesThemWithTheirLines() throws IOException {
    JobSummary ignored = run(out, "folders", job -> job);
    Map<String, String> before = files(out);
    List<ManifestLine> lines = lines(out);

    Applied applied = Review.read(review(out, CAT, DOG)).apply(out);

    assertThat(applied)
        .isEqualTo(new Applied(rejected.toRealPath(), 2, 0, 1, List.of(), List.of()));
    assertThat(files(rejected).get(CAT)).isEqualTo(before.get(CAT));
    assertThat(files(rejected)).containsOnlyKeys("metadata.jsonl", CAT, DOG);
    assertThat(lines(rejected))
        .containsExactlyInAnyOrderElementsOf(
            lines.stream().filter(l -> List.of(CAT, DOG).contains(l.fileName())).toList());
    lines.removeIf(line -> List.of(CAT, DOG).contains(line.fileName()));
    assertThat(lines(out)).isEqualTo(lines);
    Map<String, String> after = files(out);
    assertThat(after.remove("rejected.jsonl")).isNotNull();
    before.keySet().removeAll(List.of(CAT, DOG));
    before.put("metadata.jsonl", after.get("metadata.jsonl"));
    assertThat(after).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(strings = {"folders", "webdataset", "webdataset:images=5"})
  void run_afterAReview_makesNoRejectedPictureAgain(String format) throws IOException {
    JobSummary whole = run(out, format, job -> job);
    List<String> gone = List.of(named(out, CAT), named(out, DOG));
    Applied ignored = Review.read(review(out, gone.toArray(String[]::new))).apply(out);
    Map<String, String> reviewed = files(out);

    JobSummary again = run(out, format, job -> job);

    assertThat(again.pictures()).isZero();
    assertThat(again.rejected()).isEqualTo(2);
    assertThat(again.planned()).isEqualTo(whole.planned() - 2);
    assertThat(again.alreadyThere()).isEqualTo(whole.pictures() - 2);
    assertThat(again.foreign()).isEmpty();
    assertThat(files(out)).isEqualTo(reviewed);
    JobSummary more = run(out, format, job -> job.withCopies(3));
    assertThat(more.pictures()).isEqualTo(7); // one each of those that can be made
    assertThat(more.rejected()).isEqualTo(2);
    assertThat(lines(out)).extracting(ManifestLine::fileName).doesNotContainAnyElementsOf(gone);
  }

  @Test
  void apply_shards_leaveTheOtherSamplesAsTheyAre() throws IOException {
    Path alone = folder.resolve("alone");
    JobSummary ignored = run(out, "webdataset:images=5", job -> job);
    copy(out, alone);
    String name = named(out, CAT);
    String shard = name.substring(0, name.indexOf('/'));

    Applied applied = Review.read(review(out, name)).apply(out);

    Map<String, String> before = files(alone);
    Map<String, String> after = files(out);
    after.remove("rejected.jsonl");
    assertThat(after.keySet()).isEqualTo(before.keySet());
    before.entrySet().removeIf(file -> file.getValue().equals(after.get(file.getKey())));
    assertThat(before).containsOnlyKeys("metadata.jsonl", shard);
    assertThat(applied.rejected()).isEqualTo(1);
    String inShard = name.substring(shard.length() + 1);
    assertThat(files(rejected)).containsOnlyKeys("metadata.jsonl", inShard);
    // as written without it, which Shards finds whole: nothing is made again
    int embedded = stages.generator.calls().size();
    JobSummary again = run(out, "webdataset:images=5", job -> job);
    assertThat(again.pictures()).isZero();
    assertThat(stages.generator.calls().size() - embedded).isEqualTo(2); // that fail each time
  }

  @Test
  void apply_allOfAShard_removesIt() throws IOException {
    JobSummary ignored = run(out, "webdataset:images=1", job -> job);
    String name = named(out, CAT);

    Applied applied = Review.read(review(out, name)).apply(out);

    assertThat(applied.rejected()).isEqualTo(1);
    assertThat(out.resolve(name.substring(0, name.indexOf('/')))).doesNotExist();
    assertThat(run(out, "webdataset:images=1", job -> job).pictures()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"folders, false", "folders, true", "webdataset, false"})
  void apply_cutShort_isEndedByTheNextCall(String format, boolean byARun) throws IOException {
    Path disturbed = folder.resolve("disturbed");
    JobSummary ignored = run(out, format, job -> job);
    copy(out, disturbed);
    Review review = Review.read(review(out, named(out, CAT), named(out, DOG)));
    Applied undisturbed = review.apply(out);
    Files.copy(out.resolve("rejected.jsonl"), disturbed.resolve("rejected.jsonl")); // and no more

    JobSummary summary = byARun ? run(disturbed, format, job -> job) : null;
    Applied applied = review.apply(disturbed);

    assertThat(applied.rejected()).isZero();
    assertThat(applied.before()).isEqualTo(undisturbed.rejected());
    assertThat(files(disturbed)).isEqualTo(files(out));
    assertThat(files(folder.resolve("disturbed-rejected"))).isEqualTo(files(rejected));
    if (summary != null) {
      assertThat(summary.pictures()).isZero();
      assertThat(summary.foreign()).isEmpty();
    }
  }

  @Test
  void apply_twice_changesNothingMore() throws IOException {
    JobSummary ignored = run(out, "folders", job -> job);
    Review review = Review.read(review(out, CAT, DOG));
    Applied first = review.apply(out);
    Map<String, String> files = files(folder);

    Applied second = review.apply(out);

    assertThat(second).isEqualTo(new Applied(first.folder(), 0, 2, 1, List.of(), List.of()));
    assertThat(files(folder)).isEqualTo(files);
  }

  @Test
  void apply_allOfAClass_leavesNoEmptyFolder() throws IOException {
    JobSummary ignored = run(out, "folders", job -> job.withOriginals(false));
    List<String> dogs =
        lines(out).stream().map(ManifestLine::fileName).filter(n -> n.startsWith("a.dog")).toList();

    Applied applied = Review.read(review(out, dogs.toArray(String[]::new))).apply(out);

    assertThat(applied.rejected()).isEqualTo(dogs.size());
    assertThat(out.resolve("a.dog")).doesNotExist();
    assertThat(out.resolve("sgid-job.json")).content().contains("a.dog");
  }

  @Test
  void apply_otherSettings_isRefusedWithTheDifference() throws IOException {
    JobSummary ignored = run(out, "folders", job -> job);
    Path file = review(out, CAT);
    JsonObject review = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
    review.getAsJsonObject("job").addProperty("seed", 7);
    Files.writeString(file, review.toString());
    Map<String, String> files = files(out);

    assertThatThrownBy(() -> Review.read(file).apply(out))
        .isInstanceOf(DatasetException.class)
        .hasMessage(
            file + " is a review of other pictures than those in " + out + ": seed was 0, is 7");
    assertThat(files(out)).isEqualTo(files);
    assertThat(rejected).doesNotExist();
  }

  @Test
  void apply_picturesOfOthers_isRefusedNamingOne() throws IOException {
    JobSummary ignored = run(out, "folders", job -> job);
    Path file = review(out, CAT);
    String own = Files.readString(file);
    String sha256 = files(out).get(CAT);
    Files.writeString(file, own.replace("cat/", "cow/"));
    Path other = folder.resolve("other.json");
    Files.writeString(other, own.replaceAll("\"file_sha256\":\"\\w+\"", "\"file_sha256\":\"0\""));

    assertThatThrownBy(() -> Review.read(file).apply(out))
        .hasMessageEndingWith(out + ": cow/0-sgid-1.png is not there");
    assertThatThrownBy(() -> Review.read(other).apply(out))
        .hasMessageEndingWith(out + ": " + CAT + " has the file_sha256 " + sha256 + ", not 0");
    assertThat(out.resolve("rejected.jsonl")).doesNotExist();
  }

  @Test
  void apply_picturesThatAreGoneOrNew_areListedAndStay() throws IOException {
    JobSummary ignored = run(out, "folders", job -> job);
    Path file = review(out, CAT, DOG);
    put(in.resolve("cat/0.png"), TestImages.encode(TestImages.noise(8, 6, 77), "png"));
    JobSummary anew = run(out, "folders", job -> job);
    Files.writeString(file, Files.readString(file).replace("cat/1-sgid-0", "cat/9-sgid-0"));

    Applied applied = Review.read(file).apply(out);

    assertThat(anew.changed()).containsExactly("cat/0.png");
    assertThat(applied.rejected()).isEqualTo(1);
    assertThat(applied.changed()).containsExactly(CAT);
    assertThat(applied.unknown()).containsExactly("cat/9-sgid-0.png");
    assertThat(out.resolve(CAT)).exists();
    assertThat(out.resolve(DOG)).doesNotExist();
  }

  @Test
  void run_originalOfARejectedPictureChanged_makesItAnew() throws IOException {
    JobSummary ignored = run(out, "folders", job -> job);
    Applied applied = Review.read(review(out, CAT, DOG)).apply(out);
    put(in.resolve("cat/0.png"), TestImages.encode(TestImages.noise(8, 6, 77), "png"));

    JobSummary anew = run(out, "folders", job -> job);
    JobSummary again = run(out, "folders", job -> job);

    assertThat(applied.rejected()).isEqualTo(2);
    assertThat(anew.pictures()).isEqualTo(2);
    assertThat(anew.rejected()).isEqualTo(1);
    assertThat(again.pictures()).isZero();
    assertThat(again.rejected()).isEqualTo(1);
    Applied once = Review.read(review(out, CAT)).apply(out);
    assertThat(once.rejected()).isEqualTo(1);
    String changed = CAT.replace(".png", "-" + sha256Of(CAT).substring(0, 8) + ".png");
    assertThat(files(rejected)).containsOnlyKeys("metadata.jsonl", CAT, DOG, changed);
    assertThat(lines(rejected)).hasSize(3);
  }

  private String sha256Of(String rejectedPicture) throws IOException {
    List<ManifestLine> lines =
        Files.readAllLines(out.resolve("rejected.jsonl")).stream()
            .map(ManifestLine::parse)
            .toList();
    return String.valueOf(
        lines.stream()
            .filter(line -> line.fileName().equals(rejectedPicture))
            .reduce((a, b) -> b)
            .orElseThrow()
            .fileSha256());
  }

  @Test
  void run_overwrite_forgetsReviews() throws IOException {
    JobSummary whole = run(out, "folders", job -> job);
    Applied ignored = Review.read(review(out, CAT, DOG)).apply(out);
    Files.writeString(out.resolve("report.html"), "of before");

    JobSummary anew = run(out, "folders", job -> job.withOverwrite(true));

    assertThat(anew.pictures()).isEqualTo(whole.pictures());
    assertThat(anew.foreign()).isEmpty();
    assertThat(out.resolve("rejected.jsonl")).doesNotExist();
    assertThat(out.resolve("report.html")).doesNotExist();
    assertThat(rejected.resolve(CAT)).exists();
  }

  @Test
  void apply_jobThatIsNotDone_isGoneOnWithBehindIt() throws IOException {
    Path killed = folder.resolve("killed");
    Path undisturbed = folder.resolve("whole");
    JobSummary ignored = run(undisturbed, "folders", job -> job);
    JobSummary unused =
        run(out, "folders", job -> job.withListener(p -> copyOnce(makes(p, 12), out, killed)));
    Path file = review(killed, DOG, CAT);

    Applied applied = Review.read(file).apply(killed);
    JobSummary rest = run(killed, "folders", job -> job);

    assertThat(applied.rejected()).isEqualTo(2);
    assertThat(rest.pictures() + rest.alreadyThere()).isEqualTo(12);
    Applied same = Review.read(review(undisturbed, DOG, CAT)).apply(undisturbed);
    assertThat(same.rejected()).isEqualTo(2);
    Map<String, String> killedFiles = new TreeMap<>(files(killed));
    Map<String, String> wholeFiles = new TreeMap<>(files(undisturbed));
    killedFiles.remove("rejected.jsonl"); // in the order in which they were made
    wholeFiles.remove("rejected.jsonl");
    assertThat(killedFiles).isEqualTo(wholeFiles);
  }

  @Test
  void apply_classCalledLikeAShard_keepsItsFolder() throws IOException {
    put(in.resolve("shard-000000.tar/1.png"), TestImages.encode(TestImages.noise(8, 6, 80), "png"));
    JobSummary ignored = run(out, "folders", job -> job);
    String name = "shard-000000.tar/1-sgid-0.png";

    Applied applied = Review.read(review(out, name)).apply(out);

    assertThat(applied.rejected()).isEqualTo(1);
    assertThat(out.resolve(name)).doesNotExist();
    assertThat(rejected.resolve(name)).exists();
    assertThat(run(out, "folders", job -> job).pictures()).isZero();
  }

  @Test
  void apply_shardsOfAJobThatIsNotDone_isRefused() throws IOException {
    Path killed = folder.resolve("killed");
    JobSummary ignored =
        run(
            out,
            "webdataset:images=5",
            job -> job.withListener(p -> copyOnce(p.done() == 12, out, killed)));
    Review review = Review.read(review(killed, named(killed, DOG)));

    assertThatThrownBy(() -> review.apply(killed))
        .isInstanceOf(DatasetException.class)
        .hasMessage(
            killed + " has shards that are not finished: let sgid augment come to its end first");
    assertThat(killed.resolve("rejected.jsonl")).doesNotExist();
  }

  @Test
  void apply_split_putsThemBesideTheFolderOfSplits() throws IOException {
    Path train = folder.resolve("splits/train");
    copy(in, train);
    JobSummary ignored =
        run(
            out,
            "folders",
            job -> AugmentJob.builder(folder.resolve("splits"), out).withSplit("train"));

    Applied applied =
        Review.read(review(out.resolve("train"), "cat/0-sgid-0.png")).apply(out.resolve("train"));

    assertThat(applied.folder()).isEqualTo(rejected.toRealPath().resolve("train"));
    assertThat(applied.folder().resolve("cat/0-sgid-0.png")).exists();
  }

  @Test
  void apply_folderOfOthers_isRefused() throws IOException {
    JobSummary ignored = run(out, "folders", job -> job);
    Review review = Review.read(review(out, CAT));

    assertThatThrownBy(() -> review.apply(in))
        .isInstanceOf(DatasetException.class)
        .hasMessage(in + " holds no sgid-job.json: it must be a folder that sgid augment wrote");
  }

  @Test
  void apply_whileARunWrites_isRefused() throws IOException {
    JobSummary ignored = run(out, "folders", job -> job);
    Review review = Review.read(review(out, CAT));
    try (OutLock lock = OutLock.take(out.toRealPath())) {
      assertThat(lock).isNotNull();
      assertThatThrownBy(() -> review.apply(out))
          .isInstanceOf(DatasetException.class)
          .hasMessageContaining("is writing to");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{}|is no review that a report saved",
        "[1]|is no review that a report saved",
        "not json|is no review that a report saved: ",
        "{\"kind\":\"sgid-review\",\"format\":2}|is a review of format 2, known is 1",
        "{\"kind\":\"sgid-review\",\"format\":1}|is no review that a report saved: ",
        "{\"kind\":\"sgid-review\",\"format\":1,\"job\":{},\"marks\":[{\"file_name\":\"a\"}]}"
            + "|a mark must have a file_name, and a mark of accept or reject: {\"file_name\":\"a\"}",
      })
  void read_noReview_isRefusedNamingTheFile(String content, String message) throws IOException {
    Path file = Files.writeString(folder.resolve("review.json"), content);

    assertThatThrownBy(() -> Review.read(file))
        .isInstanceOf(DatasetException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining(message);
  }

  @Test
  void read_noFile_isRefused() {
    Path file = folder.resolve("none.json");

    assertThatThrownBy(() -> Review.read(file))
        .isInstanceOf(DatasetException.class)
        .hasMessage(
            file + " can't be read: there is no such file any more, or a link leads nowhere");
  }

  /** A review as the report saves it, which rejects pictures and accepts another one. */
  private Path review(Path reviewed, String... rejectedNames) throws IOException {
    JsonObject review = new JsonObject();
    review.addProperty("kind", "sgid-review");
    review.addProperty("format", 1);
    JsonObject job =
        JsonParser.parseString(Files.readString(reviewed.resolve("sgid-job.json")))
            .getAsJsonObject();
    job.remove("in");
    review.add("job", job);
    JsonArray marks = new JsonArray();
    for (String name : rejectedNames) {
      marks.add(mark(reviewed, name, "reject"));
    }
    if (rejectedNames.length > 1) {
      marks.add(mark(reviewed, named(reviewed, "cat/1-sgid-0.png"), "accept"));
    }
    review.add("marks", marks);
    return Files.writeString(folder.resolve("review.json"), review.toString());
  }

  private static JsonObject mark(Path reviewed, String name, String mark) throws IOException {
    JsonObject json = new JsonObject();
    json.addProperty("file_name", name);
    List<ManifestLine> lines = lines(reviewed);
    lines.stream()
        .filter(line -> line.fileName().equals(name))
        .forEach(line -> json.addProperty("file_sha256", line.fileSha256()));
    json.addProperty("mark", mark);
    return json;
  }

  /** The name in a data set of what class folders call so. */
  private static String named(Path reviewed, String inFolders) throws IOException {
    ManifestLine of = new Named(inFolders).find(lines(reviewed));
    return of.fileName();
  }

  private record Named(String inFolders) {
    ManifestLine find(List<ManifestLine> lines) {
      String source = inFolders.replaceAll("-sgid-\\d+", "");
      int copy = Integer.parseInt(inFolders.replaceAll(".*-sgid-(\\d+)\\.png", "$1"));
      return lines.stream()
          .filter(line -> line.source().equals(source))
          .filter(line -> !line.isOriginal() && String.valueOf(line.copy()).equals("" + copy))
          .findFirst()
          .orElseThrow();
    }
  }

  /** Of the manifest and, where the job is not done, the journal. */
  private static List<ManifestLine> lines(Path out) throws IOException {
    List<ManifestLine> lines = new ArrayList<>();
    for (String name : List.of("metadata.jsonl", "sgid-journal.jsonl")) {
      if (Files.exists(out.resolve(name))) {
        Files.readAllLines(out.resolve(name), UTF_8).stream()
            .filter(line -> line.contains("\"file_name\""))
            .map(ManifestLine::parse)
            .forEach(lines::add);
      }
    }
    return lines;
  }
}

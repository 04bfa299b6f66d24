package dev.sgid.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sgid.Sgid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SplitsTest {
  private final Path in;
  private final Path out;

  SplitsTest(@TempDir Path folder) {
    this.in = folder.resolve("in put");
    this.out = folder.resolve("out");
  }

  // what datasets 5.0.1's data_files.py takes for a split
  @ParameterizedTest
  @ValueSource(
      strings = {
        "train",
        "training",
        "test",
        "testing",
        "val",
        "valid",
        "validation",
        "dev",
        "eval",
        "evaluation",
        "test_tube",
        "train2017",
        "my-train",
        "a.test.b",
        "crash test",
        "2test",
        "train-set"
      })
  void isFolder_splitsName_is(String name) {
    assertThat(Splits.isFolder(name)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"trainer", "Train", "contest", "valley", "device", "airplane", "trains"})
  void isFolder_otherName_isNot(String name) {
    assertThat(Splits.isFolder(name)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"train-7.png", "a_test_1.png", "val.png", "x test.png"})
  void isFile_splitsName_is(String name) {
    assertThat(Splits.isFile(name)).isTrue();
  }

  @Test
  void isFile_otherName_isNot() {
    assertThat(Splits.isFile("trainer-7.png")).isFalse();
    assertThat(Splits.isFile("contest.png")).isFalse();
  }

  @Test
  void build_treeOfSplits_isRefusedWithTheLineToType() throws IOException {
    images("val/coat/1.png", "train/coat/1.png", "train/sandal/2.png");

    assertThatThrownBy(() -> AugmentJob.builder(in, out).build())
        .isInstanceOf(DatasetException.class)
        .hasMessage(
            in
                + " holds no classes but splits: train, val. To augment one of them alone: sgid"
                + " augment '"
                + in
                + "' "
                + out
                + " --split train");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Train/coat/1.png cat/1.png", // beside a class
        "train/coat/1.png val/1.jpg", // a split without classes
        "test/metadata.jsonl test/1.png",
        "train2017/a/b/1.png",
      })
  void build_othersOfTheKind_areRefused(String names) throws IOException {
    images(names.split(" "));

    assertThatThrownBy(() -> AugmentJob.builder(in, out).build())
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining(" --split ");
  }

  @Test
  void run_split_augmentsItAloneAndKeepsTheLayout() throws IOException {
    images("val/coat/1.png", "train/coat/1.png", "train/sandal/2.png");

    try (Sgid sgid = new FakeStages().sgid()) {
      JobSummary train = AugmentJob.builder(in, out).withSplit("train").build().run(sgid);
      JobSummary val = AugmentJob.builder(in, out).withSplit("val").build().run(sgid);

      assertThat(train.pictures()).isEqualTo(2);
      assertThat(train.out()).isEqualTo(out.resolve("train"));
      assertThat(val.pictures()).isEqualTo(1);
    }
    assertThat(out.resolve("train/sandal/2-sgid-0.png")).exists();
    assertThat(out.resolve("val/coat/1-sgid-0.png")).exists();
    assertThat(Files.readString(out.resolve("train/metadata.jsonl")))
        .contains(
            "\"file_name\":\"coat/1-sgid-0.png\",\"label\":\"coat\",\"source\":\"coat/1.png\"");
  }

  @Test
  void build_splitThatIsNotThere_namesThoseThatAre() throws IOException {
    images("val/coat/1.png", "train/coat/1.png");

    assertThatThrownBy(() -> AugmentJob.builder(in, out).withSplit("test").build())
        .isInstanceOf(DatasetException.class)
        .hasMessage("There is no split test in " + in + "; it holds train, val");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", ".", "..", "a/b", "/"})
  void withSplit_noFoldersName_isRefused(String name) {
    assertThatThrownBy(() -> AugmentJob.builder(in, out).withSplit(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "split must be the name of a folder in the data set, like train, is \"" + name + "\"");
  }

  @Test
  void build_splitWrittenIntoTheDataset_isRefused() throws IOException {
    images("train/coat/1.png");

    assertThatThrownBy(() -> AugmentJob.builder(in, in).withSplit("train").build())
        .isInstanceOf(DatasetException.class)
        .hasMessage("The folder to write is the data set itself: " + in);
    assertThatThrownBy(() -> AugmentJob.builder(in, in.resolve("aug")).withSplit("train").build())
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("lies in the data set");
  }

  @Test
  void build_classesWithSplitsNames_areWarnedOf() throws IOException {
    images("train/1.png", "test_tube/1.png", "airplane/1.png", "__x/1.png");

    AugmentJob job = AugmentJob.builder(in, out).build();

    assertThat(job.pictures()).isEqualTo(4);
    assertThat(job.warnings())
        .containsExactly(
            "Hugging Face datasets takes class folders for splits by their names: test_tube, train,"
                + " and leaves out the other classes; load it with load_dataset(\"imagefolder\","
                + " data_files={\"train\": \""
                + out.resolve("**")
                + "\"}), or rename them in the data set",
            "Hugging Face datasets leaves out class folders whose names begin with __: __x; rename"
                + " them in the data set");
    try (Sgid sgid = new FakeStages().sgid()) {
      assertThat(job.run(sgid).warnings()).isEqualTo(job.warnings());
    }
  }

  @Test
  void build_filesWithSplitsNames_areWarnedOf() throws IOException {
    images("cat/train-1.png", "cat/2.png");

    assertThat(AugmentJob.builder(in, out).build().warnings())
        .singleElement()
        .asString()
        .startsWith(
            "Hugging Face datasets takes files for those of a split by their names:"
                + " cat/train-1-sgid-0.png, and leaves out the others and the manifest");
  }

  private void images(String... names) throws IOException {
    for (String name : names) {
      Path file = in.resolve(name);
      Files.createDirectories(file.getParent());
      Files.write(
          file,
          name.endsWith("jsonl")
              ? "{\"file_name\":\"1.png\",\"label\":\"cat\"}\n"
                  .getBytes(java.nio.charset.StandardCharsets.UTF_8)
              : TestImages.encode(TestImages.noise(8, 6, name.hashCode()), "png"));
    }
  }
}

package dev.sgid.dataset.training;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sgid.Size;
import dev.sgid.dataset.DatasetException;
import dev.sgid.dataset.DatasetReader;
import dev.sgid.dataset.Failure;
import dev.sgid.dataset.ManifestLine;
import dev.sgid.dataset.OutputFormat;
import dev.sgid.internal.RgbImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingSetTest {
  private static final List<String> CLASSES = List.of("ankle_boot", "bag", "coat");

  private final TrainingFolder folder;

  TrainingSetTest(@TempDir Path temporary) {
    folder = new TrainingFolder(temporary).withImages();
  }

  private static List<String> originals(TrainingSet set) {
    return set.originals().samples().stream().map(Sample::original).toList();
  }

  private static int corner(TrainingSet set, Sample sample) {
    return set.image(sample).getRGB(1, 1) & 0xffffff;
  }

  @Test
  void of_folderWithOriginals_needsNothingElse() throws IOException {
    folder.augment(folder.job().withOriginals(true));
    Files.move(folder.in, folder.in.resolveSibling("gone"));

    TrainingSet set = TrainingSet.of(folder.out);

    assertThat(set.classes()).isEqualTo(CLASSES);
    assertThat(set.samples()).hasSize(21);
    assertThat(set.pictureSize()).isEqualTo(new Size(4, 4));
    assertThat(originals(set))
        .containsExactly(
            "ankle_boot/1.png",
            "ankle_boot/2.png",
            "bag/1.png",
            "bag/2.png",
            "bag/same.png",
            "coat/1.png",
            "coat/2.png");
    Sample original = set.samples().get(6);
    assertThat(original.name()).isEqualTo("bag/1.png");
    assertThat(original.isCopy()).isFalse();
    assertThat(original.classIndex()).isEqualTo(1);
    assertThat(original.group()).isEqualTo(RgbImage.of(set.image(original)).identity());
    assertThat(corner(set, original)).isEqualTo(0x100000);
    Sample copy = set.samples().get(8);
    assertThat(copy.name()).isEqualTo("bag/1-sgid-1.png");
    assertThat(copy.copy()).isEqualTo(1);
    assertThat(copy.original()).isEqualTo("bag/1.png");
    assertThat(copy.group()).isEqualTo(original.group());
    assertThat(copy.consistency()).isBetween(-1.0, 1.0);
  }

  @Test
  void of_folderWithoutOriginals_takesThoseOfTheJobsDataset() throws IOException {
    folder.augment(folder.job());
    folder.put("coat/3.png", 0x003000); // has no copy

    TrainingSet set = TrainingSet.of(folder.out);

    assertThat(set.samples()).hasSize(22);
    assertThat(originals(set)).hasSize(8).contains("coat/3.png");
    Sample first = set.samples().get(0);
    assertThat(corner(set, first)).isEqualTo(0x000010);
    assertThat(set.samples().get(1).isCopy()).isTrue();
    Sample last = set.samples().get(21);
    assertThat(last.group()).isEqualTo(RgbImage.of(set.image(last)).identity());
    assertThat(last.group()).isNotEqualTo(set.samples().get(18).group());
  }

  @Test
  void of_datasetMoved_isToldItsPlace() throws IOException {
    folder.augment(folder.job());
    Path moved = folder.in.resolveSibling("moved");
    Files.move(folder.in, moved);

    assertThatThrownBy(() -> TrainingSet.of(folder.out))
        .isInstanceOf(DatasetException.class)
        .hasMessageStartingWith(
            folder.out
                + " has no originals in it (--with-originals), and the data set they were in can't"
                + " be read, give its place: ")
        .hasMessageContaining(folder.in.toString());
    assertThat(TrainingSet.of(folder.out, DatasetReader.of(moved)).samples()).hasSize(21);
  }

  @Test
  void of_shards_readsTheSamePictures() {
    folder.augment(folder.job().withOriginals(true).withFormat(OutputFormat.parse("webdataset")));

    TrainingSet set = TrainingSet.of(folder.out);

    assertThat(set.classes()).isEqualTo(CLASSES);
    assertThat(set.samples()).hasSize(21);
    assertThat(set.samples().get(6).name()).startsWith("shard-000000.tar/");
    assertThat(corner(set, set.samples().get(6))).isEqualTo(0x100000);
  }

  @Test
  void of_originalChanged_isRefusedByName() {
    folder.augment(folder.job());
    folder.put("bag/1.png", 0x300000);
    TrainingSet set = TrainingSet.of(folder.out);
    Sample changed = set.samples().get(6);

    assertThatThrownBy(() -> set.image(changed))
        .isInstanceOf(DatasetException.class)
        .hasMessage(
            folder.in.resolve("bag/1.png")
                + " can't be trained on: it has changed since its copies were made");
  }

  @Test
  void of_originalGone_leavesItsCopiesOutByName() throws IOException {
    folder.augment(folder.job());
    Files.delete(folder.in.resolve("bag/2.png"));

    TrainingSet set = TrainingSet.of(folder.out);

    assertThat(set.samples()).hasSize(18);
    assertThat(set.failures())
        .containsExactly(
            new Failure("bag/2-sgid-0.png", "its original, bag/2.png, is not in the data set"),
            new Failure("bag/2-sgid-1.png", "its original, bag/2.png, is not in the data set"));
  }

  @Test
  void of_noOutputFolder_saysWhatItMustBe() {
    assertThatThrownBy(() -> TrainingSet.of(folder.in))
        .isInstanceOf(DatasetException.class)
        .hasMessage(
            folder.in
                + " holds no metadata.jsonl: it must be a folder that sgid augment wrote (of a"
                + " split, like OUT/train)");
  }

  @Test
  void of_damagedLine_namesIt() throws IOException {
    folder.augment(folder.job());
    Path manifest = folder.out.resolve("metadata.jsonl");
    Files.writeString(manifest, Files.readString(manifest) + "{\"file_name\"\n");

    assertThatThrownBy(() -> TrainingSet.of(folder.out))
        .isInstanceOf(DatasetException.class)
        .hasMessage(manifest + ", line 15: This is no line of a manifest: {\"file_name\"");
  }

  @Test
  void of_dataset_hasNoCopies() throws IOException {
    Files.writeString(folder.in.resolve("coat/broken.png"), "");

    TrainingSet set = TrainingSet.of(DatasetReader.of(folder.in));

    assertThat(set.classes()).isEqualTo(CLASSES);
    assertThat(originals(set)).hasSize(7);
    assertThat(set.samples().get(2).group()).isEqualTo(set.samples().get(4).group());
    assertThat(set.failures()).containsExactly(new Failure("coat/broken.png", "the file is empty"));
  }

  @Test
  void withConsistencyAtLeast_leavesTheOthersOut() {
    folder.augment(folder.job());
    TrainingSet set = TrainingSet.of(folder.out);
    double middle =
        set.samples().stream()
            .map(Sample::consistency)
            .filter(Objects::nonNull)
            .mapToDouble(Double::doubleValue)
            .sorted()
            .skip(7)
            .findFirst()
            .orElseThrow();

    TrainingSet consistent = set.withConsistencyAtLeast(middle);

    assertThat(consistent.samples().stream().filter(Sample::isCopy))
        .hasSize(7)
        .allSatisfy(
            copy -> assertThat(requireNonNull(copy.consistency())).isGreaterThanOrEqualTo(middle));
    assertThat(originals(consistent)).hasSize(7);
  }

  @Test
  void keptOnly_leavesOutWhatTheManifestSaysIsNotFit() throws IOException {
    folder.augment(folder.job());
    TrainingSet set = TrainingSet.of(folder.out);
    long kept;
    try (Stream<String> lines = Files.lines(folder.out.resolve("metadata.jsonl"), UTF_8)) {
      kept =
          lines.filter(line -> requireNonNull(ManifestLine.parse(line).verdict()).kept()).count();
    }

    assertThat(set.samples()).hasSize(21);
    assertThat(kept).isBetween(1L, 13L);
    assertThat(set.keptOnly().samples()).hasSize(7 + (int) kept);
  }

  @Test
  void withClasses_otherOrder_numbersAnew() {
    TrainingSet set = TrainingSet.of(DatasetReader.of(folder.in));
    List<String> order = List.of("coat", "hat", "bag", "ankle_boot");

    TrainingSet numbered = set.withClasses(order);

    assertThat(numbered.classes()).isEqualTo(order);
    assertThat(numbered.samples().stream().map(Sample::classIndex))
        .containsExactly(3, 3, 2, 2, 2, 0, 0);
    assertThatThrownBy(() -> set.withClasses(List.of("coat", "bag")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "ankle_boot/1.png has the label \"ankle_boot\", which is not among the classes"
                + " [coat, bag]");
    assertThatThrownBy(() -> set.withClasses(List.of("coat", "coat")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("classes must differ, \"coat\" is there twice");
  }

  @Test
  void image_ofAnotherSize_namesBoth() {
    folder.put("coat/2.png", 0x002000, 5);
    TrainingSet set = TrainingSet.of(DatasetReader.of(folder.in));

    assertThatThrownBy(() -> set.image(set.samples().get(6)))
        .isInstanceOf(DatasetException.class)
        .hasMessage(
            folder.in.resolve("coat/2.png")
                + " is 5x5, but ankle_boot/1.png is 4x4: pictures must be of one size to be trained"
                + " on together; scale the data set");
  }

  @Test
  void epoch_orderDependsOnSeedAndEpochOnly() {
    TrainingSet set = TrainingSet.of(DatasetReader.of(folder.in));
    List<Sample> order = set.epoch(Mix.all(), 7, 0);

    assertThat(order).containsExactlyInAnyOrderElementsOf(set.samples());
    assertThat(TrainingSet.of(DatasetReader.of(folder.in)).epoch(Mix.all(), 7, 0)).isEqualTo(order);
    assertThat(set.epoch(Mix.all(), 7, 1)).isNotEqualTo(order);
    assertThat(set.epoch(Mix.all(), 8, 0)).isNotEqualTo(order);
  }
}

package dev.sgid.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.engine.Engine;
import ai.djl.modality.cv.Image;
import ai.djl.modality.cv.transform.ToTensor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.dataset.Batch;
import ai.djl.training.dataset.BatchSampler;
import ai.djl.training.dataset.RandomSampler;
import ai.djl.training.dataset.Record;
import dev.sgid.Sgid;
import dev.sgid.dataset.DatasetException;
import dev.sgid.dataset.DatasetReader;
import dev.sgid.dataset.training.Mix;
import dev.sgid.dataset.training.Sample;
import dev.sgid.dataset.training.TrainingSet;
import dev.sgid.testing.FakeGenerator;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@NeedsPyTorch
class AugmentedDatasetTest {
  @TempDir private Path folder;
  private NDManager manager;

  @BeforeEach
  void openManager() {
    manager = NDManager.newBaseManager();
  }

  @AfterEach
  void closeManager() {
    manager.close();
  }

  @Test
  void get_colourPicture_isHeightWidthChannelsOfBytesAndTheClassNumber() throws Exception {
    BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_INT_RGB);
    image.setRGB(0, 0, 0x010203);
    image.setRGB(1, 0, 0xfefdfc);
    Sets.write(folder.resolve("bag/a.png"), new BufferedImage(2, 1, BufferedImage.TYPE_INT_RGB));
    Sets.write(folder.resolve("coat/b.png"), image);
    AugmentedDataset dataset = builder(originals(folder)).setSampling(1, false).build();

    Record record = dataset.get(manager, 1);

    NDArray data = record.getData().singletonOrThrow();
    assertThat(data.getShape()).isEqualTo(new Shape(1, 2, 3));
    assertThat(data.getDataType()).isEqualTo(DataType.UINT8);
    assertThat(data.toUint8Array()).containsExactly(1, 2, 3, 254, 253, 252);
    NDArray label = record.getLabels().singletonOrThrow();
    assertThat(label.getShape()).isEqualTo(new Shape());
    assertThat(label.toLongArray()).containsExactly(1);
    assertThat(dataset.getClasses()).containsExactly("bag", "coat");
  }

  @Test
  void get_grayscale_hasOneChannel() throws Exception {
    AugmentedDataset dataset =
        builder(originals(Sets.images(folder, 1, 4, 3)))
            .optFlag(Image.Flag.GRAYSCALE)
            .setSampling(1, false)
            .build();
    assertThat(dataset.get(manager, 0).getData().get(0).getShape()).isEqualTo(new Shape(3, 4, 1));
  }

  @Test
  void getData_toTensor_batchesChannelsHeightWidthOfFloats() throws Exception {
    AugmentedDataset dataset =
        builder(originals(Sets.images(folder, 1, 4, 3)))
            .setSampling(3, false)
            .addTransform(new ToTensor())
            .build();
    for (Batch batch : dataset.getData(manager)) {
      try (batch) {
        NDArray data = batch.getData().singletonOrThrow();
        assertThat(data.getShape()).isEqualTo(new Shape(3, 3, 3, 4));
        assertThat(data.getDataType()).isEqualTo(DataType.FLOAT32);
        assertThat(data.max().getFloat()).isBetween(0.5f, 1f);
        assertThat(batch.getLabels().singletonOrThrow().toLongArray()).containsExactly(0, 1, 2);
      }
    }
  }

  @Test
  void getData_random_isTheSetsOrderWhateverElseDjlDraws() throws Exception {
    TrainingSet set = Sets.withCopies(folder);
    List<List<Long>> expected = new ArrayList<>();
    for (int epoch = 0; epoch < 3; epoch++) {
      expected.add(indices(set, set.epoch(Mix.all(), 7, epoch)));
    }
    for (int djlSeed = 0; djlSeed < 2; djlSeed++) {
      Engine.getInstance().setRandomSeed(djlSeed);
      AugmentedDataset dataset = builder(set).optSeed(7).setSampling(5, true).build();
      assertThat(dataset.size()).isEqualTo(36);
      for (List<Long> epoch : expected) {
        assertThat(epochOf(dataset)).isEqualTo(epoch);
      }
    }
    assertThat(expected).doesNotHaveDuplicates();
  }

  @Test
  void getData_severalThreads_isTheSameOrderWithTheSamePictures() throws Exception {
    TrainingSet set = Sets.withCopies(folder);
    ExecutorService threads = Executors.newFixedThreadPool(3);
    try {
      AugmentedDataset alone = builder(set).setSampling(5, true).build();
      AugmentedDataset threaded = builder(set).setSampling(5, true).optPrefetchNumber(4).build();
      for (int epoch = 0; epoch < 3; epoch++) {
        assertThat(pixelSums(threaded.getData(manager, threads)))
            .isEqualTo(pixelSums(alone.getData(manager)));
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void getData_notRandom_isTheOrderOfTheSet() throws Exception {
    AugmentedDataset dataset = builder(Sets.withCopies(folder)).setSampling(5, false).build();
    List<Long> all = LongStream.range(0, 36).boxed().toList();
    assertThat(epochOf(dataset)).isEqualTo(all);
    assertThat(epochOf(dataset)).isEqualTo(all);
  }

  @Test
  void getData_syntheticProbability_hasEachOriginalOnceOrOneOfItsCopies() throws Exception {
    TrainingSet set = Sets.withCopies(folder);
    Mix mix = Mix.synthetic(0.5);
    AugmentedDataset random = builder(set).optMix(mix).optSeed(3).setSampling(5, true).build();
    AugmentedDataset inOrder = builder(set).optMix(mix).optSeed(3).setSampling(5, false).build();
    assertThat(random.size()).isEqualTo(12);
    for (int epoch = 0; epoch < 3; epoch++) {
      List<Long> expected = indices(set, set.epoch(mix, 3, epoch));
      assertThat(epochOf(random)).isEqualTo(expected);
      assertThat(epochOf(inOrder)).isEqualTo(expected.stream().sorted().toList());
    }
  }

  @Test
  void getData_samplerOfDjl_goesOverTheEpoch() throws Exception {
    TrainingSet set = Sets.withCopies(folder);
    Mix mix = Mix.synthetic(1);
    AugmentedDataset dataset =
        builder(set).optMix(mix).setSampling(new BatchSampler(new RandomSampler(), 5)).build();
    assertThat(epochOf(dataset))
        .containsExactlyInAnyOrderElementsOf(indices(set, set.epoch(mix, 0, 0)));
  }

  @Test
  void getData_limit_isOfTheFirstSamplesInEveryEpoch() throws Exception {
    TrainingSet set = Sets.withCopies(folder);
    AugmentedDataset random = builder(set).optLimit(7).setSampling(3, true).build();
    assertThat(random.size()).isEqualTo(7);
    for (int epoch = 0; epoch < 3; epoch++) {
      assertThat(epochOf(random)).containsExactlyInAnyOrder(0L, 1L, 2L, 3L, 4L, 5L, 6L);
    }
    AugmentedDataset full = builder(set).optLimit(7).setSampling(3, false, true).build();
    assertThat(epochOf(full)).containsExactly(0L, 1L, 2L, 3L, 4L, 5L);
  }

  @Test
  void getData_copiesMadeOnDemand_areMadeOnceAndOnlyThoseOfTheEpoch() throws Exception {
    Path images = Sets.images(folder.resolve("in"), 2, 6, 5);
    FakeGenerator generator = new FakeGenerator();
    try (Sgid sgid = Sets.sgid(generator)) {
      TrainingSet set = TrainingSet.of(DatasetReader.of(images), sgid, 3, folder.resolve("cache"));
      AugmentedDataset few = builder(set).optLimit(6).setSampling(4, true).build();
      assertThat(epochOf(few)).hasSize(6);
      assertThat(made(generator)).isEqualTo(4); // two of the six are originals
      AugmentedDataset all = builder(set).setSampling(4, true).build();
      for (int epoch = 0; epoch < 2; epoch++) {
        assertThat(epochOf(all)).hasSize(24);
        assertThat(made(generator)).isEqualTo(18);
      }
    }
  }

  @Test
  void randomSplit_wouldPartCopies_isRefusedWithWhatToUse() throws Exception {
    AugmentedDataset dataset = builder(Sets.withCopies(folder)).setSampling(4, true).build();
    assertThatThrownBy(() -> dataset.randomSplit(8, 2))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessage(
            "randomSplit would part copies from their originals, so that accuracy is measured on"
                + " what was trained on: use TrainingSet.split or folds and build a data set of"
                + " each part, or optLimit for fewer records");
    assertThatThrownBy(() -> dataset.subDataset(0, 3))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageStartingWith("subDataset would part copies from their originals");
    assertThatThrownBy(() -> dataset.subDataset(List.of(0L, 4L)))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void getData_pictureThatCannotBeRead_isNamed() throws Exception {
    TrainingSet set = originals(Sets.images(folder, 1, 4, 3));
    Files.writeString(folder.resolve("coat/0.png"), "no picture");
    AugmentedDataset dataset = builder(set).setSampling(3, false).build();
    assertThatThrownBy(() -> epochOf(dataset))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("coat")
        .hasMessageContaining("0.png");
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try {
      assertThatThrownBy(() -> indices(dataset.getData(manager, threads)))
          .isInstanceOf(IllegalStateException.class) // DJL's own
          .hasStackTraceContaining("0.png");
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void build_withoutSampling_saysWhatToCall() throws Exception {
    AugmentedDataset.Builder builder = builder(originals(Sets.images(folder, 1, 4, 3)));
    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("No sampling is set: call setSampling(batchSize, random)");
  }

  @Test
  void builder_valuesOutOfRange_areNamed() throws Exception {
    TrainingSet set = originals(Sets.images(folder, 1, 4, 3));
    assertThatThrownBy(() -> builder(set).setSampling(0, true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("batchSize must be at least 1, is 0");
    assertThatThrownBy(() -> builder(set).optLimit(0).setSampling(1, true).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("limit must be at least 1, is 0");
  }

  private static int made(FakeGenerator generator) {
    return generator.calls().stream().mapToInt(List::size).sum();
  }

  private static AugmentedDataset.Builder builder(TrainingSet set) {
    return AugmentedDataset.builder(set);
  }

  private static TrainingSet originals(Path folder) {
    return TrainingSet.of(DatasetReader.of(folder));
  }

  private static List<Long> indices(TrainingSet set, List<Sample> samples) {
    return samples.stream().map(sample -> (long) set.samples().indexOf(sample)).toList();
  }

  private List<Long> epochOf(AugmentedDataset dataset) throws Exception {
    return indices(dataset.getData(manager));
  }

  private static List<Long> indices(Iterable<Batch> epoch) {
    List<Long> indices = new ArrayList<>();
    for (Batch batch : epoch) {
      try (batch) {
        batch.getIndices().forEach(index -> indices.add((Long) index));
      }
    }
    return indices;
  }

  /** The pictures of an epoch, as the sum of each. */
  private static List<Long> pixelSums(Iterable<Batch> epoch) {
    List<Long> sums = new ArrayList<>();
    for (Batch batch : epoch) {
      try (batch) {
        NDArray data = batch.getData().singletonOrThrow().toType(DataType.INT64, false);
        for (long sum : data.sum(new int[] {1, 2, 3}).toLongArray()) {
          sums.add(sum);
        }
      }
    }
    return sums;
  }
}

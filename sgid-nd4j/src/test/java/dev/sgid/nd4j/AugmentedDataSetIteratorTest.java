package dev.sgid.nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sgid.dataset.training.Mix;
import dev.sgid.dataset.training.Sample;
import dev.sgid.dataset.training.TrainingSet;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

class AugmentedDataSetIteratorTest {
  private static final ImageArrays ARRAYS =
      new ImageArrays(PixelLayout.NCHW, PixelRange.ZERO_TO_ONE);

  private final TrainingSet set; // 10 originals, 20 copies

  AugmentedDataSetIteratorTest(@TempDir Path folder) {
    set = TrainingFolder.set(folder, 5, TrainingFolder.SIDE);
  }

  /** The pictures of an epoch, batch by batch. */
  private static List<List<Integer>> epoch(AugmentedDataSetIterator iterator) {
    List<List<Integer>> pictures = new ArrayList<>();
    while (iterator.hasNext()) {
      for (BufferedImage image : ARRAYS.toImages(iterator.next().getFeatures())) {
        pictures.add(pixels(image));
      }
    }
    return pictures;
  }

  private static List<Integer> pixels(BufferedImage image) {
    List<Integer> pixels = new ArrayList<>();
    for (int pixel : Pictures.pixels(image)) {
      pixels.add(pixel);
    }
    return pixels;
  }

  private List<List<Integer>> pictures(List<Sample> order) {
    return order.stream().map(sample -> pixels(set.image(sample))).toList();
  }

  @Test
  void next_epochs_areThoseOfTheSet() {
    try (AugmentedDataSetIterator iterator =
        AugmentedDataSetIterator.builder(set).withBatch(8).withSeed(7).build()) {
      assertThat(epoch(iterator)).isEqualTo(pictures(set.epoch(Mix.all(), 7, 0)));
      assertThat(iterator.hasNext()).isFalse();
      iterator.reset();
      assertThat(iterator.epoch()).isEqualTo(1);
      assertThat(epoch(iterator)).isEqualTo(pictures(set.epoch(Mix.all(), 7, 1)));
    }
  }

  @Test
  void next_mix_isTheSetsOwn() {
    Mix mix = Mix.synthetic(0.5);
    try (AugmentedDataSetIterator iterator =
        AugmentedDataSetIterator.builder(set).withMix(mix).withSeed(3).build()) {
      assertThat(epoch(iterator)).hasSize(10).isEqualTo(pictures(set.epoch(mix, 3, 0)));
    }
  }

  @Test
  void next_batches_haveFeaturesAndOneHotLabels() {
    try (AugmentedDataSetIterator iterator =
        AugmentedDataSetIterator.builder(set)
            .withBatch(16)
            .withLayout(PixelLayout.NHWC)
            .withRange(PixelRange.MINUS_ONE_TO_ONE)
            .withoutShuffle()
            .build()) {
      DataSet first = iterator.next();
      assertThat(first.getFeatures().shape()).containsExactly(16, 8, 8, 3);
      BufferedImage image = set.image(set.samples().get(0));
      ImageArrays arrays = new ImageArrays(PixelLayout.NHWC, PixelRange.MINUS_ONE_TO_ONE);
      assertThat(Pictures.pixels(arrays.toImages(first.getFeatures()).get(0)))
          .isEqualTo(Pictures.pixels(image));
      assertThat(first.getLabels().argMax(1).toIntVector())
          .containsExactly(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
      assertThat(first.getLabels().sumNumber().intValue()).isEqualTo(16);
      assertThat(first.getLabelNamesList()).containsExactly("bright", "dark");
      assertThat(iterator.next().numExamples()).isEqualTo(14);
      assertThat(iterator.inputColumns()).isEqualTo(192);
      assertThat(iterator.totalOutcomes()).isEqualTo(2);
      assertThat(iterator.batch()).isEqualTo(16);
      assertThat(iterator.getLabels()).containsExactly("bright", "dark");
      assertThat(iterator.resetSupported()).isTrue();
      assertThat(iterator.asyncSupported()).isFalse();
    }
  }

  @Test
  void next_number_isOfThatManyExamples() {
    try (AugmentedDataSetIterator iterator = AugmentedDataSetIterator.of(set)) {
      assertThat(iterator.next(3).numExamples()).isEqualTo(3);
      assertThatThrownBy(() -> iterator.next(0))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("num must be at least 1, is 0");
    }
  }

  @Test
  void next_preProcessor_isCalled() {
    try (AugmentedDataSetIterator iterator = AugmentedDataSetIterator.of(set)) {
      iterator.setPreProcessor(dataSet -> dataSet.getFeatures().assign(0.5));
      assertThat(iterator.next().getFeatures().meanNumber().floatValue()).isEqualTo(0.5f);
    }
  }

  @Test
  void next_inAWorkspace_arraysOutliveIt() {
    try (AugmentedDataSetIterator iterator = AugmentedDataSetIterator.of(set)) {
      DataSet batch;
      try (MemoryWorkspace workspace =
          Nd4j.getWorkspaceManager().getAndActivateWorkspace("a test's")) {
        batch = iterator.next();
        assertThat(batch.getFeatures().isAttached()).isFalse();
      }
      assertThat(batch.getFeatures().meanNumber().floatValue()).isBetween(0.2f, 0.7f);
    }
  }

  @Test
  void next_theLastBatch_isFreed() {
    AugmentedDataSetIterator iterator = AugmentedDataSetIterator.builder(set).withBatch(8).build();
    INDArray first = iterator.next().getFeatures();
    INDArray second = iterator.next().getFeatures();
    assertThat(first.wasClosed()).isTrue();
    second.close(); // as a caller may
    INDArray third = iterator.next().getLabels();
    iterator.reset();
    assertThat(third.wasClosed()).isTrue();
    INDArray fourth = iterator.next().getFeatures();
    iterator.close();
    assertThat(fourth.wasClosed()).isTrue();
    assertThat(iterator.hasNext()).isFalse();
    assertThatThrownBy(iterator::next)
        .isInstanceOf(NoSuchElementException.class)
        .hasMessage("The iterator is closed");
  }

  @Test
  void reset_nothingReadYet_passesNoEpochOver() {
    try (AugmentedDataSetIterator iterator =
        AugmentedDataSetIterator.builder(set).withSeed(7).build()) {
      iterator.reset();
      iterator.reset();
      assertThat(iterator.epoch()).isZero();
      assertThat(epoch(iterator)).isEqualTo(pictures(set.epoch(Mix.all(), 7, 0)));
      assertThatThrownBy(iterator::next)
          .isInstanceOf(NoSuchElementException.class)
          .hasMessage("Epoch 0 is over: reset() begins the next");
    }
  }

  @Test
  void builder_outOfRange_isRefused() {
    AugmentedDataSetIterator.Builder builder = AugmentedDataSetIterator.builder(set);
    assertThatThrownBy(() -> builder.withBatch(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("batch must be at least 1, is 0");
    assertThatThrownBy(() -> builder.withPrefetch(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("prefetch must be at least 1, is -1");
  }

  @Test
  void writeObject_isRefused() {
    try (AugmentedDataSetIterator iterator = AugmentedDataSetIterator.of(set)) {
      assertThatThrownBy(
              () -> new ObjectOutputStream(new ByteArrayOutputStream()).writeObject(iterator))
          .isInstanceOf(NotSerializableException.class)
          .hasMessage("Files and threads stay on their machine");
    }
  }
}

package dev.sgid.nd4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sgid.dataset.training.Mix;
import dev.sgid.dataset.training.Split;
import dev.sgid.dataset.training.TrainingSet;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.Pointer;
import org.deeplearning4j.earlystopping.EarlyStoppingConfiguration;
import org.deeplearning4j.earlystopping.EarlyStoppingResult;
import org.deeplearning4j.earlystopping.saver.InMemoryModelSaver;
import org.deeplearning4j.earlystopping.scorecalc.DataSetLossCalculator;
import org.deeplearning4j.earlystopping.termination.MaxEpochsTerminationCondition;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingTrainer;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** DL4J trains on the iterator. */
class TrainingTest {
  private static final int EPOCHS = 20;
  private static final int WARM = 4; // epochs after which all buffers are there
  private static final int LARGE = 64; // pixels

  private final Split split;

  TrainingTest(@TempDir Path folder) {
    TrainingSet set = TrainingFolder.set(folder, 20, TrainingFolder.SIDE);
    split = set.split(0.25, 7);
  }

  /** A small network: {@code layers}, and one that tells two classes apart. */
  private static MultiLayerNetwork network(int side, Layer... layers) {
    NeuralNetConfiguration.ListBuilder list =
        new NeuralNetConfiguration.Builder().seed(1).updater(new Adam(0.01)).list();
    for (Layer layer : layers) {
      list.layer(layer);
    }
    MultiLayerConfiguration configuration =
        list.layer(
                new OutputLayer.Builder(LossFunction.MCXENT)
                    .nOut(2)
                    .activation(Activation.SOFTMAX)
                    .build())
            .setInputType(InputType.convolutional(side, side, PixelLayout.CHANNELS))
            .build();
    MultiLayerNetwork network = new MultiLayerNetwork(configuration);
    network.init();
    return network;
  }

  private static MultiLayerNetwork convolutional() {
    return network(
        TrainingFolder.SIDE,
        new ConvolutionLayer.Builder(3, 3).nOut(4).activation(Activation.RELU).build());
  }

  private AugmentedDataSetIterator train() {
    return AugmentedDataSetIterator.builder(split.train())
        .withBatch(16)
        .withMix(Mix.synthetic(0.5))
        .withRange(PixelRange.MINUS_ONE_TO_ONE)
        .withSeed(7)
        .build();
  }

  private AugmentedDataSetIterator validation() {
    return AugmentedDataSetIterator.builder(split.validation())
        .withRange(PixelRange.MINUS_ONE_TO_ONE)
        .withoutShuffle()
        .build();
  }

  @Test
  void fit_someEpochs_learnsAndIsTheSameEachTime() {
    double[] score = new double[2];
    for (int i = 0; i < 2; i++) {
      MultiLayerNetwork network = convolutional();
      try (AugmentedDataSetIterator train = train();
          AugmentedDataSetIterator validation = validation()) {
        network.fit(train, EPOCHS);
        assertThat(train.epoch()).isEqualTo(EPOCHS - 1);
        assertThat(network.evaluate(validation).accuracy()).isEqualTo(1);
        score[i] = network.score();
      }
      network.close();
    }
    assertThat(score[0]).isEqualTo(score[1]);
  }

  @Test
  void fit_earlyStopping_seesEachEpochOnce() {
    try (AugmentedDataSetIterator train = train();
        AugmentedDataSetIterator validation = validation()) {
      EarlyStoppingConfiguration<MultiLayerNetwork> stopping =
          new EarlyStoppingConfiguration.Builder<MultiLayerNetwork>()
              .epochTerminationConditions(new MaxEpochsTerminationCondition(5))
              .scoreCalculator(new DataSetLossCalculator(validation, true))
              .modelSaver(new InMemoryModelSaver<>())
              .build();

      EarlyStoppingResult<MultiLayerNetwork> result =
          new EarlyStoppingTrainer(stopping, convolutional(), train).fit();

      assertThat(result.getTotalEpochs()).isEqualTo(5);
      assertThat(result.getScoreVsEpoch()).hasSize(5);
      assertThat(train.epoch()).isBetween(4, 5);
      assertThat(result.getBestModelScore()).isLessThan(result.getScoreVsEpoch().get(0));
      assertThat(result.getBestModel().evaluate(validation).getNumRowCounter()).isEqualTo(10);
    }
  }

  /**
   * What the arrays take is seen in the memory of the process, since nothing else lets go of them:
   * they are all referred to, and what lies on the heap is collected after each epoch.
   */
  @Test
  void fit_manyEpochs_memoryStaysFlat(@TempDir Path folder) {
    TrainingSet large = TrainingFolder.set(folder, 20, LARGE);
    long epochBytes = large.samples().size() * 3L * LARGE * LARGE * Float.BYTES;
    List<INDArray> lent = new ArrayList<>();
    MultiLayerNetwork network = network(LARGE);
    try (AugmentedDataSetIterator train =
        AugmentedDataSetIterator.builder(large).withBatch(16).build()) {
      train.setPreProcessor(batch -> lent.addAll(List.of(batch.getFeatures(), batch.getLabels())));
      long early = 0;
      for (int epoch = 0; epoch < EPOCHS; epoch++) {
        network.fit(train);
        System.gc();
        early = epoch == WARM ? Pointer.physicalBytes() : early;
      }
      long growth = Pointer.physicalBytes() - early;

      assertThat(lent).hasSize(EPOCHS * 8 * 2);
      assertThat(lent.subList(0, lent.size() - 2)).allMatch(INDArray::wasClosed);
      assertThat(growth).isLessThan((EPOCHS - WARM) * epochBytes / 2);
    }
    assertThat(lent).allMatch(INDArray::wasClosed);
    network.close();
  }
}

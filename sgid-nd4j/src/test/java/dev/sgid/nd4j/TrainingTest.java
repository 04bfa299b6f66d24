package dev.sgid.nd4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sgid.dataset.training.Mix;
import dev.sgid.dataset.training.Split;
import dev.sgid.dataset.training.TrainingSet;
import java.nio.file.Path;
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
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.memory.AllocationsTracker;
import org.nd4j.linalg.api.memory.enums.AllocationKind;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** DL4J trains on the iterator. */
class TrainingTest {
  private static final int EPOCHS = 20;

  private final Split split;

  TrainingTest(@TempDir Path folder) {
    TrainingSet set = TrainingFolder.set(folder, 20);
    split = set.split(0.25, 7);
  }

  private static MultiLayerNetwork network() {
    MultiLayerConfiguration configuration =
        new NeuralNetConfiguration.Builder()
            .seed(1)
            .updater(new Adam(0.01))
            .list()
            .layer(new ConvolutionLayer.Builder(3, 3).nOut(4).activation(Activation.RELU).build())
            .layer(
                new OutputLayer.Builder(LossFunction.MCXENT)
                    .nOut(2)
                    .activation(Activation.SOFTMAX)
                    .build())
            .setInputType(
                InputType.convolutional(
                    TrainingFolder.SIDE, TrainingFolder.SIDE, PixelLayout.CHANNELS))
            .build();
    MultiLayerNetwork network = new MultiLayerNetwork(configuration);
    network.init();
    return network;
  }

  private AugmentedDataSetIterator train() {
    return AugmentedDataSetIterator.builder(split.train())
        .withBatch(16)
        .withMix(Mix.synthetic(0.5))
        .withSeed(7)
        .build();
  }

  private AugmentedDataSetIterator validation() {
    return AugmentedDataSetIterator.builder(split.validation()).withoutShuffle().build();
  }

  @Test
  void fit_someEpochs_learnsAndIsTheSameEachTime() {
    double[] score = new double[2];
    for (int i = 0; i < 2; i++) {
      MultiLayerNetwork network = network();
      try (AugmentedDataSetIterator train = train();
          AugmentedDataSetIterator validation = validation()) {
        network.fit(train, 10);
        assertThat(train.epoch()).isEqualTo(9);
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
          new EarlyStoppingTrainer(stopping, network(), train).fit();

      assertThat(result.getTotalEpochs()).isEqualTo(5);
      assertThat(result.getScoreVsEpoch()).hasSize(5);
      assertThat(train.epoch()).isBetween(4, 5);
      assertThat(result.getBestModel().evaluate(validation).accuracy()).isEqualTo(1);
    }
  }

  /** What lies on the heap of ND4J, as it counts itself. */
  private static long tracked() {
    return AllocationsTracker.getInstance().bytesOnDevice(AllocationKind.GENERAL, 0);
  }

  @Test
  void next_manyEpochs_leaveNothingBehind() {
    long before = tracked();
    try (AugmentedDataSetIterator train = train()) {
      for (int epoch = 0; epoch < EPOCHS; epoch++) {
        while (train.hasNext()) {
          long bytes = train.next().getFeatures().length() * Float.BYTES;
          System.out.println("MEASURE next " + epoch + " " + bytes + " " + (tracked() - before));
        }
        train.reset();
        System.out.println(
            "MEASURE epoch "
                + epoch
                + " "
                + (tracked() - before)
                + " "
                + Pointer.totalBytes()
                + " "
                + Pointer.physicalBytes());
      }
    }
  }

  @Test
  void fit_manyEpochs_memoryStaysFlat() {
    MultiLayerNetwork network = network();
    long before = tracked();
    try (AugmentedDataSetIterator train = train()) {
      for (int epoch = 0; epoch < EPOCHS; epoch++) {
        network.fit(train);
        System.out.println(
            "MEASURE fit "
                + epoch
                + " "
                + (tracked() - before)
                + " "
                + Pointer.totalBytes()
                + " "
                + Pointer.physicalBytes());
      }
    }
    network.close();
  }
}

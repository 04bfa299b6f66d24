package dev.sgid.examples;

import dev.sgid.Scheduler;
import dev.sgid.Sgid;
import dev.sgid.dataset.DatasetReader;
import dev.sgid.dataset.training.Mix;
import dev.sgid.dataset.training.TrainingSet;
import dev.sgid.nd4j.AugmentedDataSetIterator;
import java.nio.file.Path;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.api.DataSetPreProcessor;
import org.nd4j.linalg.learning.config.Adam;

/**
 * Trains a small network without and with copies: {@code TrainWithDl4j TRAIN TEST CACHE}, with one
 * folder of images per class in TRAIN and in TEST. Copies are made once and kept in CACHE.
 */
public final class TrainWithDl4j {
  private static final int EPOCHS = 60;
  private static final int NETWORKS = 3;

  private TrainWithDl4j() {}

  /**
   * Prints the accuracies.
   *
   * @param args the folders of images to train on and to test on, and the one to keep copies in
   */
  public static void main(String[] args) {
    if (args.length != 3) {
      throw new IllegalArgumentException("Usage: TrainWithDl4j TRAIN TEST CACHE");
    }
    try (Sgid sgid = sgid()) {
      DatasetReader images = DatasetReader.of(Path.of(args[0]));
      TrainingSet train = TrainingSet.of(images, sgid, 4, Path.of(args[2]));
      TrainingSet test = TrainingSet.of(DatasetReader.of(Path.of(args[1])));
      System.out.printf(
          "without SGID: %.3f%n", accuracy(train, Mix.synthetic(0), test, batch -> {}));
      System.out.printf(
          "with SGID:    %.3f%n", accuracy(train, Mix.synthetic(0.7), test, batch -> {}));
    }
  }

  /** A good part of each image is made anew, in few steps. */
  static Sgid sgid() {
    return Sgid.builder()
        .withGeneration(
            g -> g.withNoiseRate(0.7).withScheduler(Scheduler.dpmSolver()).withSteps(10))
        .build();
  }

  /** Of some networks, on average. Copies take the places of originals: epochs stay as long. */
  static double accuracy(TrainingSet set, Mix mix, TrainingSet test, DataSetPreProcessor change) {
    TrainingSet others = test.withClasses(set.classes());
    double sum = 0;
    for (int seed = 0; seed < NETWORKS; seed++) {
      MultiLayerNetwork network = network(set.classes().size(), seed);
      try (AugmentedDataSetIterator train =
              AugmentedDataSetIterator.builder(set)
                  .withMix(mix)
                  .withBatch(20)
                  .withSeed(seed)
                  .build();
          AugmentedDataSetIterator held =
              AugmentedDataSetIterator.builder(others).withoutShuffle().build()) {
        train.setPreProcessor(change);
        network.fit(train, EPOCHS);
        sum += network.evaluate(held).accuracy();
      } finally {
        network.close();
      }
    }
    return sum / NETWORKS;
  }

  private static MultiLayerNetwork network(int classes, long seed) {
    NeuralNetConfiguration.ListBuilder layers =
        new NeuralNetConfiguration.Builder()
            .seed(seed)
            .updater(new Adam(0.003))
            .activation(Activation.RELU)
            .list(
                new ConvolutionLayer.Builder(3, 3).nOut(16).build(),
                new SubsamplingLayer.Builder(new int[] {2, 2}, new int[] {2, 2}).build(),
                new ConvolutionLayer.Builder(3, 3).nOut(32).build(),
                new SubsamplingLayer.Builder(new int[] {2, 2}, new int[] {2, 2}).build(),
                new OutputLayer.Builder().nOut(classes).activation(Activation.SOFTMAX).build());
    MultiLayerNetwork network =
        new MultiLayerNetwork(layers.setInputType(InputType.convolutional(32, 32, 3)).build());
    network.init();
    return network;
  }
}

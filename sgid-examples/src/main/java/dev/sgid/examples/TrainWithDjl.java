package dev.sgid.examples;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.modality.cv.transform.ToTensor;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.pooling.Pool;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.evaluator.Accuracy;
import ai.djl.training.listener.TrainingListener;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import ai.djl.translate.TranslateException;
import dev.sgid.Scheduler;
import dev.sgid.Sgid;
import dev.sgid.dataset.DatasetReader;
import dev.sgid.dataset.training.Mix;
import dev.sgid.dataset.training.TrainingSet;
import dev.sgid.djl.AugmentedDataset;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Trains a small network without and with copies: {@code TrainWithDjl TRAIN TEST CACHE}, with one
 * folder of images per class in TRAIN and in TEST. Copies are made once and kept in CACHE.
 */
public final class TrainWithDjl {
  private TrainWithDjl() {}

  /**
   * Prints the accuracies.
   *
   * @param args the folders of images to train on and to test on, and the one to keep copies in
   */
  public static void main(String[] args) throws IOException, TranslateException {
    if (args.length != 3) {
      throw new IllegalArgumentException("Usage: TrainWithDjl TRAIN TEST CACHE");
    }
    try (Sgid sgid =
        Sgid.builder()
            .withGeneration(
                g -> g.withNoiseRate(0.7).withScheduler(Scheduler.dpmSolver()).withSteps(10))
            .build()) {
      DatasetReader images = DatasetReader.of(Path.of(args[0]));
      TrainingSet train = TrainingSet.of(images, sgid, 4, Path.of(args[2]));
      TrainingSet test = TrainingSet.of(DatasetReader.of(Path.of(args[1])));
      System.out.printf("without SGID: %.3f%n", accuracy(train, Mix.synthetic(0), test));
      System.out.printf("with SGID:    %.3f%n", accuracy(train, Mix.synthetic(0.7), test));
    }
  }

  private static float accuracy(TrainingSet set, Mix mix, TrainingSet test)
      throws IOException, TranslateException {
    AugmentedDataset train = dataset(set).optMix(mix).setSampling(20, true).build();
    AugmentedDataset held = dataset(test.withClasses(set.classes())).setSampling(50, false).build();
    Engine.getInstance().setRandomSeed(0);
    DefaultTrainingConfig config =
        new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
            .optOptimizer(Optimizer.adam().optLearningRateTracker(Tracker.fixed(0.003f)).build())
            .addEvaluator(new Accuracy())
            .addTrainingListeners(TrainingListener.Defaults.basic());
    try (Model model = Model.newInstance("small")) {
      model.setBlock(network(set.classes().size()));
      try (Trainer trainer = model.newTrainer(config)) {
        trainer.initialize(new Shape(1, 3, 32, 32));
        EasyTrain.fit(trainer, 60, train, held);
        return trainer.getTrainingResult().getValidateEvaluation("Accuracy");
      }
    }
  }

  private static AugmentedDataset.Builder dataset(TrainingSet set) {
    return AugmentedDataset.builder(set).addTransform(new ToTensor());
  }

  private static Block network(int classes) {
    return new SequentialBlock()
        .add(Conv2d.builder().setKernelShape(new Shape(3, 3)).setFilters(16).build())
        .add(Activation.reluBlock())
        .add(Pool.maxPool2dBlock(new Shape(2, 2), new Shape(2, 2)))
        .add(Conv2d.builder().setKernelShape(new Shape(3, 3)).setFilters(32).build())
        .add(Activation.reluBlock())
        .add(Pool.maxPool2dBlock(new Shape(2, 2), new Shape(2, 2)))
        .add(Blocks.batchFlattenBlock())
        .add(Linear.builder().setUnits(classes).build());
  }
}

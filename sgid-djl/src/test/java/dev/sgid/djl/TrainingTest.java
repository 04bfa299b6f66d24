package dev.sgid.djl;

import static org.assertj.core.api.Assertions.assertThat;

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
import ai.djl.training.TrainingResult;
import ai.djl.training.evaluator.Accuracy;
import ai.djl.training.listener.TrainingListener;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import dev.sgid.Sgid;
import dev.sgid.dataset.AugmentJob;
import dev.sgid.dataset.training.Mix;
import dev.sgid.dataset.training.Split;
import dev.sgid.dataset.training.TrainingSet;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The fashion images of the examples, augmented by the embedded pack beside PyTorch in one JVM. */
@NeedsPyTorch
class TrainingTest {
  private static final Path IMAGES = Path.of("../sgid-examples/data/fashion");
  private static final int EPOCHS = 20;
  private static final int SEED = 7;
  private static final double CHANCE = 0.1; // ten classes, of as many images each

  @TempDir private static Path out;

  /** What training came to. */
  private record Run(List<Float> losses, float accuracy) {}

  @BeforeAll
  static void augment() {
    try (Sgid sgid = Sgid.open()) {
      assertThat(AugmentJob.builder(IMAGES, out).withCopies(2).build().run(sgid).pictures())
          .isEqualTo(80);
    }
  }

  @Test
  void fit_originalsAndCopies_learnsAndIsTheSameTwice() throws Exception {
    Run first = train(Mix.all());
    assertThat(first.losses().get(EPOCHS - 1)).isLessThan(first.losses().get(0) / 2);
    assertThat((double) first.accuracy()).isGreaterThan(3 * CHANCE);
    assertThat(train(Mix.all())).isEqualTo(first);
  }

  @Test
  void fit_syntheticProbability_learnsAndIsTheSameTwice() throws Exception {
    Run first = train(Mix.synthetic(0.5));
    assertThat(first.losses().get(EPOCHS - 1)).isLessThan(first.losses().get(0));
    assertThat(train(Mix.synthetic(0.5))).isEqualTo(first);
  }

  private static Run train(Mix mix) throws Exception {
    Split split = TrainingSet.of(out).split(0.25, SEED);
    AugmentedDataset train =
        AugmentedDataset.builder(split.train())
            .optMix(mix)
            .optSeed(SEED)
            .setSampling(16, true)
            .addTransform(new ToTensor())
            .build();
    AugmentedDataset validation =
        AugmentedDataset.builder(split.validation())
            .setSampling(16, false)
            .addTransform(new ToTensor())
            .build();
    assertThat(train.getClasses()).hasSize(10).isEqualTo(validation.getClasses());
    Engine.getInstance().setRandomSeed(SEED); // the network's first weights
    try (Model model = Model.newInstance("small")) {
      model.setBlock(network(train.getClasses().size()));
      try (Trainer trainer = model.newTrainer(config())) {
        trainer.initialize(new Shape(1, 3, 32, 32));
        List<Float> losses = new ArrayList<>();
        for (int epoch = 0; epoch < EPOCHS; epoch++) {
          EasyTrain.fit(trainer, 1, train, validation);
          losses.add(trainer.getTrainingResult().getTrainLoss());
        }
        TrainingResult result = trainer.getTrainingResult();
        return new Run(losses, result.getValidateEvaluation("Accuracy"));
      }
    }
  }

  private static DefaultTrainingConfig config() {
    return new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
        .optOptimizer(Optimizer.adam().optLearningRateTracker(Tracker.fixed(0.003f)).build())
        .addEvaluator(new Accuracy())
        .addTrainingListeners(TrainingListener.Defaults.basic());
  }

  private static Block network(int classes) {
    return new SequentialBlock()
        .add(Conv2d.builder().setKernelShape(new Shape(3, 3)).setFilters(8).build())
        .add(Activation.reluBlock())
        .add(Pool.maxPool2dBlock(new Shape(2, 2), new Shape(2, 2)))
        .add(Conv2d.builder().setKernelShape(new Shape(3, 3)).setFilters(16).build())
        .add(Activation.reluBlock())
        .add(Pool.maxPool2dBlock(new Shape(2, 2), new Shape(2, 2)))
        .add(Blocks.batchFlattenBlock())
        .add(Linear.builder().setUnits(classes).build());
  }
}

package dev.sgid.examples;

import dev.sgid.Sgid;
import dev.sgid.dataset.DatasetReader;
import dev.sgid.dataset.training.Mix;
import dev.sgid.dataset.training.TrainingSet;
import java.nio.file.Path;
import java.util.Random;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.dataset.api.DataSetPreProcessor;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Trains as {@link TrainWithDl4j} does, with a part of each picture replaced by another's, as
 * CutMix (Yun et al., 2019) does it: {@code CombineWithCutMix TRAIN TEST CACHE}.
 */
public final class CombineWithCutMix {
  private CombineWithCutMix() {}

  /**
   * Prints the accuracies.
   *
   * @param args the folders of images to train on and to test on, and the one to keep copies in
   */
  public static void main(String[] args) {
    if (args.length != 3) {
      throw new IllegalArgumentException("Usage: CombineWithCutMix TRAIN TEST CACHE");
    }
    try (Sgid sgid = TrainWithDl4j.sgid()) {
      DatasetReader images = DatasetReader.of(Path.of(args[0]));
      TrainingSet train = TrainingSet.of(images, sgid, 4, Path.of(args[2]));
      TrainingSet test = TrainingSet.of(DatasetReader.of(Path.of(args[1])));
      System.out.printf(
          "CutMix:          %.3f%n",
          TrainWithDl4j.accuracy(train, Mix.synthetic(0), test, new CutMix(0)));
      System.out.printf(
          "SGID and CutMix: %.3f%n",
          TrainWithDl4j.accuracy(train, Mix.synthetic(0.7), test, new CutMix(0)));
    }
  }

  /** Puts a rectangle of the next picture of the batch into each, and mixes labels by its area. */
  private static final class CutMix implements DataSetPreProcessor {
    private static final long serialVersionUID = 1L;

    private final Random random;

    CutMix(long seed) {
      random = new Random(seed);
    }

    @Override
    public void preProcess(DataSet batch) {
      INDArray pictures = batch.getFeatures(); // (n, 3, height, width)
      INDArray labels = batch.getLabels(); // (n, classes)
      double part =
          Math.sqrt(1 - random.nextDouble()); // of each side; the paper's lambda is uniform
      int height = (int) (part * pictures.size(2));
      int width = (int) (part * pictures.size(3));
      int top = random.nextInt((int) pictures.size(2) - height + 1);
      int left = random.nextInt((int) pictures.size(3) - width + 1);
      if (height == 0 || width == 0) {
        return;
      }
      double area = (double) height * width / (pictures.size(2) * pictures.size(3));
      INDArrayIndex rows = NDArrayIndex.interval(top, top + height);
      INDArrayIndex columns = NDArrayIndex.interval(left, left + width);
      try (INDArray others = pictures.dup();
          INDArray otherLabels = labels.dup()) {
        long n = pictures.size(0);
        for (long i = 0; i < n; i++) {
          INDArrayIndex one = NDArrayIndex.point(i);
          INDArrayIndex next = NDArrayIndex.point((i + 1) % n);
          INDArrayIndex all = NDArrayIndex.all();
          pictures.get(one, all, rows, columns).assign(others.get(next, all, rows, columns));
          labels.getRow(i).muli(1 - area).addi(otherLabels.getRow((i + 1) % n).mul(area));
        }
      }
    }
  }
}

package dev.sgid.examples;

import dev.sgid.Sgid;
import dev.sgid.dataset.DatasetReader;
import dev.sgid.dataset.training.TrainingSet;
import dev.sgid.nd4j.AugmentedDataSetIterator;
import java.nio.file.Path;
import org.nd4j.linalg.dataset.DataSet;

/**
 * Hands originals and copies to training code: {@code AugmentedTraining FOLDER COPIES CACHE}, with
 * one folder of images, all of one size, per class in FOLDER. Copies are kept in CACHE.
 */
public final class AugmentedTraining {
  private AugmentedTraining() {}

  /**
   * Prints the shapes of what a network would be trained on.
   *
   * @param args the folder, the number of copies per image, and where copies are kept
   */
  public static void main(String[] args) {
    if (args.length != 3) {
      throw new IllegalArgumentException("Usage: AugmentedTraining FOLDER COPIES CACHE");
    }
    try (Sgid sgid = Sgid.open();
        AugmentedDataSetIterator batches =
            batches(sgid, Path.of(args[0]), Integer.parseInt(args[1]), Path.of(args[2]))) {
      System.out.println("classes " + batches.getLabels());
      while (batches.hasNext()) {
        DataSet batch = batches.next();
        System.out.println("features " + batch.getFeatures().shapeInfoToString());
        System.out.println("labels " + batch.getLabels().shapeInfoToString());
      }
    }
  }

  /** Originals and copies in batches, an epoch of them. */
  static AugmentedDataSetIterator batches(Sgid sgid, Path folder, int copies, Path cache) {
    TrainingSet set = TrainingSet.of(DatasetReader.of(folder), sgid, copies, cache);
    return AugmentedDataSetIterator.builder(set).withBatch(32).withSeed(7).build();
  }
}

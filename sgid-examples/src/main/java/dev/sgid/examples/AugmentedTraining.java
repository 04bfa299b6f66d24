package dev.sgid.examples;

import dev.sgid.AugmentRequest;
import dev.sgid.Outcome;
import dev.sgid.Sgid;
import dev.sgid.nd4j.ImageArrays;
import dev.sgid.nd4j.LabelledImage;
import dev.sgid.nd4j.PixelLayout;
import dev.sgid.nd4j.PixelRange;
import dev.sgid.nd4j.TrainingData;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/**
 * Augments in memory and hands originals and copies to training code: {@code AugmentedTraining
 * FOLDER COPIES}, with one folder of images, all of one size, per class in FOLDER.
 */
public final class AugmentedTraining {
  private static final ImageArrays ARRAYS =
      new ImageArrays(PixelLayout.NCHW, PixelRange.ZERO_TO_ONE);

  private AugmentedTraining() {}

  /**
   * Prints the shapes of what a network would be trained on.
   *
   * @param args the folder, and the number of copies per image
   */
  public static void main(String[] args) throws IOException {
    if (args.length != 2) {
      throw new IllegalArgumentException("Usage: AugmentedTraining FOLDER COPIES");
    }
    try (Sgid sgid = Sgid.open()) {
      DataSet dataSet = dataSet(sgid, Path.of(args[0]), Integer.parseInt(args[1]));
      try (INDArray features = dataSet.getFeatures();
          INDArray labels = dataSet.getLabels()) {
        System.out.println("features " + features.shapeInfoToString());
        System.out.println("labels " + labels.shapeInfoToString());
        System.out.println("classes " + dataSet.getLabelNamesList());
      }
    }
  }

  /** Originals and copies in one data set, whose arrays the caller closes. */
  static DataSet dataSet(Sgid sgid, Path folder, int copies) throws IOException {
    List<String> classes = new ArrayList<>();
    List<LabelledImage> examples = new ArrayList<>();
    List<AugmentRequest> requests = new ArrayList<>();
    for (Path ofClass : sorted(folder, Files::isDirectory)) {
      String label = ofClass.getFileName().toString();
      classes.add(label);
      for (Path file : sorted(ofClass, Files::isRegularFile)) {
        LabelledImage original = new LabelledImage(Images.read(file.toFile()), label);
        examples.add(original);
        requests.add(AugmentRequest.of(original.image(), label).withCopies(copies));
      }
    }
    Outcome.pictures(sgid.augmentAll(requests)).stream()
        .map(LabelledImage::of)
        .forEach(examples::add);
    return new TrainingData(ARRAYS, classes).of(examples);
  }

  private static List<Path> sorted(Path folder, DirectoryStream.Filter<Path> filter)
      throws IOException {
    List<Path> paths = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder, filter)) {
      stream.forEach(paths::add);
    }
    paths.sort(null);
    return paths;
  }
}

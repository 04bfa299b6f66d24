package dev.sgid.nd4j;

import static java.util.Objects.requireNonNull;

import dev.sgid.Augmentation;
import dev.sgid.Label;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Makes ND4J's data sets of originals and their copies, for one ordered list of classes.
 *
 * <p>A data set's arrays belong to whoever asked for it, who closes its features and its labels.
 * Immutable and thread-safe.
 */
public final class TrainingData {
  private final ImageArrays arrays;
  private final List<String> classes;
  private final Map<String, Integer> indices = new HashMap<>(); // by name as text

  /**
   * Data sets over {@code classes}.
   *
   * @param arrays how pictures become features
   * @param classes the names, at least one, in the order of the one-hot labels; {@code _} is read
   *     as a space, so that folders' names do
   * @throws IllegalArgumentException if there is none, or a name is there twice
   */
  public TrainingData(ImageArrays arrays, List<String> classes) {
    this.arrays = requireNonNull(arrays, "arrays");
    this.classes = List.copyOf(requireNonNull(classes, "classes"));
    if (this.classes.isEmpty()) {
      throw new IllegalArgumentException("classes must not be empty");
    }
    for (String name : this.classes) {
      if (indices.put(Label.text(name), indices.size()) != null) {
        throw new IllegalArgumentException("classes must differ, are " + this.classes);
      }
    }
  }

  /** The class names, in the order of the one-hot labels. */
  public List<String> classes() {
    return classes;
  }

  /**
   * The data set of some examples, in their order.
   *
   * @param examples at least one, all of one size
   * @return features in the layout and range of the arrays; labels {@code (n, classes)}, one-hot;
   *     both of 32-bit floats
   * @throws IllegalArgumentException if there is none, their sizes differ, or a label is not among
   *     the classes
   */
  public DataSet of(List<LabelledImage> examples) {
    requireNonNull(examples, "examples");
    if (examples.isEmpty()) {
      throw new IllegalArgumentException("examples must not be empty");
    }
    float[] oneHot = new float[Math.multiplyExact(examples.size(), classes.size())];
    List<BufferedImage> images = new ArrayList<>();
    for (int i = 0; i < examples.size(); i++) {
      LabelledImage example = examples.get(i);
      oneHot[i * classes.size() + index(example, i)] = 1;
      images.add(example.image());
    }
    INDArray features = arrays.toArray(images);
    long[] shape = {examples.size(), classes.size()};
    INDArray labels = Nd4j.create(oneHot, shape, Nd4j.getStrides(shape, 'c'), 'c', DataType.FLOAT);
    DataSet dataSet = new DataSet(features, labels);
    dataSet.setLabelNames(new ArrayList<>(classes));
    return dataSet;
  }

  private int index(LabelledImage example, int position) {
    Integer index = indices.get(Label.text(example.label()));
    if (index == null) {
      throw new IllegalArgumentException(
          "Example "
              + position
              + " has the label \""
              + example.label()
              + "\", which is not among the classes "
              + classes);
    }
    return index;
  }

  /**
   * The data set of some copies, in their order; {@link dev.sgid.Outcome#pictures} leaves out those
   * that failed.
   *
   * @param augmentations at least one, all of one size
   * @throws IllegalArgumentException as {@link #of}
   */
  public DataSet ofAugmentations(List<Augmentation> augmentations) {
    return of(augmentations.stream().map(LabelledImage::of).toList());
  }
}

package dev.sgid.nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sgid.Augmentation;
import dev.sgid.Fit;
import dev.sgid.Img2ImgResult;
import dev.sgid.PackInfo;
import dev.sgid.Settings;
import dev.sgid.Size;
import dev.sgid.TimestepSpacing;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

class TrainingDataTest {
  private static final ImageArrays ARRAYS =
      new ImageArrays(PixelLayout.NCHW, PixelRange.ZERO_TO_ONE);
  private static final List<String> CLASSES = List.of("bag", "ankle_boot", "coat");
  private static final BufferedImage IMAGE = Pictures.noise(5, 4, 1);

  private final TrainingData training = new TrainingData(ARRAYS, CLASSES);

  @Test
  void of_examples_givesFeaturesAndOneHotLabelsInOrder() {
    BufferedImage other = Pictures.noise(5, 4, 2);
    DataSet dataSet =
        training.of(List.of(new LabelledImage(IMAGE, "coat"), new LabelledImage(other, "bag")));
    try (INDArray features = dataSet.getFeatures();
        INDArray labels = dataSet.getLabels()) {
      assertThat(features.shape()).containsExactly(2, 3, 4, 5);
      assertThat(Pictures.pixels(ARRAYS.toImages(features).get(1)))
          .isEqualTo(Pictures.pixels(other));
      assertThat(labels.toFloatMatrix()).isDeepEqualTo(new float[][] {{0, 0, 1}, {1, 0, 0}});
      assertThat(dataSet.getLabelNamesList()).isEqualTo(CLASSES);
      assertThat(dataSet.numOutcomes()).isEqualTo(3);
    }
  }

  @Test
  void of_labelWithSpace_isTheClassWithUnderscore() {
    DataSet dataSet = training.of(List.of(new LabelledImage(IMAGE, "ankle boot")));
    try (INDArray features = dataSet.getFeatures();
        INDArray labels = dataSet.getLabels()) {
      assertThat(labels.toFloatVector()).containsExactly(0, 1, 0);
      assertThat(features.size(0)).isEqualTo(1);
    }
  }

  @Test
  void ofAugmentations_classThatBeginsWithAnUnderscore_isFound() {
    // an augmentation's label is stripped
    DataSet dataSet =
        new TrainingData(ARRAYS, List.of("coat", "_bag"))
            .ofAugmentations(List.of(augmentation("bag")));
    try (INDArray features = dataSet.getFeatures();
        INDArray labels = dataSet.getLabels()) {
      assertThat(labels.toFloatVector()).containsExactly(0, 1);
      assertThat(features.size(0)).isEqualTo(1);
    }
  }

  @Test
  void of_unknownLabel_namesItAndTheClasses() {
    List<LabelledImage> examples =
        List.of(new LabelledImage(IMAGE, "bag"), new LabelledImage(IMAGE, "boots"));
    assertThatThrownBy(() -> training.of(examples))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Example 1 has the label \"boots\", which is not among the classes"
                + " [bag, ankle_boot, coat]");
  }

  @Test
  void of_sizesDiffer_isRefused() {
    List<LabelledImage> examples =
        List.of(new LabelledImage(IMAGE, "bag"), new LabelledImage(Pictures.noise(4, 5, 1), "bag"));
    assertThatThrownBy(() -> training.of(examples))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Pictures must be of one size to share an array: picture 0 is 5x4, picture 1 is 4x5");
  }

  @Test
  void of_nothing_isRefused() {
    assertThatThrownBy(() -> training.of(List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("examples must not be empty");
  }

  @Test
  void ofAugmentations_copies_haveTheirPicturesAndLabels() {
    DataSet dataSet = training.ofAugmentations(List.of(augmentation("ankle boot")));
    try (INDArray features = dataSet.getFeatures();
        INDArray labels = dataSet.getLabels()) {
      assertThat(labels.toFloatVector()).containsExactly(0, 1, 0);
      assertThat(Pictures.pixels(ARRAYS.toImages(features).get(0)))
          .isEqualTo(Pictures.pixels(IMAGE));
    }
  }

  @Test
  void new_noClasses_isRefused() {
    assertThatThrownBy(() -> new TrainingData(ARRAYS, List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("classes must not be empty");
  }

  @Test
  void new_sameClassTwice_isRefused() {
    assertThatThrownBy(() -> new TrainingData(ARRAYS, List.of("ankle boot", "ankle_boot")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("classes must differ, are [ankle boot, ankle_boot]");
  }

  private static Augmentation augmentation(String label) {
    return new Augmentation(
        new Img2ImgResult.Picture(
            IMAGE, Fit.none(new Size(5, 4)), 15, TimestepSpacing.LEADING, "", true, Map.of()),
        "shop/7.png",
        label,
        "00",
        0,
        "a bag",
        0.25,
        "bag, a bag",
        5,
        Settings.DEFAULTS,
        0,
        0.9,
        OptionalDouble.empty(),
        new PackInfo("test", "1", "", "", ""),
        Map.of());
  }
}

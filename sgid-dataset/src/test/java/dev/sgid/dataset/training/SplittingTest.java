package dev.sgid.dataset.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SplittingTest {
  /** Of each class as many originals, each with two copies. */
  private static TrainingSet set(int... originalsOfClasses) {
    List<Sample> samples = new ArrayList<>();
    List<String> classes = new ArrayList<>();
    for (int index = 0; index < originalsOfClasses.length; index++) {
      String label = "class " + index;
      classes.add(label);
      for (int i = 0; i < originalsOfClasses[index]; i++) {
        String name = index + "/" + i;
        samples.add(Sample.original(name, label, index, name, name));
        samples.add(new Sample(name + "a", label, index, name, name, 0, 0.5, null));
        samples.add(new Sample(name + "b", label, index, name, name, 1, 0.5, null));
      }
    }
    return new TrainingSet(new NoFiles(), classes, samples, List.of());
  }

  private static Set<String> groups(TrainingSet set) {
    Set<String> groups = new HashSet<>();
    set.samples().forEach(sample -> groups.add(sample.group()));
    return groups;
  }

  private static long ofClass(TrainingSet set, int index) {
    return set.samples().stream().filter(sample -> sample.classIndex() == index).count();
  }

  @Test
  void split_copies_areOnTheSideOfTheirOriginal() {
    TrainingSet set = set(10, 20, 5);

    Split split = set.split(0.2, 7);

    assertThat(groups(split.train())).doesNotContainAnyElementsOf(groups(split.heldOut()));
    assertThat(split.train().samples()).hasSize(3 * 28);
    assertThat(split.heldOut().samples()).hasSize(3 * 7);
    assertThat(split.validation().samples()).hasSize(7).noneMatch(Sample::isCopy);
    assertThat(List.of(0, 1, 2))
        .map(i -> ofClass(split.validation(), i))
        .containsExactly(2L, 4L, 1L);
    assertThat(split.train().classes()).isEqualTo(set.classes());
  }

  @Test
  void split_samePixelsUnderTwoLabels_stayTogether() {
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      int index = i % 2;
      String label = index == 0 ? "a" : "b";
      samples.add(Sample.original(label + i, label, index, label + i, "pixels " + i / 2));
    }
    TrainingSet set = new TrainingSet(new NoFiles(), List.of("a", "b"), samples, List.of());

    for (long seed = 0; seed < 20; seed++) {
      Split split = set.split(0.3, seed);
      assertThat(groups(split.train())).doesNotContainAnyElementsOf(groups(split.heldOut()));
      assertThat(split.heldOut().samples()).hasSize(6);
    }
  }

  @Test
  void split_seed_decidesWhichAndCopiesDoNot() {
    TrainingSet set = set(8);

    assertThat(groups(set.split(0.25, 7).heldOut()))
        .isEqualTo(groups(set.originals().split(0.25, 7).heldOut()));
    // SHA-256 over seed and name, worked out with Python's hashlib
    List<Sample> letters =
        List.of("a", "b", "c", "d", "e", "f", "g", "h").stream()
            .map(name -> Sample.original(name, "x", 0, name, name))
            .toList();
    TrainingSet named = new TrainingSet(new NoFiles(), List.of("x"), letters, List.of());
    assertThat(groups(named.split(0.25, 7).heldOut())).containsExactlyInAnyOrder("f", "d");
    assertThat(groups(named.split(0.25, 8).heldOut())).containsExactlyInAnyOrder("c", "b");
  }

  @Test
  void split_smallClasses_keepOneToTrainOnAndOneToValidate() {
    Split split = set(1, 2, 3).split(0.01, 1);
    assertThat(List.of(0, 1, 2))
        .map(i -> ofClass(split.validation(), i))
        .containsExactly(0L, 1L, 1L);

    Split large = set(1, 2, 3).split(0.99, 1);
    assertThat(List.of(0, 1, 2)).map(i -> ofClass(large.train(), i)).containsExactly(3L, 3L, 3L);
  }

  @Test
  void split_fractionOutOfRange_isRefused() {
    for (double fraction : new double[] {0, 1, -0.1, Double.NaN}) {
      assertThatThrownBy(() -> set(4).split(fraction, 1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("fraction must be in (0, 1), is " + fraction);
    }
  }

  @Test
  void split_oneOriginalPerClass_isRefused() {
    assertThatThrownBy(() -> set(1, 1).split(0.5, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Nothing can be held out: no class has two originals that differ");
  }

  @Test
  void folds_holdEachOriginalOutOnce() {
    TrainingSet set = set(10, 7, 2);

    List<Split> folds = set.folds(4, 3);

    assertThat(folds).hasSize(4);
    Set<String> seen = new HashSet<>();
    for (Split fold : folds) {
      assertThat(groups(fold.train())).doesNotContainAnyElementsOf(groups(fold.heldOut()));
      assertThat(fold.train().samples().size() + fold.heldOut().samples().size()).isEqualTo(57);
      assertThat(fold.validation().samples()).hasSizeBetween(4, 5);
      assertThat(ofClass(fold.validation(), 0)).isBetween(2L, 3L);
      assertThat(ofClass(fold.validation(), 1)).isBetween(1L, 2L);
      for (String group : groups(fold.heldOut())) {
        assertThat(seen.add(group)).isTrue();
      }
    }
    assertThat(seen).isEqualTo(groups(set));
  }

  @Test
  void folds_kOutOfRange_isRefused() {
    for (int k : new int[] {1, 6}) {
      assertThatThrownBy(() -> set(3, 2).folds(k, 1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("k must be in [2, 5], the number of originals that differ, is " + k);
    }
  }
}

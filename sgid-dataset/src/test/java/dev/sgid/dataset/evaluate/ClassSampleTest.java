package dev.sgid.dataset.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sgid.dataset.Source;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClassSampleTest {
  private static List<Source> images(String label, int count) {
    List<Source> images = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String name = label + "/" + i + ".png";
      images.add(new Source(Path.of(name), name, label));
    }
    return images;
  }

  private static List<String> sample(int most) {
    List<Source> all = new ArrayList<>(images("bag", 100));
    all.addAll(images("boot", 1));
    all.addAll(images("shirt", 8));
    return ClassSample.of(all, most).stream().map(Source::source).toList();
  }

  @Test
  void of_smallClass_leavesItsShareToLargerOnes() {
    assertThat(sample(9))
        .containsExactly(
            "bag/0.png",
            "bag/25.png",
            "bag/50.png",
            "bag/75.png",
            "boot/0.png",
            "shirt/0.png",
            "shirt/2.png",
            "shirt/4.png",
            "shirt/6.png");
  }

  @Test
  void of_moreThanThereAre_isAllOfThem() {
    assertThat(sample(1000)).hasSize(109).doesNotHaveDuplicates();
  }

  @Test
  void of_fewerThanClasses_isOfTheLargest() {
    assertThat(sample(1)).containsExactly("bag/0.png");
  }
}

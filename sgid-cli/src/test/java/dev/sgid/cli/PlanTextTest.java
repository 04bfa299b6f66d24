package dev.sgid.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sgid.Size;
import dev.sgid.dataset.Failure;
import dev.sgid.dataset.plan.ClassPlan;
import dev.sgid.dataset.plan.DuplicateGroup;
import dev.sgid.dataset.plan.DuplicateGroup.Image;
import dev.sgid.dataset.plan.Leak;
import dev.sgid.dataset.plan.Pace;
import dev.sgid.dataset.plan.Plan;
import dev.sgid.dataset.plan.Sizes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlanTextTest {
  @Test
  void of_plan_saysAllOfIt() {
    Sizes sizes =
        new Sizes(
            new Size(5, 9),
            new Size(40, 30),
            new Size(800, 600),
            3,
            List.of(new Sizes.Count(new Size(40, 30), 1200), new Sizes.Count(new Size(5, 9), 1)));
    Plan plan =
        new Plan(
            Path.of("photos"),
            Path.of("out"),
            "class folders",
            1210,
            List.of(new Failure("cat/1.png", "the file is cut short")),
            sizes,
            List.of(
                new ClassPlan("cat", 1200, 1, 1200, 1, 1),
                new ClassPlan("dog", 10, 0, 2390, 239, 239)),
            List.of(
                group(false, 0.99789, "cat/2.png", "dog/3.png"),
                group(true, 1, "cat/1", "cat/2", "cat/3", "cat/4", "cat/5", "cat/6")),
            List.of(new Leak("cat/9.png", "v/9.png", false, 0.9999)),
            "max",
            3590,
            3000,
            false,
            new Pace(100, 1.25, 1, 1.5),
            2_500_000_000L,
            1_000_000_000L,
            List.of());

    assertThat(PlanText.of(plan, 60))
        .containsExactly(
            "photos: 1,210 images in 2 classes (class folders)",
            "",
            "Classes         1,200 images in the largest, 10 in the median, 10 in the smallest",
            "  cat  1,200  =====================+++++++++++++++++++++ 1",
            "  dog     10  =+++++++++++++++++++++++++++++++++++++++++ 239",
            "  (= images, + copies; copies of each image behind the bar)",
            "",
            "Unreadable      1 can't be read or used",
            "  cat/1.png: the file is cut short",
            "Leakage         1 image in the validation set",
            "  cat/9.png ~ v/9.png (likeness 0.999)",
            "Across classes  2 images in 1 group, which can't all have the right label: 1 nearly the"
                + " same",
            "  cat/2.png ~ dog/3.png (likeness 0.997)",
            "Duplicates      6 images in 1 group within a class: 1 of the same pixels",
            "  cat/1 = cat/2 = cat/3 = cat/4 and 2 more",
            "Sizes           5x9 to 800x600, median 40x30; most often 40x30 (1,200), 5x9 (1)",
            "Pictures        3,000 to make, 590 there already, balanced (max)",
            "Time            about 63 min, in 9 of 10 cases 50 min to 75 min",
            "                1.3 s per picture, by 100 pictures made here",
            "Disk            about 2.5 GB, 1.0 GB free: too little");
    assertThat(plan.isClear()).isFalse();
  }

  @Test
  void chart_manyClasses_showsBothEnds() {
    List<ClassPlan> classes = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      classes.add(new ClassPlan("class " + i, 1000 - 10 * i, 0, 0, 0, 0));
    }
    List<String> chart = TailChart.of(classes, 80);

    assertThat(chart).hasSize(1 + 8 + 1 + 8 + 1);
    assertThat(chart.get(1)).startsWith("  class 0   1,000  =====").hasSizeBetween(75, 80);
    assertThat(chart.get(9)).isEqualTo("  ... 84 classes of 920 to 90 images ...");
    assertThat(chart.get(10)).startsWith("  class 92     80  ===");
    assertThat(chart.get(17)).startsWith("  class 99     10  = 0");
  }

  @Test
  void chart_anyWidth_keepsToIt() {
    List<ClassPlan> classes =
        List.of(
            new ClassPlan("a label that is longer than all bars are", 7, 0, 14, 2, 2),
            new ClassPlan("b", 1, 0, 2, 2, 2));
    for (int columns = 50; columns < 200; columns++) {
      int width = columns;
      assertThat(TailChart.of(classes, columns).subList(1, 3))
          .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(width));
    }
  }

  private static DuplicateGroup group(boolean exact, double likeness, String... sources) {
    List<Image> images = new ArrayList<>();
    for (String source : sources) {
      images.add(new Image(source, source.substring(0, source.indexOf('/'))));
    }
    return new DuplicateGroup(images, exact, likeness);
  }
}

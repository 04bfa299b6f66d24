package dev.sgid.cli;

import dev.sgid.dataset.plan.ClassPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** How many images and copies each class has, as bars of plain characters, the largest first. */
final class TailChart {
  private static final int MOST_CLASSES = 24; // that are all shown
  private static final int ENDS = 8; // of those that are not, of either end
  private static final int LONGEST_NAME = 24;
  private static final int LEAST_BAR = 10;

  private TailChart() {}

  /** The lines; with many classes those of both ends. */
  static List<String> of(List<ClassPlan> classes, int columns) {
    List<String> lines = new ArrayList<>();
    if (classes.isEmpty()) {
      return lines;
    }
    ClassPlan largest = classes.get(0);
    ClassPlan smallest = classes.get(classes.size() - 1);
    boolean all = classes.size() <= MOST_CLASSES;
    List<ClassPlan> head = all ? classes : classes.subList(0, ENDS);
    List<ClassPlan> tail = all ? List.of() : classes.subList(classes.size() - ENDS, classes.size());
    List<ClassPlan> shown = new ArrayList<>(head);
    shown.addAll(tail);
    Layout layout = Layout.of(shown, columns);
    lines.add(
        String.format(
            Locale.ROOT,
            "Classes         %s images in the largest, %s in the median, %s in the smallest",
            PlanText.number(largest.images()),
            PlanText.number(classes.get(classes.size() / 2).images()),
            PlanText.number(smallest.images())));
    head.forEach(one -> lines.add(layout.line(one)));
    if (!all) {
      ClassPlan above = classes.get(ENDS);
      ClassPlan below = classes.get(classes.size() - ENDS - 1);
      lines.add(
          "  ... "
              + PlanText.number(classes.size() - 2 * ENDS)
              + " classes of "
              + PlanText.number(above.images())
              + " to "
              + PlanText.number(below.images())
              + " images ...");
      tail.forEach(one -> lines.add(layout.line(one)));
    }
    lines.add("  (= images, + copies; copies of each image behind the bar)");
    return lines;
  }

  /**
   * Where columns are.
   *
   * @param name width of names
   * @param number width of numbers of images
   * @param bar width of the longest bar
   * @param most images and copies of the class that has most
   */
  private record Layout(int name, int number, int bar, int most) {
    static Layout of(List<ClassPlan> shown, int columns) {
      int name = 0;
      int number = 0;
      int behind = 0;
      int most = 1;
      for (ClassPlan one : shown) {
        name = Math.max(name, shortened(one.label()).length());
        number = Math.max(number, PlanText.number(one.images()).length());
        behind = Math.max(behind, each(one).length());
        most = Math.max(most, one.images() + one.copies());
      }
      int bar = Math.max(LEAST_BAR, columns - 2 - name - 2 - number - 2 - 1 - behind);
      return new Layout(name, number, bar, most);
    }

    String line(ClassPlan one) {
      int images = cells(one.images());
      int all = Math.max(images, cells((long) one.images() + one.copies()));
      if (one.copies() > 0 && all == images && bar > images) {
        all++; // there is some at least
      }
      return String.format(
          Locale.ROOT,
          "  %-" + name + "s  %" + number + "s  %s %s",
          shortened(one.label()),
          PlanText.number(one.images()),
          "=".repeat(images) + "+".repeat(all - images),
          each(one));
    }

    private int cells(long images) {
      return images == 0 ? 0 : (int) Math.max(1, Math.round((double) bar * images / most));
    }

    private static String shortened(String label) {
      return Columns.plain(label, LONGEST_NAME);
    }

    private static String each(ClassPlan one) {
      return one.fewestCopies() == one.mostCopies()
          ? PlanText.number(one.mostCopies())
          : PlanText.number(one.fewestCopies()) + "-" + PlanText.number(one.mostCopies());
    }
  }
}

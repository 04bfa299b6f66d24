package dev.sgid.cli;

import dev.sgid.Size;
import dev.sgid.dataset.Failure;
import dev.sgid.dataset.plan.DuplicateGroup;
import dev.sgid.dataset.plan.Leak;
import dev.sgid.dataset.plan.Pace;
import dev.sgid.dataset.plan.Plan;
import dev.sgid.dataset.plan.Sizes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A plan in words and bars. What needs a look comes before what is as usual. */
final class PlanText {
  private static final int NAMED = 5; // of a list
  private static final int MEMBERS = 4; // of a group

  private final Plan plan;
  private final int columns;
  private final List<String> lines = new ArrayList<>();

  private PlanText(Plan plan, int columns) {
    this.plan = plan;
    this.columns = columns;
  }

  /**
   * The lines.
   *
   * @param columns how many a line may have, where its words allow it
   */
  static List<String> of(Plan plan, int columns) {
    return new PlanText(plan, columns).lines();
  }

  private List<String> lines() {
    lines.add(
        plan.in()
            + ": "
            + count(plan.images(), "image")
            + " in "
            + count(plan.classes().size(), "class")
            + " ("
            + plan.reader()
            + ")");
    lines.add("");
    lines.addAll(TailChart.of(plan.classes(), columns));
    lines.add("");
    unreadable();
    leaks();
    List<DuplicateGroup> across =
        plan.duplicates().stream().filter(DuplicateGroup::isAcrossClasses).toList();
    List<DuplicateGroup> within =
        plan.duplicates().stream().filter(group -> !group.isAcrossClasses()).toList();
    duplicates("Across classes", across, ", which can't all have the right label");
    duplicates("Duplicates", within, " within a class");
    sizes();
    pictures();
    time();
    disk();
    return lines;
  }

  private void unreadable() {
    if (!plan.unreadable().isEmpty()) {
      field("Unreadable", number(plan.unreadable().size()) + " can't be read or used");
      list(plan.unreadable().stream().map(PlanText::failure).toList());
    }
  }

  private static String failure(Failure failure) {
    return failure.source() + ": " + Columns.plain(failure.reason(), Integer.MAX_VALUE);
  }

  private void leaks() {
    if (!plan.leaks().isEmpty()) {
      field("Leakage", count(plan.leaks().size(), "image") + " in the validation set");
      list(plan.leaks().stream().map(Leak::toString).toList());
    }
  }

  private void duplicates(String name, List<DuplicateGroup> groups, String what) {
    if (groups.isEmpty()) {
      return;
    }
    long exact = groups.stream().filter(DuplicateGroup::exact).count();
    List<String> kinds = new ArrayList<>();
    if (exact > 0) {
      kinds.add(exact + " of the same pixels");
    }
    if (exact < groups.size()) {
      kinds.add(groups.size() - exact + " nearly the same");
    }
    int images = groups.stream().mapToInt(group -> group.images().size()).sum();
    field(
        name,
        count(images, "image")
            + " in "
            + count(groups.size(), "group")
            + what
            + ": "
            + String.join(", ", kinds));
    list(groups.stream().map(PlanText::group).toList());
  }

  private static String group(DuplicateGroup group) {
    String sign = group.exact() ? " = " : " ~ ";
    int more = group.images().size() - MEMBERS;
    String text =
        group.images().stream()
            .limit(MEMBERS)
            .map(DuplicateGroup.Image::source)
            .collect(Collectors.joining(sign));
    String rest = more > 0 ? " and " + more + " more" : "";
    return text + rest + (group.exact() ? "" : " (likeness " + likeness(group.likeness()) + ")");
  }

  /** Cut, not rounded: what is not the same is not 1. */
  private static String likeness(double likeness) {
    return String.format(Locale.ROOT, "%.3f", Math.floor(likeness * 1000) / 1000);
  }

  private void sizes() {
    Sizes sizes = plan.sizes();
    if (sizes == null) {
      return;
    }
    if (sizes.different() == 1) {
      field("Sizes", "all " + text(sizes.median()));
      return;
    }
    field(
        "Sizes",
        text(sizes.smallest())
            + " to "
            + text(sizes.largest())
            + ", median "
            + text(sizes.median())
            + "; most often "
            + sizes.mostCommon().stream()
                .limit(3)
                .map(common -> text(common.size()) + " (" + number(common.images()) + ")")
                .collect(Collectors.joining(", ")));
  }

  private static String text(Size size) {
    return size.width() + "x" + size.height();
  }

  private void pictures() {
    int there = plan.planned() - plan.toMake();
    String balance = plan.balance() == null ? "" : ", balanced (" + plan.balance() + ")";
    field(
        "Pictures",
        number(plan.toMake())
            + " to make"
            + (there > 0 ? ", " + number(there) + " there already" : "")
            + balance);
  }

  private void time() {
    Pace pace = plan.pace();
    plan.time()
        .ifPresent(
            time -> {
              field(
                  "Time",
                  "about "
                      + Duration.text(time.mean())
                      + ", in 9 of 10 cases "
                      + Duration.text(time.low())
                      + " to "
                      + Duration.text(time.high()));
              if (pace != null) {
                lines.add(
                    String.format(
                        Locale.ROOT,
                        "                %s s per picture, by %s made here",
                        significant(pace.secondsPerPicture()),
                        count(pace.pictures(), "picture")));
              }
            });
  }

  private static String significant(double seconds) {
    return String.format(Locale.ROOT, seconds < 1 ? "%.4f" : "%.1f", seconds);
  }

  private void disk() {
    Long free = plan.free();
    field(
        "Disk",
        "about "
            + Columns.bytes(plan.bytes())
            + (free == null ? "" : ", " + Columns.bytes(free) + " free")
            + (plan.hasRoom() ? "" : ": too little"));
  }

  private void field(String name, String text) {
    lines.add(Columns.field(name, text));
  }

  private void list(List<String> items) {
    items.stream().limit(NAMED).forEach(item -> lines.add("  " + item));
    if (items.size() > NAMED) {
      lines.add("  and " + number(items.size() - NAMED) + " more, which --json FILE lists");
    }
  }

  static String number(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  private static String count(int number, String thing) {
    String plural = thing.endsWith("s") ? "es" : "s";
    return number(number) + " " + thing + (number == 1 ? "" : plural);
  }

  /** A time for people. */
  private static final class Duration {
    private Duration() {}

    static String text(double seconds) {
      if (seconds < 10) {
        return String.format(Locale.ROOT, "%.1f s", seconds);
      }
      long whole = Math.round(seconds);
      if (whole < 100) {
        return whole + " s";
      }
      long minutes = Math.round(seconds / 60);
      if (minutes < 100) {
        return minutes + " min";
      }
      double hours = seconds / 3600;
      return hours < 72
          ? String.format(Locale.ROOT, "%.1f h", hours)
          : String.format(Locale.ROOT, "%.1f days", hours / 24);
    }
  }
}

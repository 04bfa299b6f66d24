package dev.sgid.cli;

import dev.sgid.dataset.Failure;
import dev.sgid.dataset.evaluate.Interval;
import dev.sgid.dataset.evaluate.Scores;
import dev.sgid.dataset.evaluate.Tuning;
import dev.sgid.dataset.evaluate.Tuning.Cell;
import dev.sgid.internal.Shell;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/**
 * A tuning as a person reads it: table and choice on stdout; on stderr what is wrong.
 *
 * @param tuning what was found
 * @param typed options of the method that were given, and hold besides
 * @param quiet whether only what is wrong is printed
 * @param command whose stdout and stderr
 */
record TuningText(Tuning tuning, List<String> typed, boolean quiet, CommandLine command) {
  private static final int NAMED = 3;

  void print(Path settings, Path chart) {
    if (!quiet) {
      PrintWriter out = command.getOut();
      table(out);
      choice(out);
      out.printf("  %s%n", options());
      out.printf("  --settings %s%n%n", Shell.quoted(settings.toString()));
      out.printf("The chart is in %s%n", chart);
      out.flush();
    }
    PrintWriter err = command.getErr();
    if (!tuning.choice().reachesBound()) {
      err.printf(
          Locale.ROOT,
          "sgid: warning: no setting reaches an agreement of %.3f: the one with the most agreement"
              + " is named; try lower noise rates, other prompts or --least-agreement%n",
          tuning.leastAgreement());
    }
    List<Failure> failures = tuning.failures();
    if (!failures.isEmpty()) {
      err.println("sgid: " + failures.size() + (failures.size() == 1 ? " failure:" : " failures:"));
      failures.stream()
          .limit(NAMED)
          .forEach(failure -> err.println("  " + failure.source() + ": " + failure.reason()));
      if (failures.size() > NAMED) {
        err.println("  and " + (failures.size() - NAMED) + " more, which --json lists");
      }
    }
  }

  private void table(PrintWriter out) {
    int width =
        Math.max(
            "guidance".length(),
            tuning.cells().stream().mapToInt(cell -> cell.guidance().length()).max().orElse(0));
    String format = "%-2s%5s  %-" + width + "s  %-19s %6s  %-19s %6s  %6s  %8s%n";
    out.printf(format, "", "noise", "", "agreement", "of the", "diversity", "in", "consis-", "");
    out.printf(
        format, "", "rate", "guidance", "(90 %)", "orig.", "(90 %)", "pixels", "tency", "rejected");
    for (int i = 0; i < tuning.cells().size(); i++) {
      Cell cell = tuning.cells().get(i);
      Scores scores = cell.scores();
      Double agreement = scores.copiesRight();
      out.printf(
          format,
          mark(i),
          number(cell.noiseRate()),
          cell.guidance(),
          ranged(agreement, cell.agreement()),
          agreement == null || tuning.originalsAgreement() == 0
              ? "-"
              : percent(agreement / tuning.originalsAgreement()),
          ranged(scores.amongCopies(), cell.diversity()),
          three(scores.amongCopiesPixels()),
          three(scores.consistency()),
          cell.rejected() == null ? "-" : percent(cell.rejected()));
    }
    out.println();
    out.printf(
        Locale.ROOT,
        "Of %d originals, %s are taken for their label among %d, by %s; bound %.3f. %d copies of"
            + " each at each setting.%n",
        tuning.originals(),
        ranged(tuning.originalsAgreement(), tuning.originalsInterval()).strip(),
        tuning.zeroShot().labels(),
        tuning.pack(),
        tuning.leastAgreement(),
        tuning.copies());
    out.println(
        "agreement: share of copies that are taken for their label; diversity: CLIP distance of two"
            + " copies of one original;");
    out.println("consistency: CLIP cosine of copy and original; rejected: by --keep consistent.");
    out.println();
  }

  /** {@code >} for the choice, {@code =} for those as diverse, {@code -} for those below. */
  private String mark(int cell) {
    if (cell == tuning.choice().cell()) {
      return ">";
    }
    if (tuning.choice().alike().contains(cell)) {
      return "=";
    }
    Double agreement = tuning.cells().get(cell).scores().copiesRight();
    return agreement == null || agreement < tuning.leastAgreement() - 1e-9 ? "-" : "";
  }

  private void choice(PrintWriter out) {
    Tuning.Choice choice = tuning.choice();
    List<String> marks = new ArrayList<>();
    marks.add(
        choice.reachesBound()
            ? "> the most diversity of those that reach the bound"
            : "> the most agreement; none reaches the bound");
    if (!choice.alike().isEmpty()) {
      marks.add("= not told apart from it by this sample");
    }
    if (choice.reachesBound()) {
      marks.add("- below the bound");
    }
    out.println(String.join("; ", marks));
    if (choice.reachesBound() && !choice.certain()) {
      out.println(
          "The sample does not settle that its agreement reaches the bound: a larger --sample says"
              + " more.");
    }
    out.println();
    out.println("Use it by these options, or by the file:");
  }

  private String options() {
    Cell chosen = tuning.chosen();
    List<String> words = new ArrayList<>();
    words.add("--noise-rate");
    words.add(number(chosen.noiseRate()));
    words.add("--guidance");
    words.add(chosen.guidance());
    words.addAll(typed);
    return String.join(" ", words.stream().map(Shell::quoted).toList());
  }

  private static String ranged(@Nullable Double value, @Nullable Interval interval) {
    if (value == null) {
      return "-";
    }
    return interval == null
        ? three(value)
        : String.format(Locale.ROOT, "%.3f (%.3f-%.3f)", value, interval.low(), interval.high());
  }

  private static String three(@Nullable Double value) {
    return value == null ? "-" : String.format(Locale.ROOT, "%.3f", value);
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.0f %%", 100 * share);
  }

  private static String number(double value) {
    return value == Math.rint(value) ? String.valueOf((long) value) : String.valueOf(value);
  }
}

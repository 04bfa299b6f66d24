package dev.sgid.cli;

import dev.sgid.dataset.Failure;
import dev.sgid.dataset.evaluate.Doubt;
import dev.sgid.dataset.evaluate.Evaluation;
import dev.sgid.dataset.evaluate.EvaluationFiles;
import dev.sgid.dataset.evaluate.Mistaken;
import dev.sgid.dataset.evaluate.Scores;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/**
 * An evaluation as a person reads it: a table on stdout; on stderr what is wrong.
 *
 * @param evaluation what was measured
 * @param quiet whether only what is wrong is printed
 * @param command whose stdout and stderr
 */
record EvaluationText(Evaluation evaluation, boolean quiet, CommandLine command) {
  private static final int MOST_CLASSES = 30;
  private static final int LONGEST_LABEL = 24;
  private static final int NAMED = 3;

  void print(EvaluationFiles files) {
    if (!quiet) {
      PrintWriter out = command.getOut();
      table(out);
      doubts(out);
      out.println();
      out.println("All of it is in " + files.file());
      files.charts().ifPresent(folder -> out.println("Charts are in " + folder));
      out.flush();
    }
    PrintWriter err = command.getErr();
    evaluation.mistaken().forEach(mistaken -> err.println("sgid: warning: " + text(mistaken)));
    some(err, evaluation.unmatched(), "picture", "left out, as belonging to no original");
    some(err, evaluation.failures(), "file", "can't be used");
  }

  private void table(PrintWriter out) {
    List<Map.Entry<String, Scores>> classes = new ArrayList<>(evaluation.classes().entrySet());
    int hidden = Math.max(0, classes.size() - MOST_CLASSES);
    if (hidden > 0) {
      classes.sort(Comparator.comparingDouble(entry -> sortable(entry.getValue().consistency())));
      classes = classes.subList(0, MOST_CLASSES);
    }
    int width = classes.stream().mapToInt(c -> shortened(c.getKey()).length()).max().orElse(0);
    width = Math.max(width, "all classes".length());
    String format = "%-" + width + "s  %9s %7s  %6s %6s %6s  %6s %6s  %6s %6s  %6s %6s%n";
    out.printf(
        Locale.ROOT,
        "%-" + width + "s  %-17s  %-20s  %-13s  %-13s  %-13s%n",
        "",
        "images",
        "CLIP cosine",
        "zero-shot",
        "CLIP distance",
        "pixel distance");
    out.printf(
        format,
        "class",
        "originals",
        "copies",
        "mean",
        "lowest",
        "orig.",
        "orig.",
        "copies",
        "copies",
        "orig.",
        "copies",
        "orig.");
    classes.forEach(entry -> row(out, format, shortened(entry.getKey()), entry.getValue()));
    if (hidden > 0) {
      out.println("… and " + hidden + " classes more, of higher consistency");
    }
    row(out, format, "all classes", evaluation.all());
    out.println();
    out.println(
        "CLIP cosine: of copies and their originals, the mean and the lowest, and of two originals"
            + " of the class.");
    out.printf(
        Locale.ROOT,
        "Zero-shot: share taken for their label among %d, by %s; prompt \"%s\", logit scale %.4g"
            + " (%s).%n",
        evaluation.zeroShot().labels(),
        evaluation.pack(),
        evaluation.zeroShot().prompt(),
        evaluation.zeroShot().logitScale(),
        evaluation.zeroShot().logitScaleOrigin());
    out.println(
        "Distances: of two copies of one original, and of a copy and its original; the more, the"
            + " more varied.");
    if (evaluation.originalsWithoutCopies() > 0) {
      out.println(count(evaluation.originalsWithoutCopies(), "original") + " without a copy.");
    }
  }

  private static double sortable(@Nullable Double value) {
    return value == null ? Double.POSITIVE_INFINITY : value;
  }

  private static void row(PrintWriter out, String format, String name, Scores scores) {
    out.printf(
        format,
        name,
        scores.originals(),
        scores.copies(),
        number(scores.consistency()),
        number(scores.lowestConsistency()),
        number(scores.amongOriginals()),
        number(scores.originalsRight()),
        number(scores.copiesRight()),
        number(scores.amongCopies()),
        number(scores.fromOriginal()),
        number(scores.amongCopiesPixels()),
        number(scores.fromOriginalPixels()));
  }

  private static String number(@Nullable Double value) {
    return value == null ? "-" : String.format(Locale.ROOT, "%.3f", value);
  }

  private void doubts(PrintWriter out) {
    if (evaluation.doubted() == 0) {
      return;
    }
    out.println();
    out.println(
        count(evaluation.doubted(), "original")
            + " of "
            + evaluation.all().originals()
            + (evaluation.doubted() == 1 ? " is" : " are")
            + " taken for another label"
            + (evaluation.doubts().isEmpty()
                ? ""
                : evaluation.doubts().size() < evaluation.doubted()
                    ? "; those doubted most:"
                    : ", the most doubted first:"));
    for (Doubt doubt : evaluation.doubts()) {
      out.printf(
          Locale.ROOT,
          "  %s: %s %.3f, but %s %.3f%n",
          doubt.source(),
          doubt.label(),
          doubt.probability(),
          doubt.takenFor(),
          doubt.takenForProbability());
    }
  }

  private static String text(Mistaken mistaken) {
    return mistaken.originals()
        + " of "
        + mistaken.of()
        + " originals labelled \""
        + mistaken.label()
        + "\" are taken for \""
        + mistaken.takenFor()
        + "\""
        + (mistaken.swapped()
            ? ", and the other way round: the two labels look swapped"
            : ": the label is wrong, or the model does not know the class");
  }

  private static void some(PrintWriter err, List<Failure> list, String thing, String what) {
    if (list.isEmpty()) {
      return;
    }
    err.println("sgid: " + count(list.size(), thing) + " " + what + ":");
    list.stream()
        .limit(NAMED)
        .forEach(failure -> err.println("  " + failure.source() + ": " + failure.reason()));
    if (list.size() > NAMED) {
      err.println("  and " + (list.size() - NAMED) + " more");
    }
  }

  private static String count(int number, String thing) {
    return number + " " + thing + (number == 1 ? "" : "s");
  }

  private static String shortened(String label) {
    return label.length() <= LONGEST_LABEL ? label : label.substring(0, LONGEST_LABEL - 1) + "…";
  }
}

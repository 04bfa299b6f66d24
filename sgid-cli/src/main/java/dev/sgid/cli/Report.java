package dev.sgid.cli;

import dev.sgid.GenerationSettings;
import dev.sgid.PackInfo;
import dev.sgid.dataset.JobSummary;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine;

/** What is printed at the end: results on stdout, what went wrong on stderr. */
final class Report {
  private static final int NAMED = 3;

  private Report() {}

  /** Says where a schedule of few steps can't be run at just the noise rate that was asked for. */
  static Optional<String> noiseRate(GenerationSettings settings) {
    double run = settings.noiseRateRun();
    return Math.abs(run - settings.noiseRate()) <= 0.005
        ? Optional.empty()
        : Optional.of(
            String.format(
                Locale.ROOT,
                "noise rate %s is run as %.3f, %d of %d steps; rates near it that come to the"
                    + " same give the same pictures",
                settings.noiseRate(),
                run,
                settings.stepsRun(),
                settings.scheduleSteps()));
  }

  /**
   * Prints what became of a job.
   *
   * @param goesOn whether the same command goes on where this one ended
   */
  static void print(
      JobSummary summary, PackInfo models, boolean quiet, boolean goesOn, CommandLine command) {
    if (!quiet) {
      PrintWriter out = command.getOut();
      if (summary.pictures() == 0 && summary.alreadyThere() > 0) {
        out.printf(
            "Nothing made in %s: %s there before, by former runs%n",
            summary.out(), count(summary.alreadyThere(), "picture"));
      } else {
        out.printf(
            Locale.ROOT,
            "%s in %s: %.1f s, %.2f images/s, by %s on %s%n",
            count(summary.pictures(), "picture"),
            summary.out(),
            summary.time().toNanos() / 1e9,
            summary.picturesPerSecond(),
            models.name(),
            models.provider());
        if (summary.alreadyThere() > 0) {
          out.println(count(summary.alreadyThere(), "picture") + " there before, by former runs");
        }
      }
      if (summary.rejected() > 0) {
        out.println(count(summary.rejected(), "picture") + " rejected by a review, not made again");
      }
      if (summary.dropped() > 0) {
        out.println(
            count(summary.dropped(), "picture") + " dropped, dropped.jsonl says why of each");
      }
      if (summary.doubtful() > 0) {
        out.println(
            count(summary.doubtful(), "picture")
                + " may not show what the label says, or nothing new: kept is false in the manifest,"
                + " and reject_reason says why (--when-rejected drop or retry does without them)");
      }
      if (!summary.changed().isEmpty()) {
        out.println(
            count(summary.changed().size(), "image")
                + " changed since, whose copies were made anew: "
                + some(summary.changed()));
      }
      if (!summary.removed().isEmpty()) {
        out.println(
            count(summary.removed().size(), "image")
                + " not in the data set any more, whose copies stay: "
                + some(summary.removed()));
      }
      if (!summary.ignored().isEmpty()) {
        out.println(
            count(summary.ignored().size(), "file")
                + " in the data set ignored (no image, or none of it): "
                + some(summary.ignored()));
      }
      out.flush();
    }
    PrintWriter err = command.getErr();
    summary.warnings().forEach(warning -> err.println("sgid: warning: " + warning));
    if (!summary.foreign().isEmpty()) {
      err.println(
          "sgid: left in "
              + summary.out()
              + " what sgid did not write: "
              + some(summary.foreign()));
    }
    summary
        .failuresFile()
        .ifPresent(
            file ->
                err.println(
                    "sgid: " + count(summary.failures(), "failure") + ", listed in " + file));
    if (summary.outOfTime()) {
      err.println(
          "sgid: time is up, "
              + (summary.alreadyThere() + summary.pictures())
              + " of "
              + count(summary.planned(), "picture")
              + " made; "
              + next(goesOn));
    }
    if (summary.cancelled()) {
      err.println(
          "sgid: interrupted, "
              + (summary.alreadyThere() + summary.pictures())
              + " of "
              + count(summary.planned(), "picture")
              + " made; "
              + next(goesOn));
    }
  }

  /** What to do about pictures that were not made. */
  static String next(boolean goesOn) {
    return goesOn
        ? "the same command goes on from there"
        : "what comes from standard input can't be gone on with: keep the shard in a file and give"
            + " that, with another OUT, or begin anew with --overwrite";
  }

  static String count(int number, String thing) {
    return number + " " + thing + (number == 1 ? "" : "s");
  }

  static String some(List<String> files) {
    String named = String.join(", ", files.subList(0, Math.min(NAMED, files.size())));
    return files.size() > NAMED ? named + " and " + (files.size() - NAMED) + " more" : named;
  }
}

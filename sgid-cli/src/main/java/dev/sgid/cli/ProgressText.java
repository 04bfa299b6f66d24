package dev.sgid.cli;

import dev.sgid.dataset.JobProgress;
import dev.sgid.dataset.JobProgress.Phase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How far a job is, in a line.
 *
 * @param progress how far it is
 * @param time how long the phase has taken so far
 * @param step what the models are at, like {@code step 3/15}; empty for nothing
 */
record ProgressText(JobProgress progress, Duration time, String step) {
  private static final int LEAST_BAR = 12; // with its brackets
  private static final int MOST_BAR = 42;
  private static final int MOST_LABEL = 24; // columns

  /** A line of its own, as in a log. */
  String line() {
    List<String> parts = new ArrayList<>(details());
    parts.add(0, name() + ": " + count() + " of " + progress.total() + things());
    return String.join(", ", parts);
  }

  /** A line with a bar, of exactly so many columns; what has no room is left out. */
  String bar(int columns) {
    String begin =
        String.format(
            Locale.ROOT, "%s %3d%% ", name(), 100L * count() / Math.max(1, progress.total()));
    List<String> parts = new ArrayList<>(details());
    parts.add(0, count() + "/" + progress.total());
    String end = String.join(", ", parts);
    while (parts.size() > 1 && begin.length() + LEAST_BAR + 1 + Columns.of(end) > columns) {
      parts.remove(parts.size() - 1);
      end = String.join(", ", parts);
    }
    int room = Math.min(MOST_BAR, columns - begin.length() - 1 - Columns.of(end));
    String line = begin + (room < LEAST_BAR ? "" : bar(room - 2, count()) + " ") + end;
    String cut = Columns.cut(line, columns);
    return cut + " ".repeat(columns - Columns.of(cut));
  }

  private String bar(int cells, int count) {
    int full = (int) ((long) cells * count / Math.max(1, progress.total()));
    String tip = full < cells ? ">" : "";
    return "[" + "=".repeat(full) + tip + " ".repeat(cells - full - tip.length()) + "]";
  }

  private String name() {
    return switch (progress.phase()) {
      case CHECKING -> "Checking";
      case VERIFYING -> "Verifying";
      case LOOKING -> "Looking";
      case CALIBRATING -> "Calibrating";
      case MEASURING -> "Measuring";
      case AUGMENTING -> "Augmenting";
    };
  }

  private String things() {
    return switch (progress.phase()) {
      case CHECKING, LOOKING, CALIBRATING -> " images";
      case MEASURING -> " seconds";
      case VERIFYING, AUGMENTING -> " pictures";
    };
  }

  private int count() {
    return progress.settled();
  }

  /** What matters most comes first. */
  private List<String> details() {
    List<String> details = new ArrayList<>();
    if (progress.failed() > 0) {
      details.add(progress.failed() + " failed");
    }
    if (progress.dropped() > 0) {
      details.add(progress.dropped() + " dropped");
    }
    Pace.of(progress, time)
        .ifPresent(
            pace -> {
              long left = pace.secondsLeft();
              details.add(
                  String.format(
                      Locale.ROOT, "%d:%02d:%02d left", left / 3600, left / 60 % 60, left % 60));
              if (progress.phase() != Phase.MEASURING) {
                details.add(String.format(Locale.ROOT, "%.2f images/s", pace.perSecond()));
              }
            });
    if (!progress.label().isEmpty()) {
      details.add(Columns.plain(progress.label(), MOST_LABEL));
    }
    if (!step.isEmpty()) {
      details.add(step);
    }
    return details;
  }
}

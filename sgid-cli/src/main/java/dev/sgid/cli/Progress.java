package dev.sgid.cli;

import dev.sgid.StepListener;
import dev.sgid.dataset.JobListener;
import dev.sgid.dataset.JobProgress;
import java.io.PrintWriter;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Locale;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * The progress bar on stderr, with images per second and the time left; nothing where nobody would
 * see it.
 */
final class Progress implements JobListener, StepListener, AutoCloseable {
  private static final int MOST_COLUMNS = 80;

  private final @Nullable PrintWriter err;
  private @Nullable ProgressBar bar;
  private JobProgress.@Nullable Phase phase;

  private Progress(@Nullable PrintWriter err) {
    this.err = err;
  }

  /** A bar, unless {@code quiet} or stderr is no terminal. */
  static Progress of(PrintWriter err, boolean quiet) {
    return new Progress(quiet || !isTerminal() ? null : err);
  }

  /** A bar in any case. */
  static Progress shown(PrintWriter err) {
    return new Progress(err);
  }

  /** The launcher tells: Java can't ask about stderr. */
  private static boolean isTerminal() {
    return Boolean.getBoolean("sgid.terminal");
  }

  @Override
  public void progressed(JobProgress progress) {
    if (err == null) {
      return;
    }
    if (bar == null || phase != progress.phase()) {
      close();
      bar = bar(progress, err);
      phase = progress.phase();
    }
    bar.stepTo(progress.done() + progress.failed());
    bar.setExtraMessage(progress.failed() == 0 ? "" : " " + progress.failed() + " failed");
  }

  /** Pictures may take minutes each: shows that something is going on. */
  @Override
  public void stepDone(int request, int step, int steps, int timestep) {
    if (bar != null) {
      bar.setExtraMessage(" step " + step + "/" + steps);
    }
  }

  private static ProgressBar bar(JobProgress progress, PrintWriter err) {
    DecimalFormat perSecond =
        new DecimalFormat("0.00", DecimalFormatSymbols.getInstance(Locale.ROOT));
    return new ProgressBarBuilder()
        .setTaskName(
            switch (progress.phase()) {
              case CALIBRATING -> "Calibrating";
              case AUGMENTING -> "Augmenting";
            })
        .setInitialMax(progress.total())
        .setStyle(ProgressBarStyle.ASCII)
        .setUnit(" images", 1)
        .showSpeed(perSecond)
        .setConsumer(
            new DelegatingProgressBarConsumer(
                line -> {
                  err.print("\r" + line);
                  err.flush();
                },
                width()))
        .build();
  }

  /** One column less than the terminal has, as the launcher tells: a full line would wrap. */
  private static int width() {
    int columns = Integer.getInteger("sgid.columns", MOST_COLUMNS);
    return Math.min(columns > 0 ? columns : MOST_COLUMNS, MOST_COLUMNS) - 1;
  }

  @Override
  public void close() {
    if (bar != null && err != null) {
      bar.close();
      err.println();
      bar = null;
    }
  }
}

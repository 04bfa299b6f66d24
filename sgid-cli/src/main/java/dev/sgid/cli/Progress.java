package dev.sgid.cli;

import dev.sgid.StepListener;
import dev.sgid.dataset.JobListener;
import dev.sgid.dataset.JobProgress;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Shows on stderr how far the job is: a bar that moves with every image where there is a terminal,
 * else a line every few seconds; nothing where nobody wants it.
 *
 * <p>Draws when it is told something, and has no thread of its own: after {@link #close()} nothing
 * comes any more. Thread-safe, since steps are told of by the threads that make them.
 */
final class Progress implements JobListener, StepListener, AutoCloseable {
  private static final int USUAL_COLUMNS = 80;
  private static final Duration BETWEEN_BARS = Duration.ofMillis(100);
  private static final Duration BETWEEN_LINES = Duration.ofSeconds(5);

  private final PrintWriter err;
  private final Kind kind;
  private final LongSupplier clock; // nanoseconds
  private @Nullable JobProgress now;
  private String step = "";
  private long begun; // the phase
  private long drawn;
  private boolean closed;

  /** What is drawn. */
  enum Kind {
    NOTHING,
    BAR,
    LINES
  }

  Progress(PrintWriter err, Kind kind, LongSupplier clock) {
    this.err = err;
    this.kind = kind;
    this.clock = clock;
  }

  /** What suits stderr, or nothing if {@code quiet}. */
  static Progress of(PrintWriter err, boolean quiet) {
    Kind shown = Terminal.ofThisProcess().redraws() ? Kind.BAR : Kind.LINES;
    return new Progress(err, quiet ? Kind.NOTHING : shown, System::nanoTime);
  }

  @Override
  public synchronized void progressed(JobProgress progress) {
    if (closed) {
      return;
    }
    if (now == null || now.phase() != progress.phase()) {
      endLine();
      begun = clock.getAsLong();
      drawn = begun; // so that no line comes before a few seconds have passed
      step = "";
      now = progress;
      if (kind == Kind.BAR) {
        draw(progress);
      }
      return;
    }
    now = progress;
    drawIfDue(progress);
  }

  /** Pictures may take minutes each: shows that something is going on. */
  @Override
  public synchronized void stepDone(long request, int step, int steps, int timestep) {
    if (now != null && !closed) {
      this.step = "step " + step + "/" + steps;
      drawIfDue(now);
    }
  }

  private void drawIfDue(JobProgress progress) {
    Duration between = kind == Kind.BAR ? BETWEEN_BARS : BETWEEN_LINES;
    if (kind != Kind.NOTHING && clock.getAsLong() - drawn >= between.toNanos()) {
      draw(progress);
    }
  }

  private void draw(JobProgress progress) {
    drawn = clock.getAsLong();
    ProgressText text = new ProgressText(progress, Duration.ofNanos(drawn - begun), step);
    if (kind == Kind.BAR) {
      // a warning of the log's begins where the bar does, and not behind it
      err.print("\r" + text.bar(columns()) + "\r");
    } else {
      err.println(text.line());
    }
    err.flush();
  }

  /** One column less than the terminal has, as the launcher tells: a full line would wrap. */
  static int columns() {
    int columns = Integer.getInteger("sgid.columns", USUAL_COLUMNS);
    return (columns > 1 ? columns : USUAL_COLUMNS) - 1;
  }

  private void endLine() {
    if (kind == Kind.BAR && now != null) {
      step = "";
      draw(now);
      err.println();
      err.flush();
    }
  }

  /** Draws how it ended; what is told from now on is not shown. */
  @Override
  public synchronized void close() {
    if (!closed) {
      endLine();
    }
    closed = true;
  }
}

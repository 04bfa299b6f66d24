package dev.sgid.cli;

import dev.sgid.PackInfo;
import dev.sgid.StepListener;
import dev.sgid.dataset.Failure;
import dev.sgid.dataset.JobListener;
import dev.sgid.dataset.JobProgress;
import dev.sgid.dataset.JobStart;
import dev.sgid.dataset.JobSummary;
import dev.sgid.dataset.ManifestLine;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;

/**
 * What hears of a job on behalf of those who watch it: people by the progress, machines by JSON.
 */
final class Watch implements JobListener, StepListener, AutoCloseable {
  private final PrintWriter err;
  private final boolean quiet;
  private final Progress progress;
  private final @Nullable JsonEvents events; // null where nobody wants them

  Watch(PrintWriter err, boolean quiet, @Nullable JsonEvents events) {
    this.err = err;
    this.quiet = quiet;
    this.progress = Progress.of(err, quiet);
    this.events = events;
  }

  @Override
  public void progressed(JobProgress now) {
    progress.progressed(now);
    if (events != null) {
      events.progressed(now);
    }
  }

  @Override
  public void stepDone(long request, int step, int steps, int timestep) {
    progress.stepDone(request, step, steps, timestep);
    if (events != null) {
      events.stepDone(request, step, steps, timestep);
    }
  }

  @Override
  public void started(JobStart start) {
    if (events != null) {
      events.started(start);
    }
  }

  @Override
  public void made(ManifestLine picture) {
    if (events != null) {
      events.made(picture);
    }
  }

  @Override
  public void dropped(ManifestLine picture) {
    if (events != null) {
      events.dropped(picture);
    }
  }

  @Override
  public void failed(Failure failure) {
    if (events != null) {
      events.failed(failure);
    }
  }

  @Override
  public void warned(String warning) {
    if (events != null) {
      events.warned(warning);
    }
  }

  /** Tells, as the command begins, of what those who gave its options should know. */
  void note(String note) {
    if (!quiet) {
      err.println("sgid: " + note);
    }
    warned(note);
  }

  /** What came of a job; those who read what is printed are told by {@link Report}. */
  void summarize(JobSummary summary, PackInfo models) {
    if (events != null) {
      events.summarize(summary, models);
    }
  }

  /** Nothing more of the progress is shown. */
  @Override
  public void close() {
    progress.close();
  }
}

package dev.sgid.cli;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import dev.sgid.PackInfo;
import dev.sgid.Sgid;
import dev.sgid.StepListener;
import dev.sgid.dataset.Failure;
import dev.sgid.dataset.JobListener;
import dev.sgid.dataset.JobProgress;
import dev.sgid.dataset.JobStart;
import dev.sgid.dataset.JobSummary;
import dev.sgid.dataset.ManifestLine;
import dev.sgid.dataset.Verdict;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a command does, for machines: a JSON object a line, each with {@code event} and {@code
 * time}, the last of them {@code summary}. {@code docs/cli.md} has every field.
 *
 * <p>Each line is flushed. Thread-safe, since steps are told of by the threads that make them.
 */
final class JsonEvents implements JobListener, StepListener {
  private static final Duration BETWEEN_PROGRESS = Duration.ofSeconds(1);
  private static final Gson GSON =
      new GsonBuilder().disableHtmlEscaping().serializeNulls().create();

  private final PrintWriter out;
  private final Clock clock; // of the day
  private final LongSupplier nanos; // which nobody sets back
  private final Map<String, @Nullable Object> summary = new LinkedHashMap<>();
  private @Nullable JobProgress now;
  private @Nullable Step step;
  private long begun; // the phase
  private long told; // of progress

  /**
   * What the models are at.
   *
   * @param step how many steps of a picture are done
   * @param steps of so many
   */
  private record Step(int step, int steps) {}

  /**
   * Events to a writer.
   *
   * @param out one that encodes in UTF-8, as JSON is
   */
  JsonEvents(PrintWriter out, Clock clock, LongSupplier nanos) {
    this.out = out;
    this.clock = clock;
    this.nanos = nanos;
  }

  @Override
  public synchronized void started(JobStart start) {
    JsonElement job = JsonParser.parseString(start.job());
    Map<String, @Nullable Object> event = event("start");
    event.put("sgid", Sgid.version());
    event.put("pid", ProcessHandle.current().pid());
    event.put("in", start.in().toString());
    event.put("out", start.out().toString());
    event.put("images", start.images());
    event.put("pictures", start.pictures());
    event.put("already_there", start.alreadyThere());
    event.put("job", job);
    write(event);
  }

  @Override
  public synchronized void progressed(JobProgress progress) {
    boolean begins = now == null || now.phase() != progress.phase();
    now = progress;
    if (begins) {
      begun = nanos.getAsLong();
      step = null;
    }
    tellProgress(progress, begins);
  }

  /** Pictures may take minutes each. */
  @Override
  public synchronized void stepDone(long request, int done, int steps, int timestep) {
    step = new Step(done, steps);
    if (now != null) {
      tellProgress(now, false);
    }
  }

  private void tellProgress(JobProgress progress, boolean atOnce) {
    long instant = nanos.getAsLong();
    if (!atOnce && instant - told < BETWEEN_PROGRESS.toNanos()) {
      return;
    }
    told = instant;
    Map<String, @Nullable Object> event = event("progress");
    event.put("phase", progress.phase().name().toLowerCase(Locale.ROOT));
    event.put("total", progress.total());
    event.put("done", progress.done());
    event.put("failed", progress.failed());
    event.put("dropped", progress.dropped());
    event.put("already_there", progress.alreadyThere());
    event.put("source", progress.current().isEmpty() ? null : progress.current());
    event.put("label", progress.label().isEmpty() ? null : progress.label());
    @Nullable Pace pace = Pace.of(progress, Duration.ofNanos(instant - begun)).orElse(null);
    event.put("images_per_second", pace == null ? null : pace.perSecond());
    event.put("seconds_left", pace == null ? null : pace.secondsLeft());
    event.put("step", step == null ? null : step.step());
    event.put("steps", step == null ? null : step.steps());
    write(event);
  }

  @Override
  public synchronized void made(ManifestLine picture) {
    write(event("made", picture));
  }

  @Override
  public synchronized void dropped(ManifestLine picture) {
    write(event("dropped", picture));
  }

  private Map<String, @Nullable Object> event(String name, ManifestLine picture) {
    Map<String, @Nullable Object> event = event(name);
    event.put("file_name", picture.fileName());
    event.put("label", picture.label());
    event.put("source", picture.source());
    event.put("copy", picture.copy());
    event.put("similarity", picture.similarity());
    event.put("guidance_scale", picture.guidanceScale());
    event.put("consistency", picture.consistency());
    Verdict verdict = picture.verdict();
    event.put("label_probability", verdict == null ? null : verdict.labelProbability());
    event.put("attempt", verdict == null ? null : verdict.attempt());
    event.put("kept", verdict == null ? null : verdict.kept());
    event.put("reject_reason", verdict == null ? null : verdict.rejectReason());
    return event;
  }

  @Override
  public synchronized void failed(Failure failure) {
    Map<String, @Nullable Object> event = event("failed");
    event.put("source", failure.source());
    event.put("reason", failure.reason());
    write(event);
  }

  @Override
  public synchronized void warned(String warning) {
    Map<String, @Nullable Object> event = event("warning");
    event.put("message", warning);
    write(event);
  }

  /** What came of a job, kept for the last line. */
  synchronized void summarize(JobSummary job, PackInfo models) {
    summary.put("out", job.out().toString());
    summary.put("planned", job.planned());
    summary.put("made", job.pictures());
    summary.put("already_there", job.alreadyThere());
    summary.put("dropped", job.dropped());
    summary.put("rejected", job.rejected());
    summary.put("doubtful", job.doubtful());
    summary.put("out_of_time", job.outOfTime());
    summary.put("failures", job.failures());
    summary.put("failures_file", job.failuresFile().map(Object::toString).orElse(null));
    summary.put("seconds", job.time().toMillis() / 1000.0);
    summary.put("images_per_second", job.picturesPerSecond());
    summary.put("changed", job.changed());
    summary.put("removed", job.removed());
    summary.put("ignored", job.ignored());
    summary.put("foreign", job.foreign());
    summary.put("pack", models.name());
    summary.put("provider", models.provider());
  }

  /**
   * The last line.
   *
   * @param exitCode the command's
   * @param message what went wrong, if something did
   */
  synchronized void ended(int exitCode, @Nullable String message) {
    Map<String, @Nullable Object> event = event("summary");
    event.put("exit_code", exitCode);
    event.put("reason", ExitCode.reason(exitCode));
    event.put("message", message);
    event.putAll(summary);
    write(event);
  }

  private Map<String, @Nullable Object> event(String name) {
    Map<String, @Nullable Object> event = new LinkedHashMap<>();
    event.put("event", name);
    event.put("time", clock.instant().truncatedTo(ChronoUnit.MILLIS).toString());
    return event;
  }

  private void write(Map<String, @Nullable Object> event) {
    out.print(GSON.toJson(event) + "\n"); // also where lines end otherwise
    out.flush();
  }
}

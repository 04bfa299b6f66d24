package dev.sgid.cli;

import dev.sgid.PackInfo;
import dev.sgid.Sgid;
import dev.sgid.SgidBuilder;
import dev.sgid.SgidException;
import dev.sgid.dataset.AugmentJob;
import dev.sgid.dataset.JobSummary;
import dev.sgid.dataset.Keep;
import dev.sgid.dataset.report.HtmlReport;
import dev.sgid.dataset.report.HtmlReport.Written;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sgid augment IN OUT}. An option that is not given leaves the pack's or the library's. */
@Command(
    name = "augment",
    mixinStandardHelpOptions = true,
    versionProvider = SgidCommand.Version.class,
    sortOptions = false,
    usageHelpAutoWidth = true,
    description = "Makes new training images of those in IN, which keep their labels' meaning.",
    footer = {
      "",
      "Exit codes: 0 all done; 1 some images failed, OUT/failures.jsonl lists them; 2 wrong usage,"
          + " settings or folders; 3 the pack or the device can't be used, or OUT can't be"
          + " written; 130 interrupted, what was done until then stays and the same command goes on.",
      "",
      "Example: sgid augment photos out --copies 4 --noise-rate 0.6 --with-originals"
    })
final class AugmentCommand extends AugmentingCommand implements Callable<Integer> {
  @Spec private final CommandSpec spec = CommandSpec.create(); // picocli puts the real one here

  @Parameters(
      index = "0",
      paramLabel = "IN",
      description =
          "The data set: a folder that holds one folder of images per class, or images and a"
              + " metadata.jsonl or metadata.csv with a file_name and a label for each, or"
              + " WebDataset shards; a table like that, or a shard; - for a shard from standard"
              + " input.")
  private @Nullable Path in;

  @Parameters(
      index = "1",
      paramLabel = "OUT",
      description =
          "The folder to write: new, empty, or one that the same command began: it goes on then.")
  private @Nullable Path out;

  @Mixin private final OutputOptions output = new OutputOptions();

  @Option(
      names = "--budget",
      paramLabel = "TIME",
      converter = Converters.OfDuration.class,
      description =
          "How long the run may take, like 2h, 90m or 1h30m: a copy of every image comes before the"
              + " second of any, and small classes before large ones; the next run goes on. Default:"
              + " as long as it takes.")
  private @Nullable Duration budget;

  @Option(
      names = "--overwrite",
      description =
          "Begins anew: removes from OUT first what former runs of sgid wrote there; other files"
              + " stay.")
  private boolean overwrite;

  @Option(
      names = "--no-report",
      description = "Leaves out OUT/report.html, in which originals and copies can be looked at.")
  private boolean noReport;

  @Override
  public Integer call() {
    return output.watched(this::augment);
  }

  private int augment(Watch watch) {
    Interrupts interrupts = Interrupts.of(Thread.currentThread());
    JobSummary summary;
    PackInfo models;
    Written report;
    try (interrupts;
        watch;
        StandardInput kept = standardInput()) {
      SgidBuilder builder = pack.builder().withStepListener(watch);
      method.apply(builder);
      AugmentJob job = job(watch, kept); // first: its errors need no models
      try (Sgid sgid = builder.build()) {
        models = sgid.pack();
        Report.noiseRate(sgid.settings().generation()).ifPresent(watch::note);
        summary = job.run(sgid);
      }
      report = report(summary); // while there still are originals that came from standard input
    } catch (SgidException e) {
      if (!e.isCancelled()) {
        throw e;
      }
      spec.commandLine().getErr().println("sgid: interrupted");
      return interrupts.exitCode();
    }
    watch.summarize(summary, models);
    Report.print(
        summary, models, output.isQuiet(), !StandardInput.NAME.equals(in), spec.commandLine());
    if (summary.cancelled()) {
      return interrupts.exitCode();
    }
    if (report != null && !output.isQuiet()) {
      ReportCommand.print(report, spec.commandLine());
    }
    return summary.failures() == 0 ? ExitCode.OK : ExitCode.SOME_FAILED;
  }

  /** The report of a job that has come to its end; null for none. */
  private @Nullable Written report(JobSummary summary) {
    boolean pictures = summary.alreadyThere() + summary.pictures() > 0;
    return noReport || summary.cancelled() || !pictures
        ? null
        : HtmlReport.of(summary.out()).write();
  }

  private AugmentJob job(Watch watch, @Nullable StandardInput kept) {
    Path from = kept == null ? Options.named(spec, "IN", in) : kept.file();
    AugmentJob.Builder job =
        AugmentJob.builder(from, Options.named(spec, "OUT", out))
            .withOverwrite(overwrite)
            .withResume(kept == null)
            .withListener(watch);
    Options.set(spec, "--budget", budget, job::withBudget);
    jobOptions.apply(job);
    if (kept != null && !jobOptions.hasKeep()) {
      job.withKeep(Keep.all()); // nothing is calibrated on it
    }
    Options.set(spec, "--guidance", method.guidance(), given -> given.accept(job));
    return job.build();
  }

  /** What comes from standard input, if that is the data set; else null. */
  private @Nullable StandardInput standardInput() {
    if (in == null || out == null) {
      throw new ParameterException(spec.commandLine(), "IN and OUT are missing");
    }
    StandardInput.removeLeft(out);
    if (!in.equals(StandardInput.NAME)) {
      return null;
    }
    if (jobOptions.needsCalibration()) {
      throw new ParameterException(
          spec.commandLine(),
          "--keep: bounds can't be found in standard input, which may be but a part of a data set:"
              + " keep the shards in files and give these, or give both bounds, like"
              + " consistent:consistency=0.8,label_probability=0.3");
    }
    method.refuseCalibrated(
        "a schedule can't be calibrated on standard input, which may be but a part of a data set:"
            + " keep the shards in files and give these, or a schedule with bounds, like"
            + " linear:0.15,0.35,3,7.5");
    return StandardInput.keep(System.in, Options.named(spec, "OUT", out));
  }
}

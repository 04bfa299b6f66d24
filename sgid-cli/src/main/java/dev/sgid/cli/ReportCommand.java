package dev.sgid.cli;

import dev.sgid.SgidException;
import dev.sgid.dataset.evaluate.Evaluation;
import dev.sgid.dataset.report.HtmlReport;
import dev.sgid.dataset.report.HtmlReport.Written;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sgid report OUT}. */
@Command(
    name = "report",
    mixinStandardHelpOptions = true,
    versionProvider = SgidCommand.Version.class,
    sortOptions = false,
    usageHelpAutoWidth = true,
    description =
        "Shows what was made: one HTML file with originals beside their copies, the worst first, to"
            + " be judged in a browser.",
    footer = {
      "",
      "The marks given there are saved as a file, which sgid apply-review honours.",
      "",
      "Example: sgid report out --to /tmp/out.html"
    })
final class ReportCommand implements Callable<Integer> {
  @Spec private final CommandSpec spec = CommandSpec.create(); // picocli puts the real one here

  @Parameters(
      index = "0",
      paramLabel = "OUT",
      description = "The folder that sgid augment wrote; of a split, like OUT/train.")
  private @Nullable Path out;

  @Option(
      names = "--to",
      paramLabel = "FILE",
      description =
          "The file to write, taking the place of one that is there. Default: OUT/report.html.")
  private @Nullable Path to;

  @Option(
      names = "--in",
      paramLabel = "IN",
      description =
          "Where the originals lie now. Default: where they lay; those that stand beside their"
              + " copies are taken first.")
  private @Nullable Path in;

  @Override
  public Integer call() {
    Path folder = Options.named(spec, "OUT", out);
    HtmlReport report = withEvaluation(HtmlReport.of(folder), folder.resolve(Evaluation.FILE));
    if (in != null) {
      report = report.withOriginals(Options.named(spec, "--in", in));
    }
    Path file = to == null ? null : Options.named(spec, "--to", to);
    return write(report, file, spec.commandLine());
  }

  /** Adds the charts of an evaluation, where there is one. */
  private HtmlReport withEvaluation(HtmlReport report, Path evaluation) {
    if (!Files.isRegularFile(evaluation)) {
      return report;
    }
    try {
      return report.withCharts(Evaluation.parse(Files.readString(evaluation)));
    } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
      spec.commandLine()
          .getErr()
          .println(
              "sgid: warning: the report has no charts of " + evaluation + ": " + e.getMessage());
      return report;
    }
  }

  /**
   * Writes a report; the exit code.
   *
   * @param file where to; null for where reports are
   */
  static int write(HtmlReport report, @Nullable Path file, CommandLine command) {
    Interrupts interrupts = Interrupts.of(Thread.currentThread());
    try (interrupts) {
      Written written = file == null ? report.write() : report.write(file);
      print(written, command);
      return ExitCode.OK;
    } catch (SgidException e) {
      if (!e.isCancelled()) {
        throw e;
      }
      command.getErr().println("sgid: interrupted, no report was written");
      return interrupts.exitCode();
    }
  }

  /** Says what there is to open, and what is not in it. */
  static void print(Written report, CommandLine command) {
    String what =
        report.shown() == report.pictures()
            ? Report.count(report.shown(), "picture")
            : "the worst " + report.shown() + " of " + Report.count(report.pictures(), "picture");
    command.getOut().println("Report of " + what + ": " + report.file());
    command.getOut().flush();
    report
        .originalsMissing()
        .ifPresentOrElse(
            reason ->
                command.getErr().println("sgid: warning: the report shows no originals: " + reason),
            () -> {
              if (report.withoutPicture() > 0) {
                command
                    .getErr()
                    .println(
                        "sgid: warning: "
                            + Report.count(report.withoutPicture(), "picture")
                            + " can't be shown in the report, which says why");
              }
            });
  }
}

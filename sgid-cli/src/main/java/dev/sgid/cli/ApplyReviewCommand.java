package dev.sgid.cli;

import dev.sgid.dataset.Review;
import dev.sgid.dataset.Review.Applied;
import dev.sgid.dataset.report.HtmlReport;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sgid apply-review OUT FILE}. */
@Command(
    name = "apply-review",
    mixinStandardHelpOptions = true,
    versionProvider = SgidCommand.Version.class,
    sortOptions = false,
    usageHelpAutoWidth = true,
    description =
        "Moves the pictures that a review rejects out of OUT, into OUT-rejected beside it. sgid"
            + " augment does not make them again.",
    footer = {
      "",
      "Exit codes: 0 all done; 1 some marks are of pictures that OUT does not have, or that were"
          + " made anew since; 2 wrong usage, or a review of other pictures; 3 OUT can't be"
          + " written: the same command goes on.",
      "",
      "Example: sgid apply-review out sgid-review-photos.json"
    })
final class ApplyReviewCommand implements Callable<Integer> {
  @Spec private final CommandSpec spec = CommandSpec.create(); // picocli puts the real one here

  @Parameters(
      index = "0",
      paramLabel = "OUT",
      description = "The folder that sgid augment wrote; of a split, like OUT/train.")
  private @Nullable Path out;

  @Parameters(
      index = "1",
      paramLabel = "FILE",
      description = "The review that was saved from the report.")
  private @Nullable Path file;

  @Override
  public Integer call() {
    Path folder = Options.named(spec, "OUT", out);
    Applied applied = Review.read(Options.named(spec, "FILE", file)).apply(folder);
    PrintWriter stdout = spec.commandLine().getOut();
    stdout.println(
        applied.rejected() == 0
            ? "No picture is rejected that was not before"
            : Report.count(applied.rejected(), "picture")
                + " rejected, now in "
                + applied.folder());
    if (applied.before() > 0) {
      stdout.println(Report.count(applied.before(), "picture") + " rejected before");
    }
    if (applied.accepted() > 0) {
      stdout.println(Report.count(applied.accepted(), "picture") + " accepted, which stay");
    }
    stdout.flush();
    PrintWriter err = spec.commandLine().getErr();
    if (!applied.unknown().isEmpty()) {
      err.println(
          "sgid: "
              + Report.count(applied.unknown().size(), "mark")
              + " of pictures that are not in "
              + folder
              + ": "
              + Report.some(applied.unknown()));
    }
    if (!applied.changed().isEmpty()) {
      err.println(
          "sgid: "
              + Report.count(applied.changed().size(), "mark")
              + " of pictures that were made anew since, and stay: "
              + Report.some(applied.changed()));
    }
    if (Files.isRegularFile(folder.resolve(HtmlReport.NAME))) {
      int code = ReportCommand.write(HtmlReport.of(folder), null, spec.commandLine());
      if (code != ExitCode.OK) {
        return code;
      }
    }
    return applied.unknown().isEmpty() && applied.changed().isEmpty()
        ? ExitCode.OK
        : ExitCode.SOME_FAILED;
  }
}

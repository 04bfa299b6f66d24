package dev.sgid.cli;

import static java.util.Objects.requireNonNull;

import dev.sgid.Sgid;
import dev.sgid.dataset.DatasetReader;
import dev.sgid.dataset.evaluate.Evaluation;
import dev.sgid.dataset.evaluate.EvaluationFiles;
import dev.sgid.dataset.evaluate.Evaluator;
import java.nio.file.FileVisitOption;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sgid evaluate IN OUT}. */
@Command(
    name = "evaluate",
    mixinStandardHelpOptions = true,
    versionProvider = SgidCommand.Version.class,
    sortOptions = false,
    usageHelpAutoWidth = true,
    description =
        "Measures the copies in OUT beside their originals in IN: whether they still show what"
            + " their labels say, and how much they differ.",
    footer = {
      "",
      "Copies that another tool made are matched by name: the copy's begins with the original's, in"
          + " a folder of the same class.",
      "",
      "Exit codes: 0 all measured; 1 some images can't be read, they are listed; 2 wrong usage or"
          + " folders; 3 the pack can't be used, or a file can't be written; 130 interrupted.",
      "",
      "Example: sgid evaluate photos out --charts charts"
    })
final class EvaluateCommand implements Callable<Integer> {
  @Spec private final CommandSpec spec = CommandSpec.create(); // picocli puts the real one here

  @Parameters(index = "0", paramLabel = "IN", description = "The data set: the originals.")
  private @Nullable Path in;

  @Parameters(
      index = "1",
      paramLabel = "OUT",
      description =
          "The copies: what sgid wrote, as folders or shards, or another tool's class folders.")
  private @Nullable Path out;

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description =
          "What labels that are ids mean, as for sgid augment: the texts that zero-shot"
              + " classification is given. Default: labels are texts.")
  private @Nullable Path labels;

  @Option(
      names = "--follow-links",
      description =
          "Follows links in IN that lead out of it. Default: they are listed as failures.")
  private boolean followLinks;

  @Option(
      names = "--to",
      paramLabel = "FILE",
      description =
          "Where all that was measured is written, as JSON. Default: OUT/evaluated.json; it must be"
              + " said where OUT is another tool's.")
  private @Nullable Path to;

  @Option(
      names = "--charts",
      paramLabel = "DIR",
      description =
          "A folder that charts are written to, as PNG; not in IN or OUT, where they would be taken"
              + " for data. Default: no charts.")
  private @Nullable Path charts;

  @Option(
      names = "--top",
      paramLabel = "N",
      description =
          "How many of the originals are listed whose labels are doubted most. Default: 20.")
  private @Nullable Integer top;

  @Mixin private final PackOptions pack = new PackOptions();

  @Option(names = "--quiet", description = "Prints errors and warnings only.")
  private boolean quiet;

  @Override
  public Integer call() {
    return Interrupts.heeded(spec.commandLine(), this::evaluate, this::show);
  }

  /** What was measured, and where it goes. */
  private record Measured(Evaluation evaluation, EvaluationFiles files) {}

  private Measured evaluate() {
    try (Progress progress = Progress.of(spec.commandLine().getErr(), quiet)) {
      Path originals = Options.named(spec, "IN", in);
      Path copies = Options.named(spec, "OUT", out);
      EvaluationFiles files = // its errors need no models
          EvaluationFiles.of(originals, copies, to, charts);
      return new Measured(evaluate(originals, copies, progress), files);
    }
  }

  private int show(Measured measured) {
    measured.files().write(measured.evaluation());
    if (EvaluationFiles.isUnfinished(requireNonNull(out))) {
      spec.commandLine()
          .getErr()
          .println(
              "sgid: warning: the run that writes "
                  + out
                  + " is not done: what its manifest has is"
                  + " measured");
    }
    new EvaluationText(measured.evaluation(), quiet, spec.commandLine()).print(measured.files());
    return measured.evaluation().failures().isEmpty() ? ExitCode.OK : ExitCode.SOME_FAILED;
  }

  private Evaluation evaluate(Path originals, Path copies, Progress progress) {
    DatasetReader data =
        followLinks
            ? DatasetReader.of(originals, FileVisitOption.FOLLOW_LINKS)
            : DatasetReader.of(originals);
    Evaluator[] evaluator = {Evaluator.of(data, copies).withListener(progress)};
    Options.set(
        spec,
        "--labels",
        labels,
        file -> evaluator[0] = evaluator[0].withTexts(data.labelTexts(file)));
    Options.set(spec, "--top", top, n -> evaluator[0] = evaluator[0].withDoubts(n));
    try (Sgid sgid = pack.builder().build()) {
      return evaluator[0].evaluate(sgid);
    }
  }
}

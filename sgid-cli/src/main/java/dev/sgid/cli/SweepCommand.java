package dev.sgid.cli;

import static java.util.Objects.requireNonNull;

import dev.sgid.Sgid;
import dev.sgid.SgidBuilder;
import dev.sgid.dataset.evaluate.Sweep;
import java.awt.image.BufferedImage;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sgid sweep IMAGE LABEL}. */
@Command(
    name = "sweep",
    mixinStandardHelpOptions = true,
    versionProvider = SgidCommand.Version.class,
    sortOptions = false,
    usageHelpAutoWidth = true,
    description =
        "Draws an image at several noise rates and guidance scales, with scores below each picture:"
            + " what to choose for a data set.",
    footer = {
      "",
      "Exit codes: 0 drawn; 1 some pictures can't be made; 2 wrong usage, settings or image; 3 the"
          + " pack can't be used, or the figure can't be written; 130 interrupted.",
      "",
      "Example: sgid sweep boot.png \"ankle boot\" --noise-rates 0.4,0.6 --guidance-scales 1,5,10"
    })
final class SweepCommand implements Callable<Integer> {
  @Spec private final CommandSpec spec = CommandSpec.create(); // picocli puts the real one here

  @Parameters(index = "0", paramLabel = "IMAGE", description = "The image's file.")
  private @Nullable Path image;

  @Parameters(index = "1", paramLabel = "LABEL", description = "What it shows: its class.")
  private @Nullable String label;

  @Option(
      names = "--noise-rates",
      paramLabel = "R",
      split = ",",
      defaultValue = "0.3,0.5,0.7,0.9",
      description = "The rows' noise rates. Default: ${DEFAULT-VALUE}.")
  private @Nullable List<Double> noiseRates;

  @Option(
      names = "--guidance-scales",
      paramLabel = "G",
      split = ",",
      defaultValue = "1,3,5,7.5,10",
      description = "The columns' guidance scales. Default: ${DEFAULT-VALUE}.")
  private @Nullable List<Double> guidanceScales;

  @Option(
      names = "--classes",
      paramLabel = "LABEL,...",
      description =
          "All classes of the data set, for the column zero-shot: the probability of LABEL among them."
              + " Without, that column is empty.")
  private @Nullable String labels;

  @Option(
      names = "--to",
      paramLabel = "FILE.png",
      defaultValue = "sweep.png",
      description = "The figure; a file of that name is replaced. Default: ${DEFAULT-VALUE}.")
  private @Nullable Path to;

  @Mixin private final MethodOptions method = new MethodOptions();
  @Mixin private final PackOptions pack = new PackOptions();

  @Option(names = "--quiet", description = "Prints errors and warnings only.")
  private boolean quiet;

  @Override
  public Integer call() {
    refuse("--noise-rate", "--noise-rates");
    refuse("--guidance", "--guidance-scales");
    BufferedImage original = Pictures.read(spec, "IMAGE", image);
    Path file = Pictures.figure(spec, "--to", requireNonNull(to), List.of(requireNonNull(image)));
    return Interrupts.heeded(
        spec.commandLine(),
        () -> sweep(original),
        sweep -> {
          Pictures.write(sweep.figure(), file);
          if (!quiet) {
            print(sweep, file);
          }
          return failures(sweep);
        });
  }

  private Sweep sweep(BufferedImage original) {
    try (Progress progress = Progress.of(spec.commandLine().getErr(), quiet)) {
      SgidBuilder builder = pack.builder().withStepListener(progress);
      method.apply(builder);
      try (Sgid sgid = builder.build()) {
        return Sweep.of(
            sgid,
            original,
            requireNonNull(label),
            requireNonNull(noiseRates),
            requireNonNull(guidanceScales),
            Pictures.labels(labels),
            progress);
      }
    }
  }

  /** What the figure's rows and columns set can't be set once more. */
  private void refuse(String option, String instead) {
    if (spec.commandLine().getParseResult().hasMatchedOption(option)) {
      throw new ParameterException(
          spec.commandLine(), option + " is for one picture; a sweep has " + instead);
    }
  }

  private int failures(Sweep sweep) {
    List<Sweep.Cell> failed =
        sweep.cells().stream().filter(cell -> cell.picture() == null).toList();
    failed.forEach(
        cell ->
            spec.commandLine()
                .getErr()
                .printf(
                    Locale.ROOT,
                    "sgid: noise rate %s, guidance scale %s: %s%n",
                    cell.noiseRate(),
                    cell.guidanceScale(),
                    cell.failure()));
    return failed.isEmpty() ? ExitCode.OK : ExitCode.SOME_FAILED;
  }

  private void print(Sweep sweep, Path file) {
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        Locale.ROOT, "caption \"%s\", similarity %.3f%n", sweep.caption(), sweep.similarity());
    out.printf("prompt \"%s\"%n%n", sweep.prompt());
    out.println("noise rate  guidance scale  consistency  label cosine  zero-shot");
    for (Sweep.Cell cell : sweep.cells()) {
      if (cell.picture() != null) {
        out.printf(
            Locale.ROOT,
            "%10s  %14s  %11.3f  %12.3f  %9s%n",
            cell.noiseRate(),
            cell.guidanceScale(),
            cell.consistency(),
            cell.labelCosine(),
            cell.labelProbability().isPresent()
                ? String.format(Locale.ROOT, "%.3f", cell.labelProbability().getAsDouble())
                : "-");
      }
    }
    if (labels == null) {
      out.println();
      out.println("Zero-shot needs all classes of the data set: --classes LABEL,...");
    }
    out.printf("%nThe figure is in %s%n", file);
    out.flush();
  }
}

package dev.sgid.cli;

import static java.util.Objects.requireNonNull;

import dev.sgid.Label;
import dev.sgid.Sgid;
import dev.sgid.SgidBuilder;
import dev.sgid.dataset.DatasetException;
import dev.sgid.dataset.DatasetReader;
import dev.sgid.dataset.Source;
import dev.sgid.dataset.evaluate.MethodComparison;
import dev.sgid.dataset.evaluate.MethodComparison.Labelled;
import dev.sgid.dataset.evaluate.MethodComparison.Method;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sgid compare IMAGE LABEL}. */
@Command(
    name = "compare",
    mixinStandardHelpOptions = true,
    versionProvider = SgidCommand.Version.class,
    sortOptions = false,
    usageHelpAutoWidth = true,
    description =
        "Draws what several methods make of an image, side by side: flip and crop, color jitter,"
            + " Mixup, CutMix, image-to-image by the label alone, and SGID.",
    footer = {
      "",
      "Exit codes: 0 drawn; 2 wrong usage, settings or images; 3 the pack can't be used, a picture"
          + " can't be made or the figure can't be written; 130 interrupted.",
      "",
      "Example: sgid compare boot.png \"ankle boot\" --data photos"
    })
final class CompareCommand implements Callable<Integer> {
  @Spec private final CommandSpec spec = CommandSpec.create(); // picocli puts the real one here

  @Parameters(index = "0", paramLabel = "IMAGE", description = "The image's file.")
  private @Nullable Path image;

  @Parameters(index = "1", paramLabel = "LABEL", description = "What it shows: its class.")
  private @Nullable String label;

  @Option(
      names = "--with",
      arity = "2",
      paramLabel = "IMAGE LABEL",
      hideParamSyntax = true,
      description =
          "The image that Mixup and CutMix mix it with, and what that shows. Without this and --data"
              + " they are left out.")
  private @Nullable List<String> with;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "A data set, out of which an image of another class is drawn by the seed for Mixup and"
              + " CutMix, and whose classes are --classes.")
  private @Nullable Path data;

  @Option(
      names = "--classes",
      paramLabel = "LABEL,...",
      description =
          "All classes of the data set, for the column zero-shot: the probability of LABEL among them. Default:"
              + " those of --data."
              + " Without, that column is empty.")
  private @Nullable String labels;

  @Option(
      names = "--to",
      paramLabel = "FILE.png",
      defaultValue = "compare.png",
      description = "The figure; a file of that name is replaced. Default: ${DEFAULT-VALUE}.")
  private @Nullable Path to;

  @Mixin private final MethodOptions method = new MethodOptions();
  @Mixin private final PackOptions pack = new PackOptions();

  @Option(names = "--quiet", description = "Prints errors and warnings only.")
  private boolean quiet;

  @Override
  public Integer call() {
    if (with != null && data != null) {
      throw new ParameterException(
          spec.commandLine(), "--with and --data both say what to mix the image with: give one");
    }
    method.refuseCalibrated("one image is no data set to calibrate on");
    Labelled original = new Labelled(Pictures.read(spec, "IMAGE", image), requireNonNull(label));
    List<Path> inputs = new ArrayList<>(List.of(requireNonNull(image)));
    List<String> all = new ArrayList<>(Pictures.labels(labels));
    DatasetReader dataset = data == null ? null : DatasetReader.of(data);
    if (with != null) {
      inputs.add(Path.of(with.get(0)));
    }
    Path file = Pictures.figure(spec, "--to", requireNonNull(to), inputs);
    if (dataset != null && labels == null) {
      TreeSet<String> classes = new TreeSet<>();
      dataset.forEach(source -> classes.add(Label.text(source.label())));
      classes.add(Label.text(original.label()));
      all.addAll(classes);
    }
    return Interrupts.heeded(
        spec.commandLine(),
        () -> compare(original, dataset, all),
        comparison -> {
          Pictures.write(comparison.figure(), file);
          if (!quiet) {
            print(comparison, file);
          }
          return ExitCode.OK;
        });
  }

  private MethodComparison compare(
      Labelled original, @Nullable DatasetReader dataset, List<String> all) {
    SgidBuilder builder = pack.builder();
    method.applyWithGuidance(builder);
    try (Sgid sgid = builder.build()) {
      return MethodComparison.of(sgid, original, other(dataset, sgid.seed()), all);
    }
  }

  private @Nullable Labelled other(@Nullable DatasetReader dataset, long seed) {
    if (with != null) {
      return new Labelled(Pictures.read(spec, "--with", Path.of(with.get(0))), with.get(1));
    }
    if (dataset == null) {
      return null;
    }
    List<Source> others = new ArrayList<>();
    for (Source source : dataset) {
      if (!Label.text(source.label()).equals(Label.text(requireNonNull(label)))) {
        others.add(source);
      }
    }
    if (others.isEmpty()) {
      throw new DatasetException(data + " has no class but \"" + label + "\"");
    }
    Source drawn = others.get(new Random(seed).nextInt(others.size()));
    return new Labelled(Pictures.read(spec, "--data", drawn.file()), drawn.label());
  }

  private void print(MethodComparison comparison, Path file) {
    PrintWriter out = spec.commandLine().getOut();
    out.printf("caption \"%s\"%n%n", comparison.caption());
    out.printf(
        "%-20s  %11s  %12s  %9s  %s%n",
        "method", "consistency", "label cosine", "zero-shot", "how");
    for (Method one : comparison.methods()) {
      out.printf(
          Locale.ROOT,
          "%-20s  %11.3f  %12.3f  %9s  %s%n",
          one.name(),
          one.consistency(),
          one.labelCosine(),
          one.labelProbability().isPresent()
              ? String.format(Locale.ROOT, "%.3f", one.labelProbability().getAsDouble())
              : "-",
          one.how());
    }
    if (with == null && data == null) {
      out.println();
      out.println("Mixup and CutMix need another image: --with IMAGE LABEL, or --data DIR");
    }
    if (labels == null && data == null) {
      out.println();
      out.println("Zero-shot needs all classes: --classes LABEL,..., or --data DIR");
    }
    out.printf("%nThe figure is in %s%n", file);
    out.flush();
  }
}

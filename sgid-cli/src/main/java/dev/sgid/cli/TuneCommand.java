package dev.sgid.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import dev.sgid.GuidanceSchedule;
import dev.sgid.Sgid;
import dev.sgid.SgidBuilder;
import dev.sgid.dataset.DatasetReader;
import dev.sgid.dataset.evaluate.Tuner;
import dev.sgid.dataset.evaluate.Tuning;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sgid tune IN}. */
@Command(
    name = "tune",
    mixinStandardHelpOptions = true,
    versionProvider = SgidCommand.Version.class,
    sortOptions = false,
    usageHelpAutoWidth = true,
    description =
        "Tries noise rates and guidance scales on a sample of IN, and says which make the most"
            + " varied copies that are still taken for their labels.",
    footer = {
      "",
      "Exit codes: 0 chosen; 1 chosen, but some images can't be read or copies not made, or no"
          + " setting reaches the bound; 2 wrong usage, settings or folders; 3 the pack can't be"
          + " used, or a file can't be written; 130 interrupted.",
      "",
      "Example: sgid tune photos && sgid augment photos out --settings tuned.json"
    })
final class TuneCommand implements Callable<Integer> {
  private static final String STDOUT = "-";

  @Spec private final CommandSpec spec = CommandSpec.create(); // picocli puts the real one here

  @Parameters(index = "0", paramLabel = "IN", description = "The data set, as augment takes it.")
  private @Nullable Path in;

  @Option(
      names = "--sample",
      paramLabel = "N",
      description =
          "How many images are tried, spread evenly over the classes and over each class's images."
              + " Default: 64.")
  private @Nullable Integer sample;

  @Option(
      names = "--copies",
      paramLabel = "N",
      description = "How many copies of each at each setting, at least 2. Default: 2.")
  private @Nullable Integer copies;

  @Option(
      names = "--noise-rates",
      paramLabel = "R,...",
      split = ",",
      description =
          "The noise rates that are tried. Default: 0.3,0.5,0.7,0.9 and that of the pack or of"
              + " --settings.")
  private @Nullable List<Double> noiseRates;

  @Option(
      names = "--guidance-scales",
      paramLabel = "G,...",
      split = ",",
      description =
          "The guidance scales that are tried. Default: 1,3,5,7.5,10 and the schedule of the pack,"
              + " of --settings or of --guidance.")
  private @Nullable List<Double> guidanceScales;

  @Option(
      names = "--least-agreement",
      paramLabel = "A",
      description =
          "The share of copies, 0 to 1, that must be taken for their label. Default: that of the"
              + " sample's originals, less 0.05.")
  private @Nullable Double leastAgreement;

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description =
          "What labels that are ids mean, as for sgid augment; what the file says of single classes"
              + " else is not heeded. Default: labels are texts.")
  private @Nullable Path labels;

  @Option(
      names = "--follow-links",
      description = "Follows links in IN that lead out of it. Default: they are left out.")
  private boolean followLinks;

  @Option(
      names = "--to",
      paramLabel = "FILE.json",
      defaultValue = "tuned.json",
      description =
          "The chosen settings, for --settings; a file of that name is replaced. Default:"
              + " ${DEFAULT-VALUE}.")
  private @Nullable Path to;

  @Option(
      names = "--chart",
      paramLabel = "FILE.png",
      defaultValue = "tuned.png",
      description =
          "The chart, not in IN; a file of that name is replaced. Default: ${DEFAULT-VALUE}.")
  private @Nullable Path chart;

  @Option(
      names = "--json",
      paramLabel = "FILE|-",
      description = "Writes all that was measured as JSON; - prints it instead of the table.")
  private @Nullable String json;

  @Mixin private final MethodOptions method = new MethodOptions();
  @Mixin private final PackOptions pack = new PackOptions();

  @Option(names = "--quiet", description = "Prints errors and warnings only.")
  private boolean quiet;

  @Override
  public Integer call() {
    if (spec.commandLine().getParseResult().hasMatchedOption("--noise-rate")) {
      throw new ParameterException(
          spec.commandLine(), "--noise-rate is for one setting; a tuning has --noise-rates");
    }
    method.refuseCalibrated(
        "a tuning tries guidance scales: give a schedule with bounds, like"
            + " linear:0.15,0.35,3,7.5, to have it tried as well");
    Path data = Options.named(spec, "IN", in);
    if (data.equals(StandardInput.NAME)) {
      throw new ParameterException(
          spec.commandLine(),
          "IN: no sample can be taken of what comes from standard input: keep the shards in files"
              + " and give these");
    }
    Path figure = Pictures.figure(spec, "--chart", requireNonNull(chart), List.of());
    Path settings = Options.named(spec, "--to", to);
    Outside.of(spec, data).require("--chart", figure).require("--to", settings);
    return Interrupts.heeded(
        spec.commandLine(),
        () -> tune(data),
        tuning -> {
          write(figure, settings, tuning);
          new TuningText(tuning, typed(), quiet || STDOUT.equals(json), spec.commandLine())
              .print(settings, figure);
          return tuning.failures().isEmpty() && tuning.choice().reachesBound()
              ? ExitCode.OK
              : ExitCode.SOME_FAILED;
        });
  }

  private Tuning tune(Path data) {
    try (Progress progress = Progress.of(spec.commandLine().getErr(), quiet)) {
      SgidBuilder builder = pack.builder().withStepListener(progress);
      method.applyWithGuidance(builder);
      Tuner tuner = tuner(data).withListener(progress); // first: its errors need no models
      try (Sgid sgid = builder.build()) {
        return tuner.tune(sgid);
      }
    }
  }

  private Tuner tuner(Path data) {
    DatasetReader reader =
        followLinks ? DatasetReader.of(data, FileVisitOption.FOLLOW_LINKS) : DatasetReader.of(data);
    Tuner[] tuner = {Tuner.of(reader)};
    Options.set(spec, "--labels", labels, f -> tuner[0] = tuner[0].withTexts(reader.labelTexts(f)));
    Options.set(spec, "--sample", sample, n -> tuner[0] = tuner[0].withSample(n));
    Options.set(spec, "--copies", copies, n -> tuner[0] = tuner[0].withCopies(n));
    Options.set(
        spec, "--noise-rates", noiseRates, rates -> tuner[0] = tuner[0].withNoiseRates(rates));
    Options.set(
        spec,
        "--guidance-scales",
        guidanceScales,
        scales ->
            tuner[0] =
                tuner[0].withGuidance(scales.stream().map(GuidanceSchedule::constant).toList()));
    Options.set(
        spec,
        "--least-agreement",
        leastAgreement,
        least -> tuner[0] = tuner[0].withLeastAgreement(least));
    return tuner[0];
  }

  private void write(Path figure, Path settings, Tuning tuning) {
    if (STDOUT.equals(json)) {
      PrintWriter utf8 = SgidCommand.utf8(spec);
      utf8.print(tuning.toJson());
      utf8.flush();
    } else if (json != null) {
      write(Path.of(json), tuning.toJson().getBytes(UTF_8));
    }
    write(settings, tuning.settingsJson().getBytes(UTF_8));
    write(figure, tuning.chart().png());
  }

  private static void write(Path file, byte[] bytes) {
    try {
      Path folder = file.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      Path ignored = Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(file + " can't be written: " + e.getMessage(), e);
    }
  }

  /** What else was said of the method: it belongs to the options to paste. */
  private List<String> typed() {
    List<String> words = new ArrayList<>();
    for (OptionSpec option : requireNonNull(spec.mixins().get("method")).options()) {
      String name = option.longestName();
      OptionSpec given = spec.commandLine().getParseResult().matchedOption(name);
      if (given != null && !name.equals("--guidance")) {
        words.add(name);
        if (option.arity().max() > 0) {
          words.addAll(given.originalStringValues());
        }
      }
    }
    return words;
  }
}

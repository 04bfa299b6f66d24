package dev.sgid.cli;

import dev.sgid.Sgid;
import dev.sgid.SgidBuilder;
import dev.sgid.dataset.AugmentJob;
import dev.sgid.dataset.plan.Plan;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sgid plan IN [OUT]}: what {@code augment} would do, with the same options. */
@Command(
    name = "plan",
    mixinStandardHelpOptions = true,
    versionProvider = SgidCommand.Version.class,
    sortOptions = false,
    usageHelpAutoWidth = true,
    description =
        "Says what augment would do with the same options, and writes nothing: images, classes,"
            + " duplicates, pictures to make, time, disk.",
    footer = {
      "",
      "Exit codes: 0 augment would go through; 1 images can't be read or are in the validation set,"
          + " or there is no room; 2 wrong usage, settings or folders; 3 the pack or the device"
          + " can't be used; 130 interrupted.",
      "",
      "Example: sgid plan photos out --copies 4 --balance max --leakage validation"
    })
final class PlanCommand implements Callable<Integer> {
  private static final String STDOUT = "-";

  @Spec private final CommandSpec spec = CommandSpec.create(); // picocli puts the real one here

  @Parameters(index = "0", paramLabel = "IN", description = "The data set, as augment takes it.")
  private @Nullable Path in;

  @Parameters(
      index = "1",
      paramLabel = "OUT",
      arity = "0..1",
      description =
          "The folder that augment is to write: what is there already is counted, and the room on"
              + " its disk. Nothing is written to it.")
  private @Nullable Path out;

  @Mixin private final JobOptions jobOptions = new JobOptions();
  @Mixin private final MethodOptions method = new MethodOptions();
  @Mixin private final PackOptions pack = new PackOptions();

  @Option(
      names = "--overwrite",
      description = "Plans for augment --overwrite, which begins anew in OUT.")
  private boolean overwrite;

  @Option(
      names = "--no-time",
      description = "Makes no pictures to measure how long they take, and opens no models.")
  private boolean noTime;

  @Option(
      names = "--json",
      paramLabel = "FILE|-",
      description =
          "Writes the whole plan as JSON, with all that is only counted else; - prints it.")
  private @Nullable String json;

  @Option(names = "--quiet", description = "Shows no progress.")
  private boolean quiet;

  @Override
  public Integer call() {
    return Interrupts.heeded(
        spec.commandLine(),
        this::plan,
        plan -> {
          print(plan);
          return plan.isClear() ? ExitCode.OK : ExitCode.SOME_FAILED;
        });
  }

  private Plan plan() {
    try (Progress progress = Progress.of(spec.commandLine().getErr(), quiet)) {
      SgidBuilder builder = pack.builder();
      method.apply(builder);
      AugmentJob job = job(progress); // first: its errors need no models
      if (noTime) {
        return job.plan();
      }
      try (Sgid sgid = builder.build()) {
        return job.plan(sgid);
      }
    }
  }

  private AugmentJob job(Progress progress) {
    Path data = Options.named(spec, "IN", in);
    if (data.equals(StandardInput.NAME)) {
      throw new ParameterException(
          spec.commandLine(),
          "IN: what comes from standard input can't be planned, since it is gone then: keep the"
              + " shards in files and give these");
    }
    AugmentJob.Builder job =
        (out == null
                ? AugmentJob.builder(data)
                : AugmentJob.builder(data, Options.named(spec, "OUT", out)))
            .withOverwrite(overwrite)
            .withListener(progress);
    jobOptions.apply(job);
    Options.set(spec, "--guidance", method.guidance(), given -> given.accept(job));
    return job.build();
  }

  private void print(Plan plan) {
    PrintWriter stdout = spec.commandLine().getOut();
    if (STDOUT.equals(json)) {
      PrintWriter utf8 = SgidCommand.utf8(spec);
      utf8.print(plan.toJson());
      utf8.flush();
    } else {
      PlanText.of(plan, Progress.columns()).forEach(stdout::println);
      stdout.flush();
    }
    if (json != null && !json.equals(STDOUT)) {
      write(Path.of(json), plan);
    }
    plan.warnings()
        .forEach(warning -> spec.commandLine().getErr().println("sgid: warning: " + warning));
  }

  private static void write(Path file, Plan plan) {
    try {
      Path ignored = Files.writeString(file, plan.toJson());
    } catch (IOException e) {
      throw new UncheckedIOException("--json: " + file + " can't be written: " + e.getMessage(), e);
    }
  }
}

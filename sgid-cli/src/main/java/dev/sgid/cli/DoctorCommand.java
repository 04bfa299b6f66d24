package dev.sgid.cli;

import dev.sgid.Diagnosis;
import dev.sgid.PackCheck;
import dev.sgid.SgidBuilder;
import dev.sgid.SgidException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sgid doctor [PACK]}. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    versionProvider = SgidCommand.Version.class,
    sortOptions = false,
    usageHelpAutoWidth = true,
    description =
        "Says what sgid finds on this machine: Java, ONNX Runtime, what models can run on, threads,"
            + " memory, folders; and whether a pack runs here.",
    footer = {
      "",
      "Exit codes: 0 all is well; 1 it works, but something is to be looked at; 2 wrong usage; 3 sgid"
          + " or the pack can't run here; 130 interrupted.",
      "",
      "Example: sgid doctor my-pack"
    })
final class DoctorCommand implements Callable<Integer> {
  @Spec private final CommandSpec spec = CommandSpec.create(); // picocli puts the real one here

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "PACK",
      description = "The pack that is tried. Default: the pack that comes with sgid.")
  private @Nullable Path model;

  @Mixin private final PackOptions pack = new PackOptions();

  @Option(
      names = "--json",
      paramLabel = "FILE|-",
      description = "Writes all that was found out as JSON; - prints it instead of the text.")
  private @Nullable String json;

  /**
   * What was found.
   *
   * @param diagnosis null where what runs models can't be loaded
   * @param check null then, too, or where there is no pack
   * @param failure why; null where nothing failed
   */
  record Found(
      Surroundings surroundings,
      @Nullable Diagnosis diagnosis,
      @Nullable PackCheck check,
      @Nullable String failure) {
    int exitCode() {
      if (failure != null || (check != null && !check.isUsable())) {
        return ExitCode.UNUSABLE;
      }
      return surroundings.problems().isEmpty() ? ExitCode.OK : ExitCode.SOME_FAILED;
    }
  }

  @Override
  public Integer call() {
    return Interrupts.heeded(spec.commandLine(), this::find, this::show);
  }

  private Found find() {
    Surroundings surroundings = Surroundings.look();
    SgidBuilder builder = pack.builder(model == null ? null : Options.named(spec, "PACK", model));
    Diagnosis diagnosis = null;
    try {
      diagnosis = builder.diagnose();
      return new Found(surroundings, diagnosis, builder.check(), null);
    } catch (SgidException e) {
      if (e.isCancelled()) {
        throw e;
      }
      return new Found(surroundings, diagnosis, null, ExitCode.message(e));
    }
  }

  private int show(Found found) {
    if (!JsonOutput.isInstead(json)) {
      PrintWriter out = spec.commandLine().getOut();
      DoctorText.of(found).forEach(out::println);
      out.flush();
    }
    JsonOutput.write(spec, json, values(found));
    return found.exitCode();
  }

  private static Map<String, @Nullable Object> values(Found found) {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("reason", ExitCode.reason(found.exitCode()));
    values.put("surroundings", found.surroundings().values());
    Diagnosis diagnosis = found.diagnosis();
    values.put("runtime", diagnosis == null ? null : diagnosis.runtime());
    values.put("providers", diagnosis == null ? List.of() : diagnosis.providers());
    PackCheck check = found.check();
    values.put("pack", check == null ? null : CheckCommand.values(check));
    values.put("failure", found.failure());
    return values;
  }
}

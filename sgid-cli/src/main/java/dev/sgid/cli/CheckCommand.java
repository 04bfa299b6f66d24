package dev.sgid.cli;

import dev.sgid.PackCheck;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sgid models check [PACK]}. */
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    versionProvider = SgidCommand.Version.class,
    sortOptions = false,
    usageHelpAutoWidth = true,
    description =
        "Says what a pack is made of and whether it can be used: opens each part for itself, holds"
            + " the files that it lists against their SHA-256, and makes something small with each"
            + " part.",
    footer = {
      "",
      "Exit codes: 0 it can be used; 2 wrong usage; 3 it can't, the reasons are listed; 130"
          + " interrupted.",
      "",
      "Example: sgid models check my-pack"
    })
final class CheckCommand implements Callable<Integer> {
  @Spec private final CommandSpec spec = CommandSpec.create(); // picocli puts the real one here

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "PACK",
      description = "The pack's folder. Default: the pack that comes with sgid.")
  private @Nullable Path model;

  @Mixin private final PackOptions pack = new PackOptions();

  @Option(
      names = "--json",
      paramLabel = "FILE|-",
      description = "Writes all that was found out as JSON; - prints it instead of the text.")
  private @Nullable String json;

  @Override
  public Integer call() {
    return Interrupts.heeded(spec.commandLine(), () -> pack.builder(named()).check(), this::show);
  }

  private @Nullable Path named() {
    return model == null ? null : Options.named(spec, "PACK", model);
  }

  private int show(PackCheck check) {
    if (!JsonOutput.isInstead(json)) {
      PrintWriter out = spec.commandLine().getOut();
      CheckText.of(check).forEach(out::println);
      out.flush();
    }
    JsonOutput.write(spec, json, values(check));
    if (check.isUsable()) {
      return ExitCode.OK;
    }
    spec.commandLine().getErr().println("sgid: " + check.pack() + " can't be used");
    return ExitCode.UNUSABLE;
  }

  static Map<String, @Nullable Object> values(PackCheck check) {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("pack", check.pack().toString());
    values.put("usable", check.isUsable());
    values.put("info", check.info().orElse(null));
    values.put("verified", check.verified());
    values.put("damage", check.damage());
    List<Map<String, @Nullable Object>> parts = new ArrayList<>();
    for (PackCheck.Checked part : check.parts()) {
      Map<String, @Nullable Object> one = new LinkedHashMap<>();
      one.put("part", part.part().name().toLowerCase(Locale.ROOT));
      one.put("problem", part.problem().orElse(null));
      one.put("made", part.made());
      one.put("opening_seconds", part.opening().toMillis() / 1000.0);
      one.put("running_seconds", part.running().toMillis() / 1000.0);
      one.put("graphs", part.files().stream().map(CheckCommand::values).toList());
      parts.add(one);
    }
    values.put("parts", parts);
    return values;
  }

  private static Map<String, Object> values(PackCheck.Graph graph) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("name", graph.name());
    values.put("path", graph.path().toString());
    values.put("bytes", graph.bytes());
    values.put("form", graph.form());
    values.put("inputs", graph.inputs());
    values.put("outputs", graph.outputs());
    return values;
  }
}

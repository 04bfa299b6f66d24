package dev.sgid.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code sgid models}: what is done with packs themselves. */
@Command(
    name = "models",
    mixinStandardHelpOptions = true,
    versionProvider = SgidCommand.Version.class,
    subcommands = {CheckCommand.class, PullCommand.class},
    description = "Checks model packs, and fetches them.")
final class ModelsCommand implements Runnable {
  @Spec private final CommandSpec spec = CommandSpec.create(); // picocli puts the real one here

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "What to do? The commands are: " + String.join(", ", spec.subcommands().keySet()));
  }
}

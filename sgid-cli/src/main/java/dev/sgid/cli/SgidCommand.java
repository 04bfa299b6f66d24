package dev.sgid.cli;

import dev.sgid.Sgid;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command without a subcommand. */
@Command(
    name = "sgid",
    mixinStandardHelpOptions = true,
    versionProvider = SgidCommand.Version.class,
    subcommands = {
      PlanCommand.class,
      TuneCommand.class,
      AugmentCommand.class,
      EvaluateCommand.class,
      ReportCommand.class,
      ApplyReviewCommand.class,
      CompareCommand.class,
      SweepCommand.class,
      ModelsCommand.class,
      DoctorCommand.class
    },
    description = "Semantic-guided generative image augmentation with diffusion models.")
final class SgidCommand implements Runnable {
  @Spec private final CommandSpec spec = CommandSpec.create(); // picocli puts the real one here

  private final PrintWriter utf8;

  SgidCommand(PrintWriter utf8) {
    this.utf8 = utf8;
  }

  /** Stdout in UTF-8, for what machines read: a command's own encodes as the locale says. */
  static PrintWriter utf8(CommandSpec command) {
    return ((SgidCommand) command.root().userObject()).utf8;
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "What to do? The commands are: " + String.join(", ", spec.subcommands().keySet()));
  }

  /** What {@code --version} prints. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {
        "sgid " + Sgid.version(),
        "Java " + System.getProperty("java.version") + ", " + System.getProperty("java.vm.name")
      };
    }
  }
}

package dev.sgid.cli;

import dev.sgid.cli.pull.Pull;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sgid models pull URL|FILE OUT}. */
@Command(
    name = "pull",
    mixinStandardHelpOptions = true,
    versionProvider = SgidCommand.Version.class,
    sortOptions = false,
    usageHelpAutoWidth = true,
    description =
        "Fetches a pack, or a part of one, over HTTP(S) or out of a file: a zip, tar or tar.gz"
            + " archive, or the sgid.json of a pack, whose files lie beside it. OUT appears whole,"
            + " or not at all; the same command goes on where it was stopped.",
    footer = {
      "",
      "Exit codes: 0 OUT is there; 2 wrong usage; 3 it can't be fetched, is not what it should be, or"
          + " can't be written; 130 interrupted.",
      "",
      "Example: sgid models pull https://example.org/my-pack.tar.gz my-pack --sha256 9f86d0…"
    })
final class PullCommand implements Callable<Integer> {
  private static final String NONE = "none";
  private static final long BETWEEN_PROGRESS = 3_000_000_000L; // nanoseconds

  @Spec private final CommandSpec spec = CommandSpec.create(); // picocli puts the real one here

  @Parameters(index = "0", paramLabel = "URL|FILE", description = "The archive, or the sgid.json.")
  private String source = "";

  @Parameters(index = "1", paramLabel = "OUT", description = "A folder, new or empty.")
  private @Nullable Path out;

  @Option(
      names = "--sha256",
      paramLabel = "HEX|none",
      description =
          "The SHA-256 of the archive or of sgid.json, as it was published; what differs is not"
              + " used. An address needs one; none takes what comes, and prints its own.")
  private @Nullable String sha256;

  @Option(
      names = "--max-size",
      paramLabel = "GB",
      defaultValue = "64",
      description = "How much is fetched and unpacked at most. Default: ${DEFAULT-VALUE}.")
  private double maxSize;

  @Option(names = "--quiet", description = "Prints errors only.")
  private boolean quiet;

  @Override
  public Integer call() {
    Path folder = Options.named(spec, "OUT", out);
    if (!(maxSize > 0 && maxSize < 1e6)) {
      throw new ParameterException(
          spec.commandLine(), "--max-size must be above 0 and below 1000000, is " + maxSize);
    }
    Pull pull =
        Pull.of(source, folder, sum(), (long) (maxSize * 1e9), quiet ? bytes -> {} : progress());
    return Interrupts.heeded(
        spec.commandLine(),
        pull::run,
        found -> {
          show(folder, found);
          return ExitCode.OK;
        });
  }

  private @Nullable String sum() {
    if (sha256 == null) {
      if (Pull.isAddress(source)) {
        throw new ParameterException(
            spec.commandLine(),
            "--sha256 is missing: give what was published beside the address, or none to take what"
                + " comes");
      }
      return null;
    }
    if (sha256.equals(NONE)) {
      return null;
    }
    if (!sha256.matches("[0-9a-fA-F]{64}")) {
      throw new ParameterException(
          spec.commandLine(), "--sha256 must be 64 hexadecimal digits or none, is " + sha256);
    }
    return sha256;
  }

  private Pull.PullProgress progress() {
    PrintWriter err = spec.commandLine().getErr();
    long[] last = {System.nanoTime()};
    return bytes -> {
      long now = System.nanoTime();
      if (now - last[0] > BETWEEN_PROGRESS) {
        last[0] = now;
        err.println(String.format(Locale.ROOT, "sgid: %s fetched", Columns.bytes(bytes)));
      }
    };
  }

  private void show(Path folder, String found) {
    if (quiet) {
      return;
    }
    PrintWriter stdout = spec.commandLine().getOut();
    stdout.println(folder + " is there (SHA-256 " + found + ")");
    stdout.println("Next: sgid models check " + folder);
    stdout.flush();
  }
}

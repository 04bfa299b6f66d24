package dev.sgid.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** JMH's command line, which leaves out what can't be run here and says why. */
public final class Benchmarks {
  private static final String NEEDS_PACK = ".*\\.(Augment|Open|Stages|Tokenizer|Vae)Benchmark\\..*";
  private static final String DENOISE = ".*\\.DenoiseBenchmark\\..*";

  private Benchmarks() {}

  /**
   * Runs what the arguments select.
   *
   * @param args JMH's options
   */
  public static void main(String[] args) throws Exception {
    CommandLineOptions commandLine = new CommandLineOptions(args);
    if (commandLine.shouldHelp()) {
      commandLine.showHelp();
    } else if (commandLine.shouldList()) {
      new Runner(commandLine).list();
    } else {
      run(commandLine);
    }
  }

  private static void run(CommandLineOptions commandLine)
      throws RunnerException, CommandLineOptionException {
    ChainedOptionsBuilder options = new OptionsBuilder().parent(commandLine);
    boolean pack = isThere(BenchPack.PACK, "the benchmarks of a pack");
    boolean unet = isThere(BenchPack.UNET, "the denoising loop of a UNet of your own");
    if (!pack) {
      options.exclude(NEEDS_PACK);
    }
    if (unet && !commandLine.getParameter("unet").hasValue()) {
      String file = Path.of(System.getProperty(BenchPack.UNET)).toAbsolutePath().toString();
      options.param("unet", pack ? new String[] {"pack", file} : new String[] {file});
    } else if (!pack) {
      options.exclude(DENOISE);
    }
    var ignored = new Runner(options.build()).run();
  }

  private static boolean isThere(String property, String what) {
    String file = System.getProperty(property);
    if (file == null) {
      System.out.println("Left out: " + what + ". -D" + property + " does not name one.");
      return false;
    }
    if (!Files.exists(Path.of(file))) {
      System.out.println("Left out: " + what + ". There is no " + file + ".");
      return false;
    }
    return true;
  }
}

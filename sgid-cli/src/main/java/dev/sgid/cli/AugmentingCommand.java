package dev.sgid.cli;

import dev.sgid.Device;
import dev.sgid.dataset.Balance;
import dev.sgid.dataset.CalibratedGuidance;
import dev.sgid.dataset.ImageFormat;
import dev.sgid.dataset.Keep;
import dev.sgid.dataset.OutputFormat;
import dev.sgid.dataset.WhenRejected;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;

/**
 * A command that makes pictures: the options of {@code sgid augment} that say which, and how. One
 * that has others make them extends it, too.
 */
public abstract class AugmentingCommand {
  @Mixin final JobOptions jobOptions = new JobOptions();
  @Mixin final MethodOptions method = new MethodOptions();
  @Mixin final PackOptions pack = new PackOptions();

  /** A command of its own. */
  protected AugmentingCommand() {}

  /** Takes what was given; what was not, it is not told of. */
  public interface Target {
    /** {@code --copies}. */
    void copies(int ofEach);

    /** {@code --balance}. */
    void balance(Balance leastOfClass);

    /** {@code --format}. */
    void format(OutputFormat layout);

    /** {@code --image-format}. */
    void imageFormat(ImageFormat kind);

    /** {@code --keep}. */
    void keep(Keep kept);

    /** {@code --when-rejected}. */
    void whenRejected(WhenRejected policy);

    /** {@code --labels}. */
    void labels(Path file);

    /** {@code --captions-from}. */
    void captions(Path file);

    /** {@code --with-originals}. */
    void originals(boolean beside);

    /** {@code --guidance}, where it is calibrated. */
    void guidance(CalibratedGuidance calibrated);

    /** All settings of the method, by the names of job files, see {@code Settings.with}. */
    void settings(Map<String, Object> values);

    /** {@code --seed}. */
    void seed(long base);

    /** {@code --model}. */
    void model(Path folder);

    /** {@code --variant}. */
    void variant(String name);

    /** {@code --captioner}; null for {@code none}. */
    void captioner(@Nullable Path folder);

    /** {@code --scorer}. */
    void scorer(Path folder);

    /** {@code --generator}. */
    void generator(Path folder);

    /** {@code --no-safety-checker}. */
    void safetyChecker(boolean used);

    /** {@code --low-memory}. */
    void lowMemory(boolean low);

    /** {@code --batch}. */
    void batch(int pictures);

    /** {@code --lanes}. */
    void lanes(int count);

    /** {@code --threads}. */
    void threads(int count);

    /** {@code --device} with its {@code --device-option} and {@code --device-slots}. */
    void device(Device where);
  }

  /**
   * Tells all that was given.
   *
   * @throws CommandLine.ParameterException naming the option whose value is refused, or that only
   *     one machine can do
   */
  protected final void tell(Target target) {
    jobOptions.apply(target);
    Converters.Guidance guidance = method.guidance();
    if (guidance != null && guidance.calibrated() != null) {
      target.guidance(guidance.calibrated());
    }
    target.settings(method.values());
    target.seed(method.seed());
    pack.apply(target);
  }

  /**
   * Runs a command as {@code sgid} runs its own: what is wrong is a line on {@code err}, and the
   * exit code says whose fault it is.
   *
   * @return 0 for done, 1 where some images failed, 2 for wrong usage, 3 where pack, device or
   *     folder can't be used, 70 for a bug
   */
  public static int run(Object command, PrintWriter err, String... args) {
    CommandLine line =
        new CommandLine(command)
            .setErr(err)
            .setParameterExceptionHandler((e, given) -> ExitCode.usage(e))
            .setExecutionExceptionHandler((e, of, parsed) -> ExitCode.report(e, of.getErr()));
    return Main.run(line, args);
  }
}

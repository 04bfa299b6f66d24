package dev.sgid;

import static java.util.Objects.requireNonNull;

import dev.sgid.internal.RgbImage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How image-to-image makes a picture, beside what it is told to show. Immutable; the {@code with…}
 * methods give changed copies.
 *
 * @param noiseRate fraction of the noising schedule that is run (diffusers: {@code strength}), in
 *     (0, 1]; 1 leaves next to nothing of the original
 * @param steps how many denoising steps there are; at least one must be run
 * @param scheduler the denoising method
 * @param timestepSpacing which of the timesteps that the model was trained on are taken; null for
 *     what the model's {@code scheduler_config.json} says
 * @param negativePrompt what the pictures shall not show; empty for none
 * @param size the size images are scaled to before they are padded, at most 715827882 pixels; null
 *     to let the model's own size decide
 * @param outputSize the size of the pictures handed out
 */
public record GenerationSettings(
    double noiseRate,
    Steps steps,
    Scheduler scheduler,
    @Nullable TimestepSpacing timestepSpacing,
    String negativePrompt,
    @Nullable Size size,
    OutputSize outputSize) {

  /** What holds where nobody says otherwise. */
  public static final GenerationSettings DEFAULTS =
      new GenerationSettings(
          0.5, Steps.of(30), Scheduler.ddim(), null, "", null, OutputSize.ORIGINAL);

  public GenerationSettings {
    if (!(noiseRate > 0 && noiseRate <= 1)) {
      throw new IllegalArgumentException("noiseRate must be in (0, 1], is " + noiseRate);
    }
    requireNonNull(steps, "steps");
    requireNonNull(scheduler, "scheduler");
    requireNonNull(negativePrompt, "negativePrompt");
    if (size != null && size.area() > RgbImage.MOST_PIXELS) {
      throw new IllegalArgumentException(
          "size must be of at most " + RgbImage.MOST_PIXELS + " pixels, is " + size);
    }
    requireNonNull(outputSize, "outputSize");
  }

  /** Length of the whole schedule: what diffusers is to be given as {@code num_inference_steps}. */
  public int scheduleSteps() {
    int count = steps.count();
    if (steps.kind() == Steps.Kind.SCHEDULE) {
      return count;
    }
    int left = stepsLeft();
    return scheduler.stepsRun(noiseRate, count) == count + callsBeside(count)
        ? left
        : (int) Math.max(left, Math.min(Integer.MAX_VALUE, Math.rint(left / noiseRate)));
  }

  /** How many denoising steps are run: calls of the UNet for a picture. */
  public int stepsRun() {
    return scheduler.stepsRun(noiseRateRun(), scheduleSteps());
  }

  /**
   * The noise rate that is really run: what diffusers is to be given as {@code strength}. Where the
   * scheduler cuts its schedule, that is the part of it that is left, and all noise rates that come
   * to the same give the same picture.
   */
  public double noiseRateRun() {
    int length = scheduleSteps();
    int left = stepsLeft();
    int beside = callsBeside(length);
    if (left < 1 || scheduler.stepsRun(noiseRate, length) == length + beside) {
      return noiseRate;
    }
    double rate = (double) left / length;
    return scheduler.stepsRun(rate, length) < left + beside ? Math.nextUp(rate) : rate; // rounded
  }

  /** How many steps of the schedule are left. */
  private int stepsLeft() {
    int count = steps.count();
    return steps.kind() == Steps.Kind.SCHEDULE
        ? scheduler.stepsRun(noiseRate, count) - callsBeside(count)
        : Math.max(1, count - callsBeside(count));
  }

  /** How many calls a scheduler makes beside one for each step of its schedule. */
  private int callsBeside(int length) {
    return scheduler.stepsRun(1, length) - length;
  }

  /** Refuses a noise rate and a schedule that leave no step to run, or not as many as wanted. */
  GenerationSettings requireRunnable() {
    if (stepsRun() < 1) {
      throw new IllegalArgumentException(
          "noiseRate must be at least "
              + smallestRate(steps.count())
              + " to run one of "
              + steps.count()
              + " steps, is "
              + noiseRate);
    }
    if (steps.kind() == Steps.Kind.RUN && stepsRun() != steps.count()) {
      throw new IllegalArgumentException(
          "unetCalls must be another number with the scheduler "
              + scheduler
              + ", whose beginning takes calls of its own, is "
              + steps.count()
              + ": it would run "
              + stepsRun());
    }
    return this;
  }

  /** The smallest rate, rounded up to four decimals, of which a step is left. */
  private static double smallestRate(int steps) {
    return Math.ceil(10_000.0 / steps) / 10_000.0;
  }

  /** These settings with another noise rate, in (0, 1]. */
  public GenerationSettings withNoiseRate(double value) {
    return with(changed -> changed.noiseRate = value);
  }

  /** These settings with a whole schedule of so many steps, at least 1. */
  public GenerationSettings withSteps(int value) {
    return withSteps(Steps.of(value));
  }

  /** These settings with another number of steps. */
  public GenerationSettings withSteps(Steps value) {
    return with(changed -> changed.steps = value);
  }

  /** These settings with another scheduler. */
  public GenerationSettings withScheduler(Scheduler value) {
    return with(changed -> changed.scheduler = value);
  }

  /** These settings with another spacing of timesteps; null for the model's own. */
  public GenerationSettings withTimestepSpacing(@Nullable TimestepSpacing value) {
    return with(changed -> changed.timestepSpacing = value);
  }

  /** These settings with another negative prompt. */
  public GenerationSettings withNegativePrompt(String value) {
    return with(changed -> changed.negativePrompt = value);
  }

  /** These settings with another size to scale images to; null to let the model decide. */
  public GenerationSettings withSize(@Nullable Size value) {
    return with(changed -> changed.size = value);
  }

  /** These settings with another size of the pictures handed out. */
  public GenerationSettings withOutputSize(OutputSize value) {
    return with(changed -> changed.outputSize = value);
  }

  private GenerationSettings with(Consumer<Changes> change) {
    Changes changes = new Changes(this);
    change.accept(changes);
    return changes.finished();
  }

  /** The components by name, so that each change names the one it changes. */
  private static final class Changes {
    private double noiseRate;
    private Steps steps;
    private Scheduler scheduler;
    private @Nullable TimestepSpacing timestepSpacing;
    private String negativePrompt;
    private @Nullable Size size;
    private OutputSize outputSize;

    Changes(GenerationSettings settings) {
      this.noiseRate = settings.noiseRate;
      this.steps = settings.steps;
      this.scheduler = settings.scheduler;
      this.timestepSpacing = settings.timestepSpacing;
      this.negativePrompt = settings.negativePrompt;
      this.size = settings.size;
      this.outputSize = settings.outputSize;
    }

    GenerationSettings finished() {
      return new GenerationSettings(
          noiseRate, steps, scheduler, timestepSpacing, negativePrompt, size, outputSize);
    }
  }
}

package dev.sgid.onnx.diffusion;

import dev.sgid.GenerationSettings;
import dev.sgid.Scheduler;
import dev.sgid.Settings;
import dev.sgid.Size;
import dev.sgid.internal.Once;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Settings as a model takes them: what holds where nobody says otherwise, what is refused, what is
 * warned of, once each, and the scheduler that they come to.
 *
 * <p>Thread-safe.
 */
final class AcceptedSettings {
  private static final Logger LOG = LoggerFactory.getLogger(AcceptedSettings.class);
  private static final int MUCH_LARGER = 8;

  private final StableDiffusionModels models;
  private final Once largeSize = new Once();
  private final Once negativePrompt = new Once();
  private final Once roundedTimesteps = new Once();
  private final Once unsuitedScheduler = new Once();

  AcceptedSettings(StableDiffusionModels models) {
    this.models = models;
  }

  /** As {@link StableDiffusionImg2Img#defaults}. */
  Settings defaults(Settings usual) {
    return models.distillation().defaults(usual, models.schedulerConfig());
  }

  /** As {@link StableDiffusionImg2Img#resolve}. */
  GenerationSettings resolve(GenerationSettings settings) {
    return settings.scheduler() instanceof Scheduler.Model
        ? settings.withScheduler(ModelScheduler.of(models.schedulerConfig().file()))
        : settings;
  }

  /** The run of a picture with these settings. */
  SchedulerRun scheduler(GenerationSettings given) {
    GenerationSettings settings = resolve(given);
    return Schedulers.of(
        settings.scheduler(),
        settings.timestepSpacing(),
        models.schedulerConfig(),
        settings.scheduleSteps(),
        settings.noiseRateRun());
  }

  private static boolean isWhole(SchedulerRun run) {
    return IntStream.range(0, run.steps())
        .allMatch(step -> run.timestep(step) == Math.rint(run.timestep(step)));
  }

  /** As {@link StableDiffusionImg2Img#requireSupported}. */
  void require(GenerationSettings settings) {
    SchedulerRun run = scheduler(settings);
    Size wanted = settings.size();
    if (wanted != null && !models.fitting().takes(wanted)) {
      throw new IllegalArgumentException(
          "size must be "
              + models.fitting().fixed()
              + " (--size "
              + models.fitting().fixed()
              + "), or left to the model, whose graphs were exported for that size alone, is "
              + wanted);
    }
    Scheduler chosen = resolve(settings).scheduler();
    if (!models.distillation().suits(chosen) && unsuitedScheduler.first()) {
      LOG.warn(
          "This model was distilled to make pictures in a few steps of {}, and {} is another"
              + " scheduler: pictures will be poor. Leave the scheduler to the model",
          defaults(Settings.DEFAULTS).generation().scheduler(),
          chosen);
    }
    if (models.takesWholeTimesteps() && !isWhole(run) && roundedTimesteps.first()) {
      LOG.warn(
          "Timesteps of {} with this spacing lie between those of training, and this export of the"
              + " model takes whole ones: they are rounded. Leading and trailing spacing have whole"
              + " ones",
          settings.scheduler());
    }
    long usual = models.fitting().nativeArea();
    if (wanted != null && wanted.area() > MUCH_LARGER * usual && largeSize.first()) {
      long side = Math.round(Math.sqrt((double) usual));
      LOG.warn(
          "The size {} is {} times the area that the model was trained on, {}x{}: pictures will"
              + " take about that many times as long, and look less like anything it has learned",
          wanted,
          wanted.area() / usual,
          side,
          side);
    }
    if (!settings.negativePrompt().isBlank() && models.takesGuidance() && negativePrompt.first()) {
      LOG.warn(
          "The negative prompt \"{}\" has no effect: this model is given the guidance scale itself,"
              + " and runs without a negative prompt",
          settings.negativePrompt());
    }
  }
}

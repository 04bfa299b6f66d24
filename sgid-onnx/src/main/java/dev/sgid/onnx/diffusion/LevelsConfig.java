package dev.sgid.onnx.diffusion;

import dev.sgid.onnx.internal.JsonFile;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code scheduler_config.json} says to the schedulers that count noise in levels, see {@link
 * Sigmas}. What asks for levels of another kind is refused by its key.
 *
 * @param noise the noising schedule, with something of the image left at its last timestep
 * @param lowest the lowest of Karras' noise levels; null for the schedule's own
 * @param highest the highest of them; null for the schedule's own
 */
record LevelsConfig(NoiseSchedule noise, @Nullable Double lowest, @Nullable Double highest) {
  /** What stays of the image at the last timestep of a rescaled schedule, where nothing should. */
  private static final float ALL_BUT_NOTHING = 0x1p-24f;

  /**
   * Reads the keys.
   *
   * @param scheduler for whom, as diffusers names it
   * @param others the keys of other levels that diffusers' class of that name knows
   */
  static LevelsConfig of(SchedulerConfig config, String scheduler, List<String> others) {
    JsonFile file = config.file();
    for (String key : others) {
      if (file.flag(key, false)) {
        throw file.unexpected(key, "false for " + scheduler);
      }
    }
    return new LevelsConfig(
        noise(config), positive(file, "sigma_min"), positive(file, "sigma_max"));
  }

  /** The same for a class that knows none of these keys. */
  static LevelsConfig ofNoise(SchedulerConfig config) {
    return new LevelsConfig(noise(config), null, null);
  }

  private static NoiseSchedule noise(SchedulerConfig config) {
    JsonFile file = config.file();
    if (!file.flag("rescale_betas_zero_snr", false)) {
      return config.noise();
    }
    if (config.prediction() == SchedulerConfig.Prediction.EPSILON) {
      throw file.unexpected(
          "prediction_type", "v_prediction or sample where rescale_betas_zero_snr is true");
    }
    return config.noise().withLast(ALL_BUT_NOTHING);
  }

  private static @Nullable Double positive(JsonFile file, String key) {
    if (!file.has(key)) {
      return null;
    }
    double value = file.number(key, 1);
    if (!(value > 0)) {
      throw file.unexpected(key, "more than 0");
    }
    return value;
  }

  /** Karras' noise levels, from {@code usualHighest} down where the file doesn't say. */
  double[] karras(double usualHighest, double usualLowest, int count) {
    return Sigmas.karras(
        highest == null ? usualHighest : highest, lowest == null ? usualLowest : lowest, count);
  }
}

package dev.sgid.onnx.diffusion;

import dev.sgid.onnx.internal.JsonFile;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What {@code scheduler_config.json} says of sampling, as diffusers' img2img pipeline leaves it
 * once constructed: whatever an old file says, {@code clip_sample} becomes false and {@code
 * steps_offset} 1. Unknown keys, and the class a file was written for, are ignored.
 *
 * @param noise the noising schedule
 * @param spacing which timesteps are taken
 * @param offset added to the timesteps of leading spacing
 * @param prediction what the model's output means
 * @param finalAlphaBar takes the place of alphaBar where a step goes below timestep 0
 */
record DdimConfig(
    NoiseSchedule noise,
    Timesteps spacing,
    int offset,
    Prediction prediction,
    double finalAlphaBar) {
  private static final Logger LOG = LoggerFactory.getLogger(DdimConfig.class);

  /** What a model's output m means; x is the noised sample, a its alphaBar. */
  enum Prediction {
    /** The noise: {@code eps = m}. */
    EPSILON,
    /** The image itself: {@code x0 = m}. */
    SAMPLE,
    /** The velocity: {@code m = sqrt(a) eps - sqrt(1 - a) x0}. */
    V_PREDICTION
  }

  static DdimConfig of(JsonFile config) {
    if (config.flag("thresholding", false)) {
      throw config.unexpected("thresholding", "false: it is for models of pixels, not of latents");
    }
    if (config.flag("clip_sample", false)) {
      LOG.info("{} asks for clip_sample, which img2img turns off as diffusers does", config.path());
    }
    NoiseSchedule noise = NoiseSchedule.of(config);
    Timesteps spacing = choice(config, "timestep_spacing", "leading", Timesteps.class);
    Prediction prediction = choice(config, "prediction_type", "epsilon", Prediction.class);
    double finalAlphaBar = config.flag("set_alpha_to_one", true) ? 1 : noise.alphaBar(0);
    return new DdimConfig(noise, spacing, 1, prediction, finalAlphaBar);
  }

  private static <E extends Enum<E>> E choice(
      JsonFile config, String key, String otherwise, Class<E> type) {
    String value = config.string(key, otherwise);
    for (E constant : type.getEnumConstants()) {
      if (constant.name().toLowerCase(Locale.ROOT).equals(value)) {
        return constant;
      }
    }
    StringBuilder all = new StringBuilder();
    for (E constant : type.getEnumConstants()) {
      all.append(all.isEmpty() ? "" : " or ").append(constant.name().toLowerCase(Locale.ROOT));
    }
    throw config.unexpected(key, all.toString());
  }
}

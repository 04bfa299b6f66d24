package dev.sgid.onnx.diffusion;

import dev.sgid.TimestepSpacing;
import dev.sgid.onnx.internal.JsonFile;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What {@code scheduler_config.json} says of sampling, for whichever scheduler is asked for, as
 * diffusers' img2img pipeline leaves it once constructed: whatever an old file says, {@code
 * steps_offset} becomes 1, and {@code clip_sample} false for all but LCM, which has a pipeline of
 * its own.
 *
 * <p>The class a file was written for is ignored, as {@code from_config} of another class does;
 * where a key is absent, the default is that of the class asked for. Keys that one scheduler alone
 * knows are read by it, from {@link #file}: they can't trouble another.
 *
 * @param file all that it says
 * @param noise the noising schedule
 * @param consistencyNoise the same with LCM's defaults
 * @param prediction what the model's output means
 * @param spacing which timesteps are taken; null where the file doesn't say
 * @param finalAlphaBar takes the place of alphaBar where a step goes below timestep 0
 */
record SchedulerConfig(
    JsonFile file,
    NoiseSchedule noise,
    NoiseSchedule consistencyNoise,
    Prediction prediction,
    @Nullable TimestepSpacing spacing,
    double finalAlphaBar) {
  private static final Logger LOG = LoggerFactory.getLogger(SchedulerConfig.class);

  /** Added to the timesteps of leading spacing. */
  static final int STEPS_OFFSET = 1;

  /** What a model's output m means; x is the noised sample, a its alphaBar. */
  enum Prediction {
    /** The noise: {@code eps = m}. */
    EPSILON,
    /** The image itself: {@code x0 = m}. */
    SAMPLE,
    /** The velocity: {@code m = sqrt(a) eps - sqrt(1 - a) x0}. */
    V_PREDICTION;

    /** The factor of x in x0, for image = sqrt(a). */
    double imageOfSample(double image) {
      return switch (this) {
        case EPSILON -> 1 / image;
        case SAMPLE -> 0;
        case V_PREDICTION -> image;
      };
    }

    /** The factor of m in x0, for grain = sqrt(1 - a). */
    double imageOfOutput(double image, double grain) {
      return switch (this) {
        case EPSILON -> -grain / image;
        case SAMPLE -> 1;
        case V_PREDICTION -> -grain;
      };
    }

    /** The factor of x in the noise. */
    double noiseOfSample(double grain) {
      return switch (this) {
        case EPSILON -> 0;
        case SAMPLE -> 1 / grain;
        case V_PREDICTION -> grain;
      };
    }

    /** The factor of m in the noise. */
    double noiseOfOutput(double image, double grain) {
      return switch (this) {
        case EPSILON -> 1;
        case SAMPLE -> -image / grain;
        case V_PREDICTION -> image;
      };
    }
  }

  static SchedulerConfig of(JsonFile file) {
    if (file.flag("thresholding", false)) {
      throw file.unexpected("thresholding", "false: it is for models of pixels, not of latents");
    }
    if (file.flag("clip_sample", false)) {
      LOG.info("{} asks for clip_sample, which only LCM does in diffusers' img2img", file.path());
    }
    NoiseSchedule noise = NoiseSchedule.of(file, NoiseSchedule.Betas.USUAL);
    Prediction prediction =
        choice(file, "prediction_type", Prediction.EPSILON, Prediction.values());
    TimestepSpacing spacing = null;
    if (file.has("timestep_spacing")) {
      spacing = choice(file, "timestep_spacing", TimestepSpacing.LEADING, TimestepSpacing.values());
    }
    NoiseSchedule consistency = NoiseSchedule.of(file, NoiseSchedule.Betas.CONSISTENCY);
    double finalAlphaBar = file.flag("set_alpha_to_one", true) ? 1 : noise.alphaBar(0);
    return new SchedulerConfig(file, noise, consistency, prediction, spacing, finalAlphaBar);
  }

  private static <E extends Enum<E>> E choice(JsonFile file, String key, E otherwise, E[] all) {
    String value = file.string(key, spelled(otherwise));
    for (E constant : all) {
      if (spelled(constant).equals(value)) {
        return constant;
      }
    }
    throw file.unexpected(
        key, Arrays.stream(all).map(SchedulerConfig::spelled).collect(Collectors.joining(" or ")));
  }

  private static String spelled(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  /** The noising schedule for classes that know no {@code rescale_betas_zero_snr}. */
  NoiseSchedule noiseAsTrained() {
    return NoiseSchedule.notRescaled(file);
  }

  /** How many timesteps the model was trained on. */
  int trainTimesteps() {
    return noise.trainTimesteps();
  }

  /**
   * Refuses to start at a timestep where nothing of the image is left with a model that predicts
   * the noise: what the image is can't be told from that.
   */
  void requireImageAt(int timestep) {
    if (prediction == Prediction.EPSILON && noise.alphaBar(timestep) == 0) {
      throw new IllegalArgumentException(
          "At timestep "
              + timestep
              + " of this model's schedule (rescale_betas_zero_snr) nothing of the image is left,"
              + " and a model of prediction_type epsilon can't start there: lower noiseRate");
    }
  }
}

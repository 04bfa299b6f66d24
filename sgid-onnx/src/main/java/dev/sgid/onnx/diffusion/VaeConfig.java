package dev.sgid.onnx.diffusion;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import dev.sgid.onnx.internal.JsonFile;

/**
 * What the VAE's {@code config.json} says.
 *
 * @param factor how many pixels, along each side, one latent stands for
 * @param latentChannels how many channels latents have
 * @param scale from its latents to those of the UNet and back
 * @param overflows whether it is said to overflow in float16 ({@code force_upcast})
 */
record VaeConfig(int factor, int latentChannels, LatentScale scale, boolean overflows) {
  // of configs older than the key
  private static final double SCALING_FACTOR = 0.18215;
  private static final double SCALING_FACTOR_OF_XL = 0.13025;

  private static final String MEAN = "latents_mean";
  private static final String DEVIATION = "latents_std";

  /**
   * Reads it.
   *
   * @param config empty for an older export, which has none
   * @param family what defaults go with
   */
  static VaeConfig of(JsonFile config, ModelFamily family) {
    int factor = config.root().isEmpty() ? 8 : 1 << (config.length("block_out_channels", 1) - 1);
    if (config.number("shift_factor", 0) != 0) {
      throw config.unexpected("shift_factor", "absent or 0, as in Stable Diffusion 1, 2 and XL");
    }
    int channels = config.count("latent_channels", 4);
    return new VaeConfig(
        factor, channels, scale(config, channels, family), overflows(config, family));
  }

  private static LatentScale scale(JsonFile config, int channels, ModelFamily family) {
    double scalingFactor =
        config.number("scaling_factor", family.isXl() ? SCALING_FACTOR_OF_XL : SCALING_FACTOR);
    if (!(scalingFactor > 0) || scalingFactor > Float.MAX_VALUE) {
      throw config.unexpected("scaling_factor", "finite and above 0");
    }
    for (String key : new String[] {MEAN, DEVIATION}) {
      if (config.has(key) && !family.isXl()) {
        throw config.unexpected(key, "absent, as in Stable Diffusion 1 and 2");
      }
    }
    if (!config.has(MEAN) || !config.has(DEVIATION)) { // one alone counts for nothing in diffusers
      return LatentScale.of(scalingFactor);
    }
    return new LatentScale(
        (float) scalingFactor,
        numbers(config, MEAN, channels, -Float.MAX_VALUE),
        numbers(config, DEVIATION, channels, Float.MIN_NORMAL));
  }

  private static float[] numbers(JsonFile config, String key, int channels, float least) {
    float[] numbers = new float[channels];
    boolean fits = config.get(key) instanceof JsonArray list && list.size() == channels;
    for (int i = 0; fits && i < channels; i++) {
      JsonElement number = ((JsonArray) config.root().get(key)).get(i);
      numbers[i] = JsonFile.isNumber(number) ? number.getAsFloat() : Float.NaN;
      fits = numbers[i] >= least && numbers[i] <= Float.MAX_VALUE;
    }
    if (!fits) {
      throw config.unexpected(
          key,
          "a list of "
              + channels
              + (least > 0 ? " numbers above 0," : " numbers,")
              + " one for each latent channel,");
    }
    return numbers;
  }

  /** diffusers writes the flag for Stable Diffusion 1 and 2, too, whose VAEs don't. */
  private static boolean overflows(JsonFile config, ModelFamily family) {
    return family.isXl() && config.flag("force_upcast", true);
  }
}

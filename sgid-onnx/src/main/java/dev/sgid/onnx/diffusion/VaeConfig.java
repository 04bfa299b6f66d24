package dev.sgid.onnx.diffusion;

import dev.sgid.onnx.internal.JsonFile;

/**
 * What the VAE's {@code config.json} says.
 *
 * @param factor how many pixels, along each side, one latent stands for
 * @param latentChannels how many channels latents have
 * @param scalingFactor latents are multiplied by it after encoding, divided by it before decoding
 */
record VaeConfig(int factor, int latentChannels, double scalingFactor) {
  private static final double SCALING_FACTOR = 0.18215; // of configs older than the key

  /** What an older export, which has no configs, goes with. */
  private static final VaeConfig STABLE_DIFFUSION_1 = new VaeConfig(8, 4, SCALING_FACTOR);

  static VaeConfig of(JsonFile config) {
    if (config.root().isEmpty()) {
      return STABLE_DIFFUSION_1;
    }
    int blocks = config.length("block_out_channels", 1);
    for (String unsupported : new String[] {"shift_factor", "latents_mean", "latents_std"}) {
      if (config.has(unsupported)) {
        throw config.unexpected(unsupported, "absent, as in Stable Diffusion 1 and 2");
      }
    }
    double scalingFactor = config.number("scaling_factor", SCALING_FACTOR);
    if (!(scalingFactor > 0) || scalingFactor > Float.MAX_VALUE) {
      throw config.unexpected("scaling_factor", "finite and above 0");
    }
    return new VaeConfig(1 << (blocks - 1), config.count("latent_channels", 4), scalingFactor);
  }
}

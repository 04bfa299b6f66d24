package dev.sgid.onnx.diffusion;

/**
 * What lies between the latents of a VAE and those of a UNet, which are of about unit variance:
 *
 * <pre>
 *   unet = (vae - mean) factor / deviation,  vae = unet deviation / factor + mean
 * </pre>
 *
 * by channel, or {@code unet = factor vae} where there is no mean. Immutable.
 *
 * @param factor the {@code scaling_factor}
 * @param mean by channel; empty for none
 * @param deviation as long as {@code mean}
 */
@SuppressWarnings("ArrayRecordComponent") // not handed out
record LatentScale(float factor, float[] mean, float[] deviation) {
  /** A factor alone. */
  static LatentScale of(double factor) {
    return new LatentScale((float) factor, new float[0], new float[0]);
  }

  /** A latent of the VAE for the UNet. */
  float toUnet(float latent, int channel) {
    return mean.length == 0
        ? factor * latent
        : (latent - mean[channel]) * factor / deviation[channel];
  }

  /** A latent of the UNet for the VAE. */
  float toVae(float latent, int channel) {
    return mean.length == 0
        ? latent / factor
        : latent * deviation[channel] / factor + mean[channel];
  }
}

package dev.sgid.onnx.diffusion;

import dev.sgid.onnx.internal.TorchRandom;

/**
 * What the VAE's encoder says of a picture: a Gaussian over latents where it gives moments, else
 * the latents themselves. Immutable.
 *
 * <pre>
 *   latents = scale(mean + exp(logvar / 2) z),  logvar clamped to [-30, 20]
 * </pre>
 *
 * @param values mean and logvar {@code (2c, h, w)}, or latents {@code (c, h, w)}
 * @param channels c
 * @param width w
 * @param height h
 * @param scale brings latents to unit variance, for the UNet
 */
@SuppressWarnings("ArrayRecordComponent") // handed straight to a tensor
record Posterior(float[] values, int channels, int width, int height, LatentScale scale) {
  private int size() {
    return channels * height * width;
  }

  /**
   * Latents {@code (c, h, w)} for the UNet; draws from {@code random} only where there are moments.
   */
  float[] sample(TorchRandom random) {
    float[] latents = new float[size()];
    boolean moments = values.length > latents.length;
    if (moments) {
      random.normal(latents);
    }
    for (int i = 0; i < latents.length; i++) {
      float sample = values[i];
      if (moments) {
        float logvar = Math.max(-30, Math.min(20, values[latents.length + i]));
        sample += (float) Math.exp(0.5f * logvar) * latents[i];
      }
      latents[i] = scale.toUnet(sample, i / (width * height));
    }
    return latents;
  }
}

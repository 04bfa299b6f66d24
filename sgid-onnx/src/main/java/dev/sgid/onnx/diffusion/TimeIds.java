package dev.sgid.onnx.diffusion;

import dev.sgid.Size;

/**
 * What the UNet of Stable Diffusion XL is told of a picture's size [1]: height and width that the
 * image had before it was scaled for training, where it was cropped then, and the size that is
 * made. As in diffusers' img2img, both sizes are that of the latents in pixels, and nothing is
 * cropped.
 *
 * <p>[1] Podell et al., "SDXL", arXiv:2307.01952, section 2.2.
 */
final class TimeIds {
  /** How many numbers they are. */
  static final int COUNT = 6;

  private TimeIds() {}

  /** Those of a picture that is made in this size. */
  static float[] of(Size size) {
    return new float[] {size.height(), size.width(), 0, 0, size.height(), size.width()};
  }
}

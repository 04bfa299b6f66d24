package dev.sgid;

/** A stage of the method, as errors and timings name it. */
public enum Stage {
  /** Opening a model pack. */
  OPEN,
  /** Captioning the image (BLIP). */
  CAPTION,
  /** Scoring texts or images against the image (CLIP). */
  SIMILARITY,
  /** Encoding the prompt (Stable Diffusion's text encoder). */
  ENCODE_TEXT,
  /** Encoding the image (the VAE's encoder). */
  ENCODE_IMAGE,
  /** The denoising loop (the UNet). */
  DENOISE,
  /** Decoding the latents (the VAE's decoder) and checking the picture. */
  DECODE
}

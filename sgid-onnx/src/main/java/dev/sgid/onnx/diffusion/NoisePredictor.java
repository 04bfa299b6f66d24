package dev.sgid.onnx.diffusion;

/**
 * Predicts the noise in latents: a UNet, for latents of one size and texts of one length.
 *
 * <p>Not thread-safe: it belongs to one run of the denoising loop.
 */
interface NoisePredictor extends AutoCloseable {
  /** Whether the rows of a batch may be at different timesteps. */
  boolean takesTimestepPerRow();

  /** The memory for a batch of {@code count} rows; the same for the same count. */
  Rows rows(int count);

  @Override
  void close();

  /** A batch of latents. What was put stays until something else is put. */
  interface Rows {
    /**
     * Puts a row's latents {@code (4, h, w)}, each multiplied by {@code scale}, and their timestep.
     */
    void putLatents(int row, float[] latents, float scale, float timestep);

    /** Puts what a row is given beside them. */
    void putConditioning(int row, Conditioning conditioning);

    /** Predicts all rows. */
    void predict();

    /** Copies a row's prediction {@code (4, h, w)}. */
    void get(int row, float[] prediction);
  }
}

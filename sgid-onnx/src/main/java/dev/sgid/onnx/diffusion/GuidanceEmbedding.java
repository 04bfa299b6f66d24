package dev.sgid.onnx.diffusion;

/**
 * The guidance scale w as latent consistency models are given it [1], in place of classifier-free
 * guidance:
 *
 * <pre>
 *   (sin(1000 (w - 1) f_i), cos(1000 (w - 1) f_i)),  f_i = 10000^(-i / (n/2 - 1)),  i in [0, n/2)
 * </pre>
 *
 * and a zero where n is odd; in float32, as diffusers' {@code get_guidance_scale_embedding}. Scales
 * are the literature's: 1 is no guidance. Immutable.
 *
 * <p>[1] Luo et al., "Latent Consistency Models", arXiv:2310.04378, section 4.3; after Kingma et
 * al., "Variational Diffusion Models", arXiv:2107.00630.
 */
final class GuidanceEmbedding {
  /** With less there is no second frequency, and the first divides by zero. */
  static final int LEAST_DIMENSIONS = 4;

  private final int dimensions;
  private final float[] frequencies; // (dimensions / 2)

  /**
   * @param dimensions n, at least {@link #LEAST_DIMENSIONS}
   */
  GuidanceEmbedding(int dimensions) {
    this.dimensions = dimensions;
    this.frequencies = new float[dimensions / 2];
    float slope = (float) Math.log(10_000) / (frequencies.length - 1);
    for (int i = 0; i < frequencies.length; i++) {
      frequencies[i] = (float) Math.exp(i * -slope);
    }
  }

  /** Its length. */
  int dimensions() {
    return dimensions;
  }

  /** The embedding of a guidance scale, (dimensions). */
  float[] of(double guidanceScale) {
    float w = (float) (guidanceScale - 1) * 1000f;
    float[] embedding = new float[dimensions];
    for (int i = 0; i < frequencies.length; i++) {
      float angle = w * frequencies[i];
      embedding[i] = (float) Math.sin(angle);
      embedding[frequencies.length + i] = (float) Math.cos(angle);
    }
    return embedding;
  }
}

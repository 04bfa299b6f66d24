package dev.sgid;

/**
 * How strongly the prompt guides the generation, given how well the caption matches the image.
 *
 * <p>The paper's formula is not available to us: {@link #linear}, the default, is our reading of
 * it. A caption that matches its image can be trusted, so guidance grows with the similarity.
 *
 * <p>Thread-safe; the ready-made ones are serialisable values. The scale is rounded to two decimals
 * by whoever uses it, so that a last-digit difference in a similarity rarely changes a picture.
 */
@FunctionalInterface
public interface GuidanceSchedule {
  /**
   * The guidance scale w of {@code eps = eps_uncond + w (eps_text - eps_uncond)}.
   *
   * @param similarity cosine of caption and image, in [-1, 1]
   * @return at least 0; 1 or less means no guidance
   */
  double scaleFor(double similarity);

  /**
   * The same scale for every image.
   *
   * @param scale finite, at least 0
   * @throws IllegalArgumentException if an argument is out of range
   */
  static GuidanceSchedule constant(double scale) {
    return new GuidanceSchedules.Constant(scale);
  }

  /**
   * Grows linearly from {@code scale0} at {@code similarity0} to {@code scale1} at {@code
   * similarity1}; clamped outside. The default, with 0.15, 0.35, 3 and 7.5 where the pack says
   * nothing else.
   *
   * @param similarity0 in [-1, 1], less than {@code similarity1}
   * @param similarity1 in [-1, 1]
   * @param scale0 finite, at least 0, at most {@code scale1}
   * @param scale1 finite
   * @throws IllegalArgumentException if an argument is out of range
   */
  static GuidanceSchedule linear(
      double similarity0, double similarity1, double scale0, double scale1) {
    return new GuidanceSchedules.Linear(similarity0, similarity1, scale0, scale1);
  }

  /**
   * Falls linearly from {@code scale1} at {@code similarity0} to {@code scale0} at {@code
   * similarity1}; clamped outside. The more a caption repeats what the image shows already, the
   * less it guides, as in DALDA (arXiv:2409.16949).
   *
   * @param similarity0 in [-1, 1], less than {@code similarity1}
   * @param similarity1 in [-1, 1]
   * @param scale0 finite, at least 0, at most {@code scale1}
   * @param scale1 finite
   * @throws IllegalArgumentException if an argument is out of range
   */
  static GuidanceSchedule inverse(
      double similarity0, double similarity1, double scale0, double scale1) {
    return new GuidanceSchedules.Inverse(similarity0, similarity1, scale0, scale1);
  }

  /**
   * {@link #linear} between two quantiles of the similarities seen in the user's own data set,
   * which {@link Sgid#captionAll} gives.
   *
   * @param similarities a sample, not changed; each in [-1, 1]; at least two different ones
   * @param quantile0 in [0, 1], less than {@code quantile1}
   * @param quantile1 in [0, 1]
   * @param scale0 finite, at least 0, at most {@code scale1}
   * @param scale1 finite
   * @throws IllegalArgumentException if an argument is out of range, or the similarities at the two
   *     quantiles are equal
   */
  static GuidanceSchedule calibrated(
      double[] similarities, double quantile0, double quantile1, double scale0, double scale1) {
    return GuidanceSchedules.calibrated(similarities, quantile0, quantile1, scale0, scale1);
  }

  /**
   * Reads {@code constant:G}, {@code linear:SIM0,SIM1,G0,G1} or {@code inverse:SIM0,SIM1,G0,G1}, as
   * the ready-made schedules' {@code toString} gives them.
   *
   * @throws IllegalArgumentException if {@code text} is none of them or a number is out of range
   */
  static GuidanceSchedule parse(String text) {
    return GuidanceSchedules.parse(text);
  }
}

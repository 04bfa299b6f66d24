package dev.sgid.dataset.internal.vp8;

/**
 * What a segment's coefficients are multiplied by: the first (dc) and the others (ac) of a luma
 * block, of the block of luma's first ones, and of a chroma block (RFC 6386, section 14.1).
 */
record Quantizer(int lumaDc, int lumaAc, int secondDc, int secondAc, int chromaDc, int chromaAc) {

  /**
   * Those of an index.
   *
   * @param index from 0 to 127 once the deltas are added, or else the nearest of these
   * @param deltas lumaDc, secondDc, secondAc, chromaDc, chromaAc
   */
  static Quantizer of(int index, int[] deltas) {
    return new Quantizer(
        Tables.DC_STEPS[clip(index + deltas[0], 127)],
        Tables.AC_STEPS[clip(index, 127)],
        2 * Tables.DC_STEPS[clip(index + deltas[1], 127)],
        Math.max(8, 155 * Tables.AC_STEPS[clip(index + deltas[2], 127)] / 100),
        Tables.DC_STEPS[clip(index + deltas[3], 117)],
        Tables.AC_STEPS[clip(index + deltas[4], 127)]);
  }

  private static int clip(int index, int most) {
    return Math.max(0, Math.min(most, index));
  }
}

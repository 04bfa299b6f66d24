package dev.sgid.nd4j;

/** What the 8-bit values 0 to 255 of a picture become in an array of floats. */
public enum PixelRange {
  /** As they are, 0 to 255. */
  ZERO_TO_255 {
    @Override
    float toFloat(int value) {
      return value;
    }

    @Override
    float toLevel(float value) {
      return value;
    }
  },

  /** {@code v / 255}, 0 to 1. */
  ZERO_TO_ONE {
    @Override
    float toFloat(int value) {
      return value / 255f;
    }

    @Override
    float toLevel(float value) {
      return value * 255;
    }
  },

  /** {@code 2 (v / 255) - 1}, -1 to 1, as diffusion models take it. */
  MINUS_ONE_TO_ONE {
    @Override
    float toFloat(int value) {
      return 2 * (value / 255f) - 1;
    }

    @Override
    float toLevel(float value) {
      return (value / 2 + 0.5f) * 255;
    }
  };

  abstract float toFloat(int value);

  /** The inverse of {@link #toFloat}, neither rounded nor clipped. */
  abstract float toLevel(float value);
}

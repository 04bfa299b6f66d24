package dev.sgid.nd4j;

/**
 * The order of an array's dimensions: n pictures, c channels (red, green, blue), h rows, w columns.
 */
public enum PixelLayout {
  /** {@code (n, c, h, w)}, the default of most networks. */
  NCHW {
    @Override
    long[] shape(long n, long height, long width) {
      return new long[] {n, CHANNELS, height, width};
    }

    @Override
    int index(int channel, int pixel, int pixels) {
      return channel * pixels + pixel;
    }
  },

  /** {@code (n, h, w, c)}, channels last. */
  NHWC {
    @Override
    long[] shape(long n, long height, long width) {
      return new long[] {n, height, width, CHANNELS};
    }

    @Override
    int index(int channel, int pixel, int pixels) {
      return CHANNELS * pixel + channel;
    }
  };

  static final int CHANNELS = 3;

  abstract long[] shape(long n, long height, long width);

  /** Where a channel of a pixel stands within its picture of {@code pixels} pixels. */
  abstract int index(int channel, int pixel, int pixels);
}

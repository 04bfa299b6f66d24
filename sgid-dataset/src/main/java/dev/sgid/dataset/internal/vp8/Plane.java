package dev.sgid.dataset.internal.vp8;

import java.util.Arrays;

/**
 * Samples from 0 to 255, with what prediction takes for those beyond the top (127) and the left
 * (129) around them.
 */
final class Plane {
  private static final int RIGHT = 4; // a subblock's mode looks as far to the upper right
  private static final int ABOVE = 127;
  private static final int BESIDE = 129;

  final byte[] samples;
  final int stride;

  Plane(int width, int height) {
    stride = 1 + width + RIGHT;
    samples = new byte[Math.multiplyExact(stride, height + 1)];
    Arrays.fill(samples, 0, stride, (byte) ABOVE);
    for (int y = 0; y < height; y++) {
      samples[at(-1, y)] = (byte) BESIDE;
    }
  }

  /** Where a sample lies; the top left one is at 0, 0. */
  int at(int x, int y) {
    return (y + 1) * stride + x + 1;
  }

  int get(int at) {
    return samples[at] & 0xff;
  }

  void set(int at, int value) {
    samples[at] = (byte) clip(value);
  }

  static int clip(int value) {
    return Math.max(0, Math.min(255, value));
  }
}

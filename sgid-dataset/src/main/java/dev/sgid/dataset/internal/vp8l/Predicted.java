package dev.sgid.dataset.internal.vp8l;

/** What neighbours foretell was taken off each pixel, in one of 14 ways by block. */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Predicted(int[] blocks, int bits, int width) implements Transform {
  private static final int BLACK = 0xff000000;

  @Override
  public int[] undo(int[] pixels, int height) {
    int across = Transform.blocks(width, bits);
    for (int i = 0; i < pixels.length; i++) {
      int x = i % width;
      int y = i / width;
      int guess;
      if (y == 0) {
        guess = x == 0 ? BLACK : pixels[i - 1];
      } else if (x == 0) {
        guess = pixels[i - width];
      } else {
        guess = guess(pixels, i, (blocks[(y >> bits) * across + (x >> bits)] >> 8) & 0xf);
      }
      pixels[i] = Transform.add(pixels[i], guess);
    }
    return pixels;
  }

  /** To the upper right of a row's last pixel lies that row's first one. */
  private int guess(int[] pixels, int i, int mode) {
    int left = pixels[i - 1];
    int top = pixels[i - width];
    int topRight = pixels[i - width + 1];
    int topLeft = pixels[i - width - 1];
    return switch (mode) {
      case 1 -> left;
      case 2 -> top;
      case 3 -> topRight;
      case 4 -> topLeft;
      case 5 -> mean(mean(left, topRight), top);
      case 6 -> mean(left, topLeft);
      case 7 -> mean(left, top);
      case 8 -> mean(topLeft, top);
      case 9 -> mean(top, topRight);
      case 10 -> mean(mean(left, topLeft), mean(top, topRight));
      case 11 -> nearer(left, top, topLeft);
      case 12 -> slope(left, top, topLeft);
      case 13 -> halfSlope(mean(left, top), topLeft);
      default -> BLACK;
    };
  }

  private static int mean(int a, int b) {
    return (((a ^ b) & 0xfefefefe) >>> 1) + (a & b);
  }

  /** The one that is nearer to the slope of all three. */
  private static int nearer(int left, int top, int topLeft) {
    int ofLeft = 0;
    int ofTop = 0;
    for (int shift = 0; shift < 32; shift += 8) {
      int corner = channel(topLeft, shift);
      ofLeft += Math.abs(channel(top, shift) - corner);
      ofTop += Math.abs(channel(left, shift) - corner);
    }
    return ofLeft < ofTop ? left : top;
  }

  private static int slope(int left, int top, int topLeft) {
    int all = 0;
    for (int shift = 0; shift < 32; shift += 8) {
      int a = channel(left, shift);
      int b = channel(top, shift);
      all |= clip(a + b - channel(topLeft, shift)) << shift;
    }
    return all;
  }

  private static int halfSlope(int mean, int topLeft) {
    int all = 0;
    for (int shift = 0; shift < 32; shift += 8) {
      int a = channel(mean, shift);
      all |= clip(a + (a - channel(topLeft, shift)) / 2) << shift;
    }
    return all;
  }

  private static int channel(int pixel, int shift) {
    return (pixel >> shift) & 0xff;
  }

  private static int clip(int value) {
    return Math.max(0, Math.min(255, value));
  }
}

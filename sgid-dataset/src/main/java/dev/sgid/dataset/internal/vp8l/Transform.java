package dev.sgid.dataset.internal.vp8l;

import java.io.IOException;

/** One of the four ways in which pixels were made easier to compress, to be undone. */
interface Transform {
  /** What the picture was before, from what it is in the stream. */
  int[] undo(int[] pixels, int height);

  /** Pixels of a row in the stream. */
  int width();

  /** Blocks of {@code 1 << bits} that it takes to cover a length. */
  static int blocks(int length, int bits) {
    return (length + (1 << bits) - 1) >> bits;
  }

  /**
   * Reads a transform.
   *
   * @param width pixels of a row once it is undone
   */
  static Transform read(int kind, BitReader in, int width, int height) throws IOException {
    return switch (kind) {
      case 0, 1 -> {
        int bits = 2 + in.read(3);
        int[] blocks = Pixels.read(in, blocks(width, bits), blocks(height, bits), false);
        yield kind == 0 ? new Predicted(blocks, bits, width) : new CrossColor(blocks, bits, width);
      }
      case 2 -> new GreenSubtracted(width);
      default -> Palette.read(in, width);
    };
  }

  /** Adds the four channels of two pixels, each without a carry. */
  static int add(int a, int b) {
    int high = (a & 0xff00ff00) + (b & 0xff00ff00);
    int low = (a & 0x00ff00ff) + (b & 0x00ff00ff);
    return (high & 0xff00ff00) | (low & 0x00ff00ff);
  }

  /** Green was taken off red and blue. */
  record GreenSubtracted(int width) implements Transform {
    @Override
    public int[] undo(int[] pixels, int height) {
      for (int i = 0; i < pixels.length; i++) {
        int green = (pixels[i] >> 8) & 0xff;
        pixels[i] = Transform.add(pixels[i], (green << 16) | green);
      }
      return pixels;
    }
  }

  /** Parts of green were taken off red and blue, and of red off blue, by block. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record CrossColor(int[] blocks, int bits, int width) implements Transform {
    @Override
    public int[] undo(int[] pixels, int height) {
      int across = Transform.blocks(width, bits);
      for (int i = 0; i < pixels.length; i++) {
        int parts = blocks[((i / width) >> bits) * across + ((i % width) >> bits)];
        int green = pixels[i] >> 8;
        int red = (pixels[i] >> 16) + part(parts, green);
        int blue = pixels[i] + part(parts >> 8, green) + part(parts >> 16, red);
        pixels[i] = (pixels[i] & 0xff00ff00) | ((red & 0xff) << 16) | (blue & 0xff);
      }
      return pixels;
    }

    /** Of the lowest bytes, which have a sign. */
    private static int part(int weight, int color) {
      return ((byte) weight * (byte) color) >> 5;
    }
  }

  /** Colors were replaced by their places in a table, several of them to a pixel. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Palette(int[] colors, int bits, int shown) implements Transform {
    static Palette read(BitReader in, int shown) throws IOException {
      int count = 1 + in.read(8);
      int[] colors = Pixels.read(in, count, 1, false);
      for (int i = 1; i < count; i++) { // each is what it adds to the one before
        colors[i] = Transform.add(colors[i], colors[i - 1]);
      }
      return new Palette(colors, count > 16 ? 0 : count > 4 ? 1 : count > 2 ? 2 : 3, shown);
    }

    @Override
    public int width() {
      return Transform.blocks(shown, bits);
    }

    @Override
    public int[] undo(int[] pixels, int height) {
      int[] out = new int[shown * height];
      int each = 8 >> bits; // bits
      int perPixel = 1 << bits;
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < shown; x++) {
          int packed = (pixels[y * width() + (x >> bits)] >> 8) & 0xff;
          int place = (packed >> (each * (x % perPixel))) & ((1 << each) - 1);
          out[y * shown + x] = place < colors.length ? colors[place] : 0;
        }
      }
      return out;
    }
  }
}

package dev.sgid.dataset.internal.vp8l;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Decodes pixels as the stream has them, before they are transformed: new ones, copies of former
 * ones, and those that a cache of colors remembers. What transforms need is such pixels too.
 */
final class Pixels {
  private static final int LENGTHS = 24; // symbols that are no green but say how much is copied
  private static final int DISTANCES = 40;
  private static final int CACHED = 256 + LENGTHS;
  private static final int MOST_CACHE_BITS = 11;
  private static final int HASH = 0x1e35a7bd;

  /** Pixels near by, as the format counts them: rows up in four bits, 8 less the columns back. */
  private static final byte[] NEAR =
      HexFormat.of()
          .parseHex(
              "1807171928062729161a262a38053739151b363a252b48044749141c353b"
                  + "464a242c58454b343c035759131d565a232d444c555b333d68026769121e"
                  + "666a222e545c434d656b323e78017779535d111f646c424e767a212f757b"
                  + "313f636d525e00747c414f1020626e30737d515f40727e616f50717f6070");

  private final BitReader in;
  private final int width;
  private final int[] pixels;
  private int[] cache = {};
  private int cacheBits;
  private int groupBits;
  private int[] groupsOfBlocks = {};
  private final List<PrefixCode[]> groups = new ArrayList<>();

  private Pixels(BitReader in, int width, int height) {
    this.in = in;
    this.width = width;
    this.pixels = new int[Math.multiplyExact(width, height)];
  }

  /**
   * Decodes {@code width x height} pixels.
   *
   * @param whole whether they are the picture's, whose codes may differ from block to block
   * @return ARGB, row by row
   */
  static int[] read(BitReader in, int width, int height, boolean whole) throws IOException {
    Pixels pixels = new Pixels(in, width, height);
    pixels.codes(whole, height);
    pixels.decode();
    return pixels.pixels;
  }

  private void codes(boolean whole, int height) throws IOException {
    if (in.flag()) {
      cacheBits = in.read(4);
      if (cacheBits < 1 || cacheBits > MOST_CACHE_BITS) {
        throw new IOException("the cache of colors has " + cacheBits + " bits");
      }
      cache = new int[1 << cacheBits];
    }
    int last = 0;
    if (whole && in.flag()) {
      groupBits = 2 + in.read(3);
      int across = Transform.blocks(width, groupBits);
      groupsOfBlocks = read(in, across, Transform.blocks(height, groupBits), false);
      for (int i = 0; i < groupsOfBlocks.length; i++) {
        groupsOfBlocks[i] = (groupsOfBlocks[i] >> 8) & 0xffff;
        last = Math.max(last, groupsOfBlocks[i]);
      }
    }
    for (int i = 0; i <= last; i++) {
      groups.add(
          new PrefixCode[] {
            PrefixCode.read(in, CACHED + cache.length),
            PrefixCode.read(in, 256),
            PrefixCode.read(in, 256),
            PrefixCode.read(in, 256),
            PrefixCode.read(in, DISTANCES)
          });
    }
  }

  private void decode() throws IOException {
    for (int at = 0; at < pixels.length; ) {
      PrefixCode[] codes = groups.get(group(at));
      int symbol = codes[0].symbol(in);
      if (symbol < 256) {
        int red = codes[1].symbol(in);
        int blue = codes[2].symbol(in);
        int alpha = codes[3].symbol(in);
        put(at++, (alpha << 24) | (red << 16) | (symbol << 8) | blue);
      } else if (symbol < CACHED) {
        int length = number(symbol - 256);
        int distance = distance(number(codes[4].symbol(in)));
        if (distance > at || length > pixels.length - at) {
          throw new IOException("pixels are copied from beyond the picture");
        }
        for (int end = at + length; at < end; at++) {
          put(at, pixels[at - distance]);
        }
      } else {
        put(at++, cache[symbol - CACHED]);
      }
    }
  }

  private int group(int at) {
    if (groupsOfBlocks.length == 0) {
      return 0;
    }
    int x = (at % width) >> groupBits;
    int y = (at / width) >> groupBits;
    return groupsOfBlocks[y * Transform.blocks(width, groupBits) + x];
  }

  private void put(int at, int argb) {
    pixels[at] = argb;
    if (cacheBits > 0) {
      cache[(HASH * argb) >>> (32 - cacheBits)] = argb;
    }
  }

  /** A length or distance, of a symbol and further bits. */
  private int number(int symbol) throws IOException {
    if (symbol < 4) {
      return symbol + 1;
    }
    int more = (symbol - 2) >> 1;
    return ((2 + (symbol & 1)) << more) + in.read(more) + 1;
  }

  /** How many pixels back. */
  private int distance(int code) {
    if (code > NEAR.length) {
      return code - NEAR.length;
    }
    int near = NEAR[code - 1];
    return Math.max(1, (near >> 4) * width + 8 - (near & 0xf));
  }
}

package dev.sgid.dataset.internal.image;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import dev.sgid.internal.Levels;
import java.io.IOException;
import java.util.Arrays;

/**
 * What the samples of a TIFF file mean: its fields for number format, color and opacity.
 *
 * <p>Unsigned integers of any width go from black, 0, to white, all ones; floating point numbers
 * from 0 to 1. Signed and complex ones have no black and white that viewers agree on.
 */
final class TiffFormat {
  private static final int WHITE_IS_ZERO = 0;
  private static final int BLACK_IS_ZERO = 1;
  private static final int RGB = 2;
  private static final int PALETTE = 3;
  private static final int SEPARATED = 5;
  private static final int YCBCR = 6;
  private static final int CIELAB = 8;
  private static final int ICCLAB = 9;

  private static final int ASSOCIATED = 1;
  private static final int UNASSOCIATED = 2;
  private static final int COREL_ALPHA = 999; // of CorelDraw 10, unassociated

  private static final int FLOAT = 3;
  private static final double LOWEST = -1; // of floating point numbers: beyond black and white
  private static final double HIGHEST = 2; // there may be overshoot, not another scale

  private final int photometric;
  private final int bits;
  private final boolean floating;
  private final int alphaBand;
  private final boolean associated;
  private final TiffColor color;

  private TiffFormat(TiffDirectory directory) throws IOException {
    photometric = directory.integer(262, WHITE_IS_ZERO);
    bits = directory.integer(258, 1);
    floating = isFloating(directory.numbers(339, 1));
    int samples = directory.integer(277, 1);
    if (samples < colors() || (samples == 3 && bits == 4 && directory.order() == LITTLE_ENDIAN)) {
      // the second, TwelveMonkeys gets wrong
      throw new IOException(samples + " samples of " + bits + " bits a pixel");
    }
    int[] extra = extra(directory, samples);
    int alpha = -1;
    for (int i = extra.length - 1; i >= 0; i--) {
      alpha = isAlpha(extra[i]) ? i : alpha;
    }
    alphaBand = alpha < 0 ? Integer.MAX_VALUE : colors() + alpha;
    associated = alpha >= 0 && extra[alpha] == ASSOCIATED;
    color = color(directory);
  }

  static TiffFormat of(TiffDirectory directory) throws IOException {
    return new TiffFormat(directory);
  }

  private static boolean isFloating(double[] formats) throws IOException {
    for (double format : formats) {
      switch ((int) format) {
        case 1, FLOAT, 4 -> {} // unsigned, floating point, and undefined, which is read as unsigned
        case 2 -> throw new IOException("signed samples, of which no level is black");
        case 5, 6 -> throw new IOException("complex samples");
        default -> throw new IOException("samples of unknown format " + (int) format);
      }
    }
    return formats[0] == FLOAT;
  }

  /** What the samples behind the colors are; where nothing says so, the first is opacity. */
  private int[] extra(TiffDirectory directory, int samples) {
    double[] extra = directory.numbers(338);
    return extra.length == 0 && samples > colors()
        ? new int[] {UNASSOCIATED}
        : Arrays.stream(extra).mapToInt(kind -> (int) kind).toArray();
  }

  private static boolean isAlpha(int kind) {
    return kind == ASSOCIATED || kind == UNASSOCIATED || kind == COREL_ALPHA;
  }

  private TiffColor color(TiffDirectory directory) throws IOException {
    return switch (photometric) {
      case WHITE_IS_ZERO -> TiffColor.NEGATIVE;
      case BLACK_IS_ZERO, RGB -> TiffColor.AS_IT_IS;
      case PALETTE -> TiffColor.palette(directory.numbers(320), bits);
      case SEPARATED -> {
        if (directory.integer(332, 1) != 1) {
          throw new IOException("inks other than cyan, magenta, yellow and black");
        }
        yield TiffColor.AS_IT_IS;
      }
      case YCBCR ->
          TiffColor.yCbCr(
              directory.numbers(529, 0.299, 0.587, 0.114), directory.numbers(532), bits);
      case CIELAB -> TiffColor.lab(true, wholeBits());
      case ICCLAB -> TiffColor.lab(false, wholeBits());
      default -> throw new IOException("colors of unknown kind (photometric " + photometric + ")");
    };
  }

  /** Samples of color a pixel. */
  int colors() {
    return switch (photometric) {
      case RGB, YCBCR, CIELAB, ICCLAB -> 3;
      case SEPARATED -> 4;
      default -> 1;
    };
  }

  /** Levels a pixel that {@link #show} writes: of gray, red, green and blue, or four inks. */
  int shownColors() {
    return photometric == PALETTE ? 3 : colors();
  }

  /** Which sample is the opacity; a number beyond all samples for none. */
  int alphaBand() {
    return alphaBand;
  }

  boolean isCmyk() {
    return photometric == SEPARATED;
  }

  /** Whether the colors are those of a device, which a profile may describe. */
  boolean isDeviceColor() {
    return photometric != CIELAB && photometric != ICCLAB;
  }

  /** A sample of opacity, or of a color, as a number from 0 to 1. */
  double unit(double sample) {
    if (floating) {
      return sample;
    }
    double unsigned = sample < 0 ? sample + (1L << Integer.SIZE) : sample; // 32 bits
    return unsigned / ((1L << bits) - 1);
  }

  /** A sample of color as {@link #show} takes it: a number from 0 to 1, or a palette's index. */
  double component(double sample) {
    return photometric == PALETTE ? sample : unit(sample);
  }

  private int wholeBits() throws IOException {
    if (floating || (bits != 8 && bits != 16)) {
      throw new IOException("Lab colors in samples other than integers of 8 or 16 bits");
    }
    return bits;
  }

  /** Writes the levels of a pixel, whose color is as {@link #component} gives it. */
  void show(double[] in, double opacity, byte[] out, int at) {
    if (associated && opacity > 0 && photometric != PALETTE) {
      for (int c = 0; c < in.length; c++) {
        in[c] = Math.min(1, in[c] / opacity);
      }
    }
    double[] shown = color.of(in);
    for (int c = 0; c < shown.length; c++) {
      out[at + c] = Levels.level(shown[c]);
    }
  }

  /** Floating point numbers in another scale would all be white, or black. */
  void requireRange(double lowest, double highest) throws IOException {
    if (floating && (lowest < LOWEST || highest > HIGHEST)) {
      throw new IOException(
          "floating point samples from %s to %s; 0, black, to 1, white, can be read"
              .formatted((float) lowest, (float) highest));
    }
  }
}

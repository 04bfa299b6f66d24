package dev.sgid.onnx.internal.image;

import dev.sgid.internal.RgbImage;
import java.util.Arrays;

/**
 * Pillow's {@code Image.resize} of 8-bit pictures, bit for bit.
 *
 * <p>Output pixel i is a weighted mean of the input pixels around its centre c = (i + 1/2) s, s =
 * input size / output size. When the picture shrinks, the filter is stretched by s, so that it
 * takes in every input pixel (antialiasing). Along each axis
 *
 * <pre>
 *   w[x] = filter((x + 1/2 - c) / max(s, 1)),  normalised to sum 1
 *   out  = clip8((2^21 + sum of round(w[x] 2^22) in[x]) >> 22)
 * </pre>
 *
 * Pillow does it in fixed point and rounds to 8 bits between the horizontal and the vertical pass,
 * and an axis whose size stays is not filtered at all; all three are visible in the result.
 * Java2D's scaling has neither the antialiasing nor these filters.
 */
public final class PillowResize {
  private static final int PRECISION_BITS = 32 - 8 - 2;

  private PillowResize() {}

  /** A resampling filter, by Pillow's name. */
  public enum Filter {
    /** Mean of the input pixels that the output pixel covers. */
    BOX(0.5),
    /** Triangle. */
    BILINEAR(1),
    /** Sinc of radius 1 under a Hamming window. */
    HAMMING(1),
    /** Keys' cubic convolution with a = -0.5. */
    BICUBIC(2),
    /** Sinc of radius 3 under a Lanczos window. */
    LANCZOS(3);

    private final double radius;

    Filter(double radius) {
      this.radius = radius;
    }

    private double at(double signedX) {
      double x = Math.abs(signedX);
      return switch (this) {
        case BOX -> signedX > -0.5 && signedX <= 0.5 ? 1 : 0;
        case BILINEAR -> x < 1 ? 1 - x : 0;
        // the window's constants are float32 in Pillow, and that changes the 22nd bit
        case HAMMING -> x < 1 ? sinc(x) * (0.54f + 0.46f * StrictMath.cos(x * Math.PI)) : 0;
        case BICUBIC -> cubic(x);
        case LANCZOS -> signedX >= -3 && signedX < 3 ? sinc(signedX) * sinc(signedX / 3) : 0;
      };
    }

    private static double cubic(double x) {
      double a = -0.5;
      if (x < 1) {
        return ((a + 2) * x - (a + 3)) * x * x + 1;
      }
      return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
    }

    private static double sinc(double x) {
      return x == 0 ? 1 : StrictMath.sin(x * Math.PI) / (x * Math.PI);
    }
  }

  /**
   * A rectangle of pixels of a picture.
   *
   * @param x of its left edge, at least 0
   * @param y of its upper edge, at least 0
   * @param width at least 1
   * @param height at least 1
   */
  public record Part(int x, int y, int width, int height) {}

  /**
   * Scales {@code in}, which is not changed.
   *
   * @param width of the result in pixels, at least 1
   * @param height of the result in pixels, at least 1
   * @return a picture of {@code width x height}; {@code in} itself where that is its size
   */
  public static RgbImage resize(RgbImage in, int width, int height, Filter filter) {
    return resize(in, width, height, filter, new Part(0, 0, width, height));
  }

  /**
   * Scales {@code in} and cuts a part out, without making the rest: a thin picture scaled by its
   * shorter edge may be of any length.
   *
   * @param width of the whole scaled picture in pixels, at least 1
   * @param height of the whole scaled picture in pixels, at least 1
   * @param part of the scaled picture, within it
   * @return a picture of the part's size; {@code in} itself where that is all of it, unscaled
   */
  public static RgbImage resize(RgbImage in, int width, int height, Filter filter, Part part) {
    if (width < 1 || height < 1) {
      throw new IllegalArgumentException("Can't resize to " + width + "x" + height + " pixels");
    }
    boolean across = width != in.width();
    boolean down = height != in.height();
    if (!across && !down) {
      boolean all = part.width == width && part.height == height;
      return all ? in : in.crop(part.x, part.y, part.width, part.height);
    }
    if (!down) {
      Weights columns = Weights.of(in.width(), width, part.x, part.width, filter);
      return horizontal(in, columns, part.y, part.height);
    }
    if (!across) {
      Weights rows = Weights.of(in.height(), height, part.y, part.height, filter);
      return vertical(in, rows, part.x, part.width);
    }
    Weights columns = Weights.of(in.width(), width, part.x, part.width, filter);
    Weights rows = Weights.of(in.height(), height, part.y, part.height, filter);
    if (verticalFirst(in, width, height)) {
      RgbImage between = vertical(in, rows, columns.from(), columns.inputs());
      return horizontal(between, columns.fromZero(), 0, between.height());
    }
    RgbImage between = horizontal(in, columns, rows.from(), rows.inputs());
    return vertical(between, rows.fromZero(), 0, between.width());
  }

  /**
   * Pillow 13's choice of order: vertically first where more than twice as many rows go as columns.
   */
  private static boolean verticalFirst(RgbImage in, int width, int height) {
    long rowsLost = (long) in.height() - height;
    long columnsLost = (long) in.width() - width;
    return rowsLost > 0 && rowsLost > 2 * columnsLost;
  }

  /** Filters {@code height} rows from {@code top} on. */
  private static RgbImage horizontal(RgbImage image, Weights columns, int top, int height) {
    int width = columns.first.length;
    byte[] in = image.rgb();
    byte[] out = new byte[Math.multiplyExact(3, Math.multiplyExact(width, height))];
    for (int y = top, o = 0; y < top + height; y++) {
      for (int x = 0; x < width; x++) {
        int red = 1 << (PRECISION_BITS - 1);
        int green = red;
        int blue = red;
        int i = 3 * (y * image.width() + columns.first[x]);
        int w = x * columns.stride;
        for (int end = w + columns.count[x]; w < end; w++, i += 3) {
          int weight = columns.fixed[w];
          red += (in[i] & 0xff) * weight;
          green += (in[i + 1] & 0xff) * weight;
          blue += (in[i + 2] & 0xff) * weight;
        }
        out[o++] = clip8(red);
        out[o++] = clip8(green);
        out[o++] = clip8(blue);
      }
    }
    return new RgbImage(width, height, out);
  }

  /** Filters {@code width} columns from {@code left} on. */
  private static RgbImage vertical(RgbImage image, Weights rows, int left, int width) {
    int height = rows.first.length;
    byte[] in = image.rgb();
    int rowBytes = 3 * width;
    byte[] out = new byte[Math.multiplyExact(rowBytes, height)];
    int[] sums = new int[rowBytes];
    for (int y = 0; y < height; y++) {
      Arrays.fill(sums, 1 << (PRECISION_BITS - 1));
      for (int k = 0; k < rows.count[y]; k++) {
        int weight = rows.fixed[y * rows.stride + k];
        int i = 3 * ((rows.first[y] + k) * image.width() + left);
        for (int x = 0; x < rowBytes; x++) {
          sums[x] += (in[i + x] & 0xff) * weight;
        }
      }
      for (int x = 0; x < rowBytes; x++) {
        out[y * rowBytes + x] = clip8(sums[x]);
      }
    }
    return new RgbImage(width, height, out);
  }

  private static byte clip8(int fixed) {
    return (byte) Math.max(0, Math.min(255, fixed >> PRECISION_BITS));
  }

  /**
   * The weights along one axis: {@code count[i]} of them for output i, from input {@code first[i]}.
   */
  private static final class Weights {
    private final int stride;
    private final int[] first; // (out)
    private final int[] count; // (out)
    private final int[] fixed; // (out, stride), 22 bits after the point

    private Weights(int stride, int[] first, int[] count, int[] fixed) {
      this.stride = stride;
      this.first = first;
      this.count = count;
      this.fixed = fixed;
    }

    /** Of {@code outCount} outputs from {@code outFrom} on. */
    static Weights of(int inSize, int outSize, int outFrom, int outCount, Filter filter) {
      double scale = (double) inSize / outSize;
      double stretch = Math.max(scale, 1);
      double support = filter.radius * stretch;
      int stride = (int) Math.ceil(support) * 2 + 1;
      int[] fixed = new int[Math.multiplyExact(stride, outCount)];
      Weights weights = new Weights(stride, new int[outCount], new int[outCount], fixed);
      double[] exact = new double[stride];
      for (int i = 0; i < outCount; i++) {
        double centre = (outFrom + i + 0.5) * scale;
        int from = Math.max(0, (int) (centre - support + 0.5));
        int n = Math.min(inSize, (int) (centre + support + 0.5)) - from;
        double sum = 0;
        for (int k = 0; k < n; k++) {
          exact[k] = filter.at((k + from - centre + 0.5) * (1 / stretch));
          sum += exact[k];
        }
        weights.first[i] = from;
        weights.count[i] = n;
        for (int k = 0; k < n; k++) {
          double weight = sum == 0 ? exact[k] : exact[k] / sum;
          fixed[i * stride + k] =
              (int) (weight * (1 << PRECISION_BITS) + (weight < 0 ? -0.5 : 0.5));
        }
      }
      return weights;
    }

    /** The first input that is used. */
    int from() {
      return first[0];
    }

    /** How many inputs are used. */
    int inputs() {
      int last = first.length - 1;
      return first[last] + count[last] - first[0];
    }

    /** The same weights for inputs that begin with the first that is used. */
    Weights fromZero() {
      int[] shifted = Arrays.stream(first).map(i -> i - first[0]).toArray();
      return new Weights(stride, shifted, count, fixed);
    }
  }
}

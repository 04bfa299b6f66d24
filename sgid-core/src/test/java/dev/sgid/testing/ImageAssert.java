package dev.sgid.testing;

import java.awt.image.BufferedImage;
import org.assertj.core.api.AbstractAssert;
import org.jspecify.annotations.Nullable;

/** Asserts about a picture; a complaint names the first pixel that differs. */
public final class ImageAssert extends AbstractAssert<ImageAssert, BufferedImage> {
  private ImageAssert(@Nullable BufferedImage actual) {
    super(actual, ImageAssert.class);
  }

  /** Starts an assertion about {@code actual}. */
  public static ImageAssert assertThatImage(@Nullable BufferedImage actual) {
    return new ImageAssert(actual);
  }

  /** The picture has this size. */
  public ImageAssert hasSize(int width, int height) {
    isNotNull();
    if (actual.getWidth() != width || actual.getHeight() != height) {
      failWithMessage(
          "Expected a picture of %dx%d, is %dx%d",
          width, height, actual.getWidth(), actual.getHeight());
    }
    return this;
  }

  /** The picture has the size and the very pixels of {@code expected}. */
  public ImageAssert hasPixelsOf(BufferedImage expected) {
    return isWithin(0).of(expected);
  }

  /** The picture differs from {@code other} in size or in a pixel. */
  public ImageAssert hasOtherPixelsThan(BufferedImage other) {
    isNotNull();
    if (difference(other, 0) == null) {
      failWithMessage("Expected another picture, is the same in every pixel");
    }
    return this;
  }

  /** Begins a comparison that lets each 8-bit channel differ by up to {@code levels}. */
  public Within isWithin(int levels) {
    isNotNull();
    return new Within(levels);
  }

  /** A comparison with a tolerance. */
  public final class Within {
    private final int levels;

    private Within(int levels) {
      this.levels = levels;
    }

    /** The picture has the size of {@code expected}, and its pixels within the tolerance. */
    public ImageAssert of(BufferedImage expected) {
      hasSize(expected.getWidth(), expected.getHeight());
      String difference = difference(expected, levels);
      if (difference != null) {
        failWithMessage(difference);
      }
      return ImageAssert.this;
    }
  }

  /** Tells the first pixel that differs by more than {@code levels}, row by row; null for none. */
  private @Nullable String difference(BufferedImage expected, int levels) {
    if (actual.getWidth() != expected.getWidth() || actual.getHeight() != expected.getHeight()) {
      return "The sizes differ";
    }
    String first = null;
    int differing = 0;
    int worst = 0;
    for (int y = 0; y < actual.getHeight(); y++) {
      for (int x = 0; x < actual.getWidth(); x++) {
        int is = actual.getRGB(x, y);
        int shall = expected.getRGB(x, y);
        int distance = distance(is, shall);
        worst = Math.max(worst, distance);
        if (distance > levels) {
          differing++;
          if (first == null) {
            first =
                String.format(
                    "Pixel (x=%d, y=%d) is ARGB %08x, expected %08x within %d levels",
                    x, y, is, shall, levels);
          }
        }
      }
    }
    return first == null
        ? null
        : String.format("%s; %d pixels differ, the worst by %d", first, differing, worst);
  }

  private static int distance(int argb0, int argb1) {
    int most = 0;
    for (int shift = 0; shift < 32; shift += 8) {
      most = Math.max(most, Math.abs((argb0 >>> shift & 0xff) - (argb1 >>> shift & 0xff)));
    }
    return most;
  }
}

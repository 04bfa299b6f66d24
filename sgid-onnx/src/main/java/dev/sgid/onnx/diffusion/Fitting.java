package dev.sgid.onnx.diffusion;

import dev.sgid.Fit;
import dev.sgid.OutputSize;
import dev.sgid.Size;
import dev.sgid.internal.RgbImage;
import dev.sgid.onnx.internal.image.PillowResize;
import dev.sgid.onnx.internal.image.ReflectPad;
import org.jspecify.annotations.Nullable;

/**
 * Makes pictures fit a model and undoes it: scaling to about the area the model was trained on,
 * then padding by reflection to a multiple that its layers can halve. Immutable.
 *
 * @param nativeArea the area, in pixels, that the model was trained on
 * @param multiple what width and height must be multiples of
 * @param fixed the only size that the model's graphs take; null where they take any
 */
record Fitting(long nativeArea, int multiple, @Nullable Size fixed) {
  private static final double LEFT_ALONE = 1.5; // up to this many times larger or smaller

  /** For graphs that take any size. */
  Fitting(long nativeArea, int multiple) {
    this(nativeArea, multiple, null);
  }

  /** The same for graphs that take one size alone; null where they take any. */
  Fitting fixedTo(@Nullable Size size) {
    return new Fitting(nativeArea, multiple, size);
  }

  /**
   * How a picture is made to fit.
   *
   * @param wanted the size to scale it to; null to let its area decide
   */
  Fit fit(Size original, @Nullable Size wanted) {
    Size own = fixed != null ? fixed : scaled(original);
    Size scaled = wanted != null ? wanted : own;
    int right = padding(scaled.width());
    int bottom = padding(scaled.height());
    return new Fit(scaled, right / 2, bottom / 2, right - right / 2, bottom - bottom / 2);
  }

  /** Whether pictures of a size that was asked for can be made. */
  boolean takes(Size wanted) {
    return fixed == null || fit(wanted, wanted).padded().equals(fixed);
  }

  private Size scaled(Size original) {
    double ratio = (double) nativeArea / original.area();
    if (ratio <= LEFT_ALONE && ratio >= 1 / LEFT_ALONE) {
      return original;
    }
    double scale = Math.sqrt(ratio);
    return new Size(
        (int) Math.max(1, Math.rint(original.width() * scale)),
        (int) Math.max(1, Math.rint(original.height() * scale)));
  }

  private int padding(int length) {
    return Math.floorMod(-length, multiple);
  }

  /** Scales and pads. */
  static RgbImage apply(Fit fit, RgbImage image) {
    RgbImage scaled = resize(image, fit.scaled());
    return ReflectPad.pad(scaled, fit.left(), fit.top(), fit.right(), fit.bottom());
  }

  /** Crops and scales back, where that is wanted. */
  static RgbImage undo(Fit fit, RgbImage generated, Size original, OutputSize wanted) {
    if (wanted == OutputSize.GENERATED) {
      return generated;
    }
    Size scaled = fit.scaled();
    RgbImage cropped = generated.crop(fit.left(), fit.top(), scaled.width(), scaled.height());
    return resize(cropped, original);
  }

  private static RgbImage resize(RgbImage image, Size size) {
    return image.width() == size.width() && image.height() == size.height()
        ? image
        : PillowResize.resize(image, size.width(), size.height(), PillowResize.Filter.LANCZOS);
  }
}

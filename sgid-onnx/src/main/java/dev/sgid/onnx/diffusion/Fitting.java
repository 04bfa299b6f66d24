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
 */
record Fitting(long nativeArea, int multiple) {
  private static final double LEFT_ALONE = 1.5; // up to this many times larger or smaller

  /**
   * How a picture is made to fit.
   *
   * @param wanted the size to scale it to; null to let its area decide
   */
  Fit fit(Size original, @Nullable Size wanted) {
    Size scaled = wanted != null ? wanted : scaled(original);
    int right = padding(scaled.width());
    int bottom = padding(scaled.height());
    return new Fit(scaled, right / 2, bottom / 2, right - right / 2, bottom - bottom / 2);
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

package dev.sgid.nd4j;

/**
 * What the 8-bit values 0 to 255 of a picture become in an array of floats. A network that was
 * trained before wants what it was trained with.
 */
@SuppressWarnings("ImmutableEnumChecker") // does not know that a record of numbers is
public enum PixelRange {
  /** As they are, 0 to 255. */
  ZERO_TO_255(1, Rgb.of(0), Rgb.of(1)),

  /** {@code v / 255}, 0 to 1. */
  ZERO_TO_ONE(255, Rgb.of(0), Rgb.of(1)),

  /** {@code 2 (v / 255) - 1}, -1 to 1, as diffusion models take it. */
  MINUS_ONE_TO_ONE(255, Rgb.of(0.5), Rgb.of(0.5)),

  /**
   * {@code (v / 255 - mean) / std} by channel, of ImageNet's images, as torchvision's networks take
   * it: mean 0.485, 0.456, 0.406 and standard deviation 0.229, 0.224, 0.225.
   */
  IMAGENET(255, new Rgb(0.485, 0.456, 0.406), new Rgb(0.229, 0.224, 0.225)),

  /**
   * {@code (v / 255 - mean) / std} by channel, as CLIP's image towers take it: mean 0.48145466,
   * 0.4578275, 0.40821073 and standard deviation 0.26862954, 0.26130258, 0.27577711.
   */
  CLIP(
      255, new Rgb(0.48145466, 0.4578275, 0.40821073), new Rgb(0.26862954, 0.26130258, 0.27577711));

  private final double scale;
  private final Rgb mean;
  private final Rgb deviation;

  PixelRange(double scale, Rgb mean, Rgb deviation) {
    this.scale = scale;
    this.mean = mean;
    this.deviation = deviation;
  }

  /** A number for each channel. */
  private record Rgb(double red, double green, double blue) {
    static Rgb of(double each) {
      return new Rgb(each, each, each);
    }

    double at(int channel) {
      return channel == 0 ? red : channel == 1 ? green : blue;
    }
  }

  float toFloat(int channel, int value) {
    return (float) ((value / scale - mean.at(channel)) / deviation.at(channel));
  }

  /** The inverse of {@link #toFloat}, neither rounded nor clipped. */
  double toLevel(int channel, float value) {
    return (value * deviation.at(channel) + mean.at(channel)) * scale;
  }
}

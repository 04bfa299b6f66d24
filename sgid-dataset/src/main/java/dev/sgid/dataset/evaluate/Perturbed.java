package dev.sgid.dataset.evaluate;

import dev.sgid.internal.RgbImage;
import java.awt.Rectangle;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * An image perturbed at random, with torchvision's distributions; which numbers are drawn is Java's
 * matter.
 *
 * @param image the result
 * @param how what was drawn, in a few words
 */
record Perturbed(RgbImage image, String how) {
  private static final int TRIES = 10;
  private static final double LEAST_AREA = 0.08;
  private static final double LEAST_RATIO = 3.0 / 4;
  private static final double LIGHT = 0.4; // brightness, contrast and saturation
  private static final double HUE = 0.1;

  /**
   * {@code RandomResizedCrop(scale=(0.08, 1), ratio=(3/4, 4/3))}, then {@code
   * RandomHorizontalFlip}.
   */
  static Perturbed flipAndCrop(RgbImage image, Random random) {
    Rectangle crop = crop(image.width(), image.height(), random);
    RgbImage cropped = Perturbations.croppedAndResized(image, crop);
    boolean flip = random.nextBoolean();
    return new Perturbed(
        flip ? Perturbations.flipped(cropped) : cropped,
        String.format(
            Locale.ROOT,
            "%.0f%% of it%s",
            100.0 * crop.width * crop.height / ((double) image.width() * image.height()),
            flip ? ", flipped" : ""));
  }

  static Rectangle crop(int width, int height, Random random) {
    for (int i = 0; i < TRIES; i++) {
      double area = width * (double) height * between(LEAST_AREA, 1, random);
      double ratio = Math.exp(between(Math.log(LEAST_RATIO), -Math.log(LEAST_RATIO), random));
      int w = (int) Math.rint(Math.sqrt(area * ratio));
      int h = (int) Math.rint(Math.sqrt(area / ratio));
      if (w > 0 && w <= width && h > 0 && h <= height) {
        int top = random.nextInt(height - h + 1);
        return new Rectangle(random.nextInt(width - w + 1), top, w, h);
      }
    }
    int w = Math.min(width, (int) Math.rint(height / LEAST_RATIO)); // the middle
    int h = Math.min(height, (int) Math.rint(width / LEAST_RATIO));
    return new Rectangle((width - w) / 2, (height - h) / 2, w, h);
  }

  /** {@code ColorJitter(brightness=0.4, contrast=0.4, saturation=0.4, hue=0.1)}, in any order. */
  static Perturbed colorJitter(RgbImage image, Random random) {
    List<Integer> order = new ArrayList<>(List.of(0, 1, 2, 3));
    Collections.shuffle(order, random);
    double brightness = between(1 - LIGHT, 1 + LIGHT, random);
    double contrast = between(1 - LIGHT, 1 + LIGHT, random);
    double saturation = between(1 - LIGHT, 1 + LIGHT, random);
    double hue = between(-HUE, HUE, random);
    RgbImage jittered = image;
    for (int what : order) {
      jittered =
          switch (what) {
            case 0 -> Perturbations.brightness(jittered, brightness);
            case 1 -> Perturbations.contrast(jittered, contrast);
            case 2 -> Perturbations.saturation(jittered, saturation);
            default -> Perturbations.hue(jittered, hue);
          };
    }
    return new Perturbed(
        jittered,
        String.format(
            Locale.ROOT,
            "brightness %.2f, contrast %.2f, saturation %.2f, hue %+.2f",
            brightness,
            contrast,
            saturation,
            hue));
  }

  /** {@code MixUp(alpha=1)}: lambda is as likely anywhere in [0, 1]. */
  static Perturbed mixup(RgbImage image, RgbImage other, Random random) {
    double lambda = random.nextDouble();
    return new Perturbed(Perturbations.mixup(image, other, lambda), mixed(lambda));
  }

  /** {@code CutMix(alpha=1)}: the share of the image is what the box leaves of it. */
  static Perturbed cutmix(RgbImage image, RgbImage other, Random random) {
    int width = image.width();
    int height = image.height();
    double half = 0.5 * Math.sqrt(1 - random.nextDouble());
    int x = random.nextInt(width);
    int y = random.nextInt(height);
    int left = Math.max(0, x - (int) (half * width));
    int top = Math.max(0, y - (int) (half * height));
    int right = Math.min(width, x + (int) (half * width));
    int bottom = Math.min(height, y + (int) (half * height));
    Rectangle box = new Rectangle(left, top, right - left, bottom - top);
    return new Perturbed(
        Perturbations.cutmix(image, other, box),
        mixed(1 - (double) box.width * box.height / ((double) width * height)));
  }

  private static String mixed(double share) {
    return String.format(Locale.ROOT, "%.0f%% of it", 100 * share);
  }

  private static double between(double least, double most, Random random) {
    return least + (most - least) * random.nextDouble();
  }
}

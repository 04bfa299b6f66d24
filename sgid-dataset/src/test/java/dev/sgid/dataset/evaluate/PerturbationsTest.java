package dev.sgid.dataset.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sgid.internal.RgbImage;
import java.awt.Rectangle;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** Expected levels are those of torchvision 0.29's functions of the same names. */
class PerturbationsTest {
  private static final RgbImage IMAGE =
      image(3, 2, 5, 25, 59, 107, 169, 245, 79, 183, 45, 177, 67, 227, 145, 77, 23, 239, 213, 201);

  private static RgbImage image(int width, int height, int... levels) {
    byte[] rgb = new byte[levels.length];
    for (int i = 0; i < levels.length; i++) {
      rgb[i] = (byte) levels[i];
    }
    return new RgbImage(width, height, rgb);
  }

  private static void assertLevels(RgbImage image, int... expected) {
    assertThat(levels(image)).containsExactly(expected);
  }

  private static int[] levels(RgbImage image) {
    return IntStream.range(0, image.rgb().length).map(i -> image.rgb()[i] & 0xff).toArray();
  }

  @Test
  void flipped_isTorchvisions() {
    assertLevels(
        Perturbations.flipped(IMAGE),
        79,
        183,
        45,
        107,
        169,
        245,
        5,
        25,
        59,
        239,
        213,
        201,
        145,
        77,
        23,
        177,
        67,
        227);
  }

  @Test
  void croppedAndResized_isTorchvisions() {
    assertLevels(
        Perturbations.croppedAndResized(IMAGE, new Rectangle(1, 0, 2, 2)),
        107,
        169,
        245,
        93,
        176,
        145,
        79,
        183,
        45,
        145,
        77,
        23,
        192,
        145,
        112,
        239,
        213,
        201);
    assertLevels(
        Perturbations.croppedAndResized(IMAGE, new Rectangle(0, 1, 2, 1)),
        177,
        67,
        227,
        161,
        72,
        125,
        145,
        77,
        23,
        177,
        67,
        227,
        161,
        72,
        125,
        145,
        77,
        23);
  }

  @Test
  void brightness_isTorchvisions() {
    assertLevels(
        Perturbations.brightness(IMAGE, 1.3),
        6,
        32,
        76,
        139,
        219,
        255,
        102,
        237,
        58,
        230,
        87,
        255,
        188,
        100,
        29,
        255,
        255,
        255);
    assertLevels(
        Perturbations.brightness(IMAGE, 0.7),
        3,
        17,
        41,
        74,
        118,
        171,
        55,
        128,
        31,
        123,
        46,
        158,
        101,
        53,
        16,
        167,
        149,
        140);
  }

  @Test
  void contrast_isTorchvisions() {
    assertLevels(
        Perturbations.contrast(IMAGE, 1.3),
        0,
        0,
        39,
        101,
        182,
        255,
        65,
        200,
        21,
        192,
        49,
        255,
        151,
        62,
        0,
        255,
        239,
        224);
    assertLevels(
        Perturbations.contrast(IMAGE, 0.6),
        52,
        64,
        85,
        113,
        151,
        196,
        97,
        159,
        76,
        155,
        89,
        185,
        136,
        95,
        63,
        193,
        177,
        170);
  }

  @Test
  void saturation_isTorchvisions() {
    assertLevels(
        Perturbations.saturation(IMAGE, 1.4),
        0,
        26,
        73,
        86,
        172,
        255,
        56,
        201,
        8,
        200,
        46,
        255,
        166,
        71,
        0,
        247,
        210,
        193);
    assertLevels(
        Perturbations.saturation(IMAGE, 0.2),
        18,
        22,
        29,
        148,
        161,
        176,
        124,
        145,
        117,
        129,
        107,
        139,
        101,
        88,
        77,
        223,
        217,
        215);
  }

  @Test
  void hue_isTorchvisions() {
    assertLevels(
        Perturbations.hue(IMAGE, 0.1),
        17,
        5,
        59,
        128,
        107,
        245,
        45,
        183,
        94,
        227,
        67,
        181,
        140,
        145,
        23,
        239,
        236,
        201);
    assertLevels(
        Perturbations.hue(IMAGE, -0.1),
        5,
        57,
        59,
        107,
        245,
        239,
        162,
        183,
        45,
        81,
        67,
        227,
        145,
        23,
        42,
        239,
        201,
        212);
    assertLevels(
        Perturbations.hue(IMAGE, 0.5),
        59,
        39,
        5,
        245,
        183,
        107,
        149,
        45,
        183,
        117,
        227,
        67,
        23,
        91,
        145,
        201,
        227,
        239);
  }

  @Test
  void hue_ofGray_isGray() {
    assertLevels(Perturbations.hue(image(2, 1, 0, 0, 0, 77, 77, 77), 0.3), 0, 0, 0, 77, 77, 77);
  }

  @Test
  void mixup_isTheWeightedMean() {
    RgbImage black = image(3, 2, new int[18]);
    assertLevels(Perturbations.mixup(IMAGE, black, 1), levels(IMAGE));
    assertThat(levels(Perturbations.mixup(IMAGE, black, 0.25))).startsWith(1, 6, 15, 27, 42, 61);
  }

  @Test
  void cutmix_showsTheOtherInTheBox() {
    RgbImage black = image(3, 2, new int[18]);
    assertLevels(
        Perturbations.cutmix(IMAGE, black, new Rectangle(1, 1, 2, 1)),
        5,
        25,
        59,
        107,
        169,
        245,
        79,
        183,
        45,
        177,
        67,
        227,
        0,
        0,
        0,
        0,
        0,
        0);
    assertLevels(Perturbations.cutmix(IMAGE, black, new Rectangle(0, 0, 0, 2)), levels(IMAGE));
  }

  @RepeatedTest(50)
  void perturbed_anySeed_staysInTheImage(RepetitionInfo run) {
    long seed = run.getCurrentRepetition(); // printed with the test's name
    Rectangle crop = Perturbed.crop(40, 30, new Random(seed));
    assertThat(new Rectangle(0, 0, 40, 30).contains(crop)).isTrue();
    assertThat(crop.width * crop.height).isBetween(80, 1200);
    assertThat((double) crop.width / crop.height).isBetween(0.65, 1.5); // rounded to whole pixels

    RgbImage black = image(3, 2, new int[18]);
    Perturbed cut = Perturbed.cutmix(IMAGE, black, new Random(seed));
    long kept = IntStream.range(0, 6).filter(i -> levels(cut.image())[3 * i] != 0).count();
    assertThat(cut.how()).isEqualTo(Math.round(100 * kept / 6.0) + "% of it");
    assertThat(Perturbed.colorJitter(IMAGE, new Random(seed)).image().rgb())
        .isEqualTo(Perturbed.colorJitter(IMAGE, new Random(seed)).image().rgb());
  }

  @Test
  void crop_ofAVeryWideImage_isItsMiddle() {
    Rectangle crop = Perturbed.crop(1000, 1, new Random(0));
    assertThat(crop.height).isEqualTo(1);
    assertThat(new Rectangle(0, 0, 1000, 1).contains(crop)).isTrue();
  }

  @Test
  void flipAndCrop_saysWhatItDid() {
    assertThat(
            Arrays.asList(
                Perturbed.flipAndCrop(IMAGE, new Random(1)).how(),
                Perturbed.flipAndCrop(IMAGE, new Random(4)).how()))
        .allMatch(how -> how.matches("\\d+% of it(, flipped)?"));
  }
}

package dev.sgid.dataset.internal.duplicate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sgid.internal.RgbImage;
import org.junit.jupiter.api.Test;

/** Numbers by numpy: {@code tools/reference/duplicates_reference.py}. */
class FingerprintTest {
  private final Fingerprint picture = Fingerprint.of(picture(50, 37, 0, false));

  @Test
  void hash_picture_isThatOfTheReference() {
    assertThat(Long.toHexString(picture.hash())).isEqualTo("74abd42b54abf601");
  }

  @Test
  void likeness_largerPicture_isThatOfTheReference() {
    Fingerprint larger = Fingerprint.of(picture(90, 70, 0, false));

    assertThat(Long.toHexString(larger.hash())).isEqualTo("74ab54ab54abf601");
    assertThat(picture.likeness(larger)).isEqualTo(0.99959, within(2e-4));
    assertThat(larger.likeness(picture)).isEqualTo(picture.likeness(larger));
    assertThat(larger.identity()).isNotEqualTo(picture.identity());
  }

  @Test
  void likeness_otherPicture_isThatOfTheReference() {
    Fingerprint shifted = Fingerprint.of(picture(50, 37, 0.3, false));

    assertThat(Long.toHexString(shifted.hash())).isEqualTo("55ab55ab55ab5601");
    assertThat(picture.likeness(shifted)).isEqualTo(0.98506, within(2e-4));
  }

  @Test
  void likeness_otherColors_isThatOfTheReference() {
    assertThat(picture.likeness(Fingerprint.of(picture(50, 37, 0, true))))
        .isEqualTo(0.76347, within(5e-4));
  }

  @Test
  void likeness_singleGray_isLikeNothing() {
    Fingerprint gray = Fingerprint.of(new RgbImage(20, 10, new byte[600]));

    assertThat(gray.likeness(gray)).isZero();
    assertThat(gray.likeness(picture)).isZero();
  }

  @Test
  void of_singlePixel_hasAFingerprint() {
    Fingerprint pixel = Fingerprint.of(new RgbImage(1, 1, new byte[] {1, 2, 3}));

    assertThat(pixel.width()).isEqualTo(1);
    assertThat(pixel.identity()).hasSize(64);
  }

  private static RgbImage picture(int width, int height, double shift, boolean swapped) {
    byte[] rgb = new byte[3 * width * height];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        double u = (double) x / width;
        double v = (double) y / height;
        int at = 3 * (y * width + x);
        rgb[at + (swapped ? 2 : 0)] = (byte) (128 + 100 * Math.sin(5 * u + 3 * v * v + shift));
        rgb[at + 1] = (byte) (128 + 90 * Math.cos(4 * v - 2 * u * v));
        rgb[at + (swapped ? 0 : 2)] = (byte) (128 + 80 * Math.sin(9 * u * v + 1));
      }
    }
    return new RgbImage(width, height, rgb);
  }
}

package dev.sgid;

import static dev.sgid.testing.ImageAssert.assertThatImage;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sgid.testing.TestImages;
import java.awt.image.BufferedImage;
import org.junit.jupiter.api.Test;

class ImageAssertTest {
  private final BufferedImage image = TestImages.gradient(7, 5, 10);

  @Test
  void hasPixelsOf_copy_passes() {
    assertThatImage(TestImages.copy(image)).hasPixelsOf(image).hasSize(7, 5);
  }

  @Test
  void hasPixelsOf_twoPixelsOff_namesTheFirstAndCountsThem() {
    BufferedImage other = TestImages.copy(image);
    other.setRGB(3, 2, image.getRGB(3, 2) + 4);
    other.setRGB(0, 4, image.getRGB(0, 4) + 2);

    assertThatExceptionOfType(AssertionError.class)
        .isThrownBy(() -> assertThatImage(other).hasPixelsOf(image))
        .withMessage(
            "Pixel (x=3, y=2) is ARGB ff7f7f0e, expected ff7f7f0a within 0 levels;"
                + " 2 pixels differ, the worst by 4");
  }

  @Test
  void isWithin_worstDifference_passesAndOneLessFails() {
    BufferedImage other = TestImages.copy(image);
    other.setRGB(3, 2, image.getRGB(3, 2) + 4);

    assertThatImage(other).isWithin(4).of(image).hasOtherPixelsThan(image);
    assertThatExceptionOfType(AssertionError.class)
        .isThrownBy(() -> assertThatImage(other).isWithin(3).of(image));
  }

  @Test
  void hasSize_otherSize_namesBoth() {
    assertThatExceptionOfType(AssertionError.class)
        .isThrownBy(() -> assertThatImage(image).hasSize(5, 7))
        .withMessage("Expected a picture of 5x7, is 7x5");
  }

  @Test
  void hasOtherPixelsThan_copy_fails() {
    assertThatExceptionOfType(AssertionError.class)
        .isThrownBy(() -> assertThatImage(image).hasOtherPixelsThan(TestImages.copy(image)))
        .withMessage("Expected another picture, is the same in every pixel");
  }
}

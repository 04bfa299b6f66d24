package dev.sgid.dataset.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import dev.sgid.Size;
import dev.sgid.internal.RgbImage;
import java.awt.image.BufferedImage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SmallPictureTest {
  /** {@code (31 i + 7) mod 256} over (height, width, 3). */
  private static RgbImage image(int width, int height) {
    byte[] rgb = new byte[3 * width * height];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (31 * i + 7);
    }
    return new RgbImage(width, height, rgb);
  }

  private static int[] scaled(Size size) {
    byte[] rgb = SmallPicture.scaled(image(5, 3), size).rgb();
    return IntStream.range(0, rgb.length).map(i -> rgb[i] & 0xff).toArray();
  }

  /** As numpy has it: the levels times the shares of the area, in rows and in columns. */
  @Test
  void scaled_down_isTheMeanOverTheArea() {
    assertThat(scaled(new Size(2, 2)))
        .containsExactly(100, 131, 128, 118, 115, 146, 105, 136, 133, 124, 121, 152);
  }

  @Test
  void scaled_up_isTheMeanOverTheArea() {
    assertThat(scaled(new Size(7, 4)))
        .startsWith(7, 38, 69, 63, 94, 125, 119, 150, 181, 193, 224, 255, 63, 94, 125)
        .endsWith(173, 204, 235, 127, 158, 189, 29, 60, 91);
  }

  @Test
  void size_ofALargeOriginal_hasASideOf224() {
    assertThat(size(28, 28)).isEqualTo(new Size(28, 28));
    assertThat(size(224, 100)).isEqualTo(new Size(224, 100));
    assertThat(size(640, 480)).isEqualTo(new Size(224, 168));
    assertThat(size(1, 3000)).isEqualTo(new Size(1, 224));
  }

  private static Size size(int width, int height) {
    return SmallPicture.size(new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB));
  }

  @Test
  void distance_ofBlackAndWhite_isOne() {
    SmallPicture black = new SmallPicture(new byte[6]);
    SmallPicture white = new SmallPicture(new byte[] {-1, -1, -1, -1, -1, -1});
    SmallPicture half = new SmallPicture(new byte[] {-1, -1, -1, 0, 0, 0});

    assertThat(black.distance(white)).isEqualTo(1);
    assertThat(black.distance(black)).isZero();
    assertThat(black.distance(half)).isCloseTo(Math.sqrt(0.5), offset(1e-12));
  }
}

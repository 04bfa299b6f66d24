package dev.sgid.nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class ImageArraysTest {
  private static final ImageArrays CHANNELS_FIRST =
      new ImageArrays(PixelLayout.NCHW, PixelRange.ZERO_TO_255);
  private static final ImageArrays CHANNELS_LAST =
      new ImageArrays(PixelLayout.NHWC, PixelRange.ZERO_TO_255);

  static Stream<Arguments> layoutsAndRanges() {
    return Arrays.stream(PixelLayout.values())
        .flatMap(
            layout -> Arrays.stream(PixelRange.values()).map(range -> Arguments.of(layout, range)));
  }

  @ParameterizedTest
  @MethodSource("layoutsAndRanges")
  void toImages_ofToArray_givesTheSamePixels(PixelLayout layout, PixelRange range) {
    ImageArrays arrays = new ImageArrays(layout, range);
    List<BufferedImage> images = List.of(Pictures.noise(19, 17, 1), Pictures.noise(19, 17, 2));
    try (INDArray array = arrays.toArray(images)) {
      List<BufferedImage> back = arrays.toImages(array);
      assertThat(back).hasSize(2);
      for (int i = 0; i < 2; i++) {
        assertThat(Pictures.pixels(back.get(i))).isEqualTo(Pictures.pixels(images.get(i)));
      }
    }
  }

  @Test
  void toArray_nchw_putsChannelsBeforeRows() {
    BufferedImage image = new BufferedImage(3, 2, BufferedImage.TYPE_INT_RGB);
    image.setRGB(2, 1, 0x0a141e);
    try (INDArray array = CHANNELS_FIRST.toArray(image)) {
      assertThat(array.shape()).containsExactly(1, 3, 2, 3);
      assertThat(array.dataType()).isEqualTo(DataType.FLOAT);
      assertThat(array.getFloat(0, 0, 1, 2)).isEqualTo(10);
      assertThat(array.getFloat(0, 1, 1, 2)).isEqualTo(20);
      assertThat(array.getFloat(0, 2, 1, 2)).isEqualTo(30);
      assertThat(array.getFloat(0, 0, 0, 2)).isZero();
    }
  }

  @Test
  void toArray_nhwc_putsChannelsLast() {
    BufferedImage image = new BufferedImage(3, 2, BufferedImage.TYPE_INT_RGB);
    image.setRGB(2, 1, 0x0a141e);
    try (INDArray array = CHANNELS_LAST.toArray(image)) {
      assertThat(array.shape()).containsExactly(1, 2, 3, 3);
      assertThat(array.getFloat(0, 1, 2, 0)).isEqualTo(10);
      assertThat(array.getFloat(0, 1, 2, 2)).isEqualTo(30);
    }
  }

  @ParameterizedTest
  @EnumSource(PixelLayout.class)
  void toArray_blackAndWhite_areTheEndsOfTheRange(PixelLayout layout) {
    for (PixelRange range :
        List.of(PixelRange.ZERO_TO_255, PixelRange.ZERO_TO_ONE, PixelRange.MINUS_ONE_TO_ONE)) {
      ImageArrays arrays = new ImageArrays(layout, range);
      float black = range == PixelRange.MINUS_ONE_TO_ONE ? -1 : 0;
      float white = range == PixelRange.ZERO_TO_255 ? 255 : 1;
      try (INDArray dark = arrays.toArray(Pictures.plain(BufferedImage.TYPE_INT_RGB, 0));
          INDArray light = arrays.toArray(Pictures.plain(BufferedImage.TYPE_INT_RGB, -1))) {
        assertThat(dark.data().asFloat()).containsOnly(black);
        assertThat(light.data().asFloat()).containsOnly(white);
      }
    }
  }

  /** Expected values are those of torchvision's {@code normalize}. */
  @ParameterizedTest
  @CsvSource({
    "IMAGENET, 0, -2.1179039, -2.0357141, -1.8044444",
    "IMAGENET, 100, -0.4054286, -0.2850140, -0.0615250",
    "IMAGENET, 255, 2.2489083, 2.4285715, 2.6400001",
    "CLIP, 0, -1.7922626, -1.7520971, -1.4802198",
    "CLIP, 100, -0.3324199, -0.2513203, -0.0582132",
    "CLIP, 255, 1.9303361, 2.0748837, 2.1458969"
  })
  void toArray_meanAndDeviation_areThoseOfTheChannel(
      PixelRange range, int level, float red, float green, float blue) {
    BufferedImage image = Pictures.plain(BufferedImage.TYPE_INT_RGB, level * 0x010101);
    try (INDArray array = new ImageArrays(PixelLayout.NHWC, range).toArray(image)) {
      assertThat(array.getFloat(0)).isCloseTo(red, within(1e-6f));
      assertThat(array.getFloat(1)).isCloseTo(green, within(1e-6f));
      assertThat(array.getFloat(2)).isCloseTo(blue, within(1e-6f));
    }
  }

  @Test
  void toArray_gray_isTheRastersValueInAllChannels() {
    BufferedImage gray = new BufferedImage(1, 1, BufferedImage.TYPE_BYTE_GRAY);
    gray.getRaster().setSample(0, 0, 0, 101);
    try (INDArray array = CHANNELS_FIRST.toArray(gray)) {
      assertThat(array.data().asFloat()).containsExactly(101, 101, 101);
    }
  }

  @Test
  void toArray_transparent_isLaidOnWhite() {
    BufferedImage half = Pictures.plain(BufferedImage.TYPE_INT_ARGB, 0x80000000);
    try (INDArray array = CHANNELS_FIRST.toArray(half)) {
      assertThat(array.data().asFloat()).containsOnly(127);
    }
  }

  @Test
  void toArray_inAWorkspace_livesAsLongAsThat() {
    WorkspaceConfiguration configuration =
        WorkspaceConfiguration.builder().initialSize(1 << 20).build();
    BufferedImage image = Pictures.noise(4, 4, 3);
    try (MemoryWorkspace workspace =
        Nd4j.getWorkspaceManager().getAndActivateWorkspace(configuration, "test")) {
      INDArray array = CHANNELS_FIRST.toArray(image);
      assertThat(array.isAttached()).isTrue();
      assertThat(Pictures.pixels(CHANNELS_FIRST.toImages(array).get(0)))
          .isEqualTo(Pictures.pixels(image));
    }
  }

  @Test
  @SuppressWarnings("NullAway") // that is what it is about
  void arguments_null_areRefusedWithTheName() {
    assertThatThrownBy(() -> CHANNELS_FIRST.toArray((BufferedImage) null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("image");
    assertThatThrownBy(() -> CHANNELS_FIRST.toArray((List<BufferedImage>) null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("images");
    assertThatThrownBy(() -> CHANNELS_FIRST.toImages(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("array");
  }

  @Test
  void toArray_noImages_isRefused() {
    assertThatThrownBy(() -> CHANNELS_FIRST.toArray(List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("images must not be empty");
  }

  @Test
  void toArray_sizesDiffer_namesThePictures() {
    List<BufferedImage> images =
        List.of(Pictures.noise(4, 2, 1), Pictures.noise(4, 2, 1), Pictures.noise(4, 3, 1));
    assertThatThrownBy(() -> CHANNELS_FIRST.toArray(images))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Pictures must be of one size to share an array: picture 0 is 4x2, picture 2 is 4x3");
  }

  @Test
  void toImages_outOfRange_clipsAndRoundsHalvesToEven() {
    float[] values = {-3, 300, 0.5f, 1.5f, 2.5f, 254.6f};
    try (INDArray array = Nd4j.createFromArray(values);
        INDArray pixels = array.reshape(1, 1, 2, 3)) {
      assertThat(Pictures.pixels(CHANNELS_LAST.toImages(pixels).get(0)))
          .containsExactly(0x00ff00, 0x0202ff);
    }
  }

  @Test
  void toImages_otherTypeAndOrder_readsTheSamePixels() {
    BufferedImage image = Pictures.noise(16, 16, 4);
    try (INDArray array = CHANNELS_FIRST.toArray(image);
        INDArray bytes = array.castTo(DataType.UINT8);
        INDArray fortran = array.dup('f')) {
      INDArray channelsLast = array.permute(0, 2, 3, 1);
      for (BufferedImage back :
          List.of(
              CHANNELS_FIRST.toImages(bytes).get(0),
              CHANNELS_FIRST.toImages(fortran).get(0),
              CHANNELS_LAST.toImages(channelsLast).get(0))) {
        assertThat(Pictures.pixels(back)).isEqualTo(Pictures.pixels(image));
      }
      assertThat(array.wasClosed()).isFalse();
    }
  }

  @Test
  void toImages_otherShape_saysWhichIsWanted() {
    try (INDArray array = Nd4j.zeros(DataType.FLOAT, 1, 3, 4, 5)) {
      assertThatThrownBy(() -> CHANNELS_LAST.toImages(array))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("An array of pictures has the shape (n, h, w, 3), this one has [1, 3, 4, 5]");
    }
  }

  @Test
  void toImages_nan_isRefused() {
    try (INDArray array = Nd4j.zeros(DataType.FLOAT, 2, 3, 1, 1)) {
      array.putScalar(new int[] {1, 2, 0, 0}, Float.NaN);
      assertThatThrownBy(() -> CHANNELS_FIRST.toImages(array))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("Picture 1 of the array holds a NaN");
    }
  }

  @ParameterizedTest
  @MethodSource("layoutsAndRanges")
  void toArray_everyLevel_isWhereItBelongs(PixelLayout layout, PixelRange range) {
    for (int level = 0; level < 256; level++) {
      float expected = // of red
          switch (range) {
            case ZERO_TO_255 -> level;
            case ZERO_TO_ONE -> level / 255f;
            case MINUS_ONE_TO_ONE -> level / 127.5f - 1;
            case IMAGENET -> (level / 255f - 0.485f) / 0.229f;
            case CLIP -> (float) ((level / 255.0 - 0.48145466) / 0.26862954);
          };
      BufferedImage image = Pictures.plain(BufferedImage.TYPE_INT_RGB, level * 0x010101);
      try (INDArray array = new ImageArrays(layout, range).toArray(image)) {
        assertThat(array.getFloat(0)).isCloseTo(expected, within(1e-6f));
      }
    }
  }
}

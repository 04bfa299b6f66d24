package dev.sgid.onnx.internal.captioner;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageCaptionsTest {
  /** BLIP base's states are 1.8 MB an image, its keys and values 42.5 MB. */
  @ParameterizedTest
  @CsvSource({"4, 66560, 4", "4, 1772544, 4", "64, 1772544, 37", "4, 42541056, 1", "4, 0, 4"})
  void together_muchSeenOfAnImage_fewerImages(int batch, long bytes, int images) {
    assertThat(ImageCaptions.together(batch, bytes)).isEqualTo(images);
  }
}

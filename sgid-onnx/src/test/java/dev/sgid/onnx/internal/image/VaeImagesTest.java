package dev.sgid.onnx.internal.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import dev.sgid.internal.RgbImage;
import dev.sgid.onnx.reference.Golden;
import java.nio.FloatBuffer;
import org.junit.jupiter.api.Test;

class VaeImagesTest {
  private static final JsonObject GOLDEN =
      Golden.read("image/processors.json.gz").getAsJsonObject("vae");

  @Test
  void toTensor_picture_equalsDiffusers() {
    float[] expected = Golden.floats(GOLDEN.get("tensor"));
    FloatBuffer tensor = FloatBuffer.allocate(expected.length);

    VaeImages.toTensor(Pictures.of("noise", 31, 9), tensor);

    assertThat(tensor.array()).containsExactly(expected, within(1e-6f));
  }

  @Test
  void toImage_halvesAndValuesOutOfRange_equalsDiffusers() {
    long[] size = Golden.longs(GOLDEN.get("odd_size"));
    float[] odd = Golden.floats(GOLDEN.get("odd"));

    RgbImage image = VaeImages.toImage(FloatBuffer.wrap(odd), (int) size[0], (int) size[1]);

    assertThat(Pictures.firstDifference(Golden.bytes(GOLDEN.get("odd_pixels")), image)).isEmpty();
  }

  @Test
  void toImage_ofItsTensor_isThePicture() {
    RgbImage picture = Pictures.of("gradient", 256, 3);
    FloatBuffer tensor = FloatBuffer.allocate(3 * 256 * 3 + 7).position(7);

    VaeImages.toTensor(picture, tensor);

    assertThat(VaeImages.toImage(tensor, 256, 3).rgb()).isEqualTo(picture.rgb());
  }
}

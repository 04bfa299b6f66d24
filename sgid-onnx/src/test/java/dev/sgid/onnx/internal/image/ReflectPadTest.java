package dev.sgid.onnx.internal.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.gson.JsonObject;
import dev.sgid.internal.RgbImage;
import dev.sgid.onnx.reference.Golden;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ReflectPadTest {
  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void pad_anySide_equalsNumpy(String name, JsonObject golden) {
    long[] from = Golden.longs(golden.get("from"));
    long[] by = Golden.longs(golden.get("pad"));
    RgbImage image = Pictures.of("noise", (int) from[0], (int) from[1]);

    RgbImage padded = ReflectPad.pad(image, (int) by[0], (int) by[1], (int) by[2], (int) by[3]);

    assertThat(padded.width()).isEqualTo((int) (from[0] + by[0] + by[2]));
    assertThat(Pictures.firstDifference(Golden.bytes(golden.get("pixels")), padded))
        .as(name)
        .isEmpty();
  }

  static Stream<Arguments> cases() {
    return Golden.objects(Golden.read("image/processors.json.gz").get("reflections")).stream()
        .map(c -> Arguments.of(c.get("from") + " by " + c.get("pad"), c));
  }

  @Test
  void pad_byNothing_givesThePictureItself() {
    RgbImage image = Pictures.of("noise", 5, 4);

    assertThat(ReflectPad.pad(image, 0, 0, 0, 0)).isSameAs(image);
  }

  @Test
  void pad_negative_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ReflectPad.pad(Pictures.of("noise", 5, 4), 0, 0, -1, 0))
        .withMessage("Padding must be at least 0, is left 0, top 0, right -1, bottom 0");
  }
}

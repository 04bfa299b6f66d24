package dev.sgid.onnx.internal.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.gson.JsonObject;
import dev.sgid.internal.RgbImage;
import dev.sgid.onnx.internal.image.PillowResize.Filter;
import dev.sgid.onnx.internal.image.PillowResize.Part;
import dev.sgid.onnx.reference.Golden;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PillowResizeTest {
  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void resize_upAndDown_equalsPillow(String name, JsonObject golden) throws Exception {
    long[] from = Golden.longs(golden.get("from"));
    long[] to = Golden.longs(golden.get("to"));
    RgbImage source = Pictures.of(golden.get("kind").getAsString(), (int) from[0], (int) from[1]);

    RgbImage resized =
        PillowResize.resize(
            source, (int) to[0], (int) to[1], Filter.valueOf(golden.get("filter").getAsString()));

    assertThat(resized.width()).isEqualTo((int) to[0]);
    assertThat(resized.height()).isEqualTo((int) to[1]);
    if (golden.has("pixels")) {
      assertThat(Pictures.firstDifference(Golden.bytes(golden.get("pixels")), resized))
          .as(name)
          .isEmpty();
    }
    assertThat(sha256(resized.rgb())).isEqualTo(golden.get("sha256").getAsString());
  }

  static Stream<Arguments> cases() {
    return Golden.objects(Golden.read("pillow/resize.json.gz").get("cases")).stream()
        .map(
            c ->
                Arguments.of(
                    "%s %s %s -> %s"
                        .formatted(
                            c.get("filter").getAsString(),
                            c.get("kind").getAsString(),
                            c.get("from"),
                            c.get("to")),
                    c));
  }

  private static String sha256(byte[] bytes) throws NoSuchAlgorithmException {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  @Test
  void resize_sameSize_givesThePictureItself() {
    RgbImage picture = Pictures.of("noise", 9, 4);

    assertThat(PillowResize.resize(picture, 9, 4, Filter.LANCZOS)).isSameAs(picture);
  }

  /** Of every size and filter that Pillow was asked for, a corner, a stripe and the middle. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void resize_part_isThatOfTheWhole(String name, JsonObject golden) {
    long[] from = Golden.longs(golden.get("from"));
    long[] to = Golden.longs(golden.get("to"));
    int width = (int) to[0];
    int height = (int) to[1];
    RgbImage source = Pictures.of(golden.get("kind").getAsString(), (int) from[0], (int) from[1]);
    Filter filter = Filter.valueOf(golden.get("filter").getAsString());
    RgbImage whole = PillowResize.resize(source, width, height, filter);
    Part[] parts = {
      new Part(width - 1, 0, 1, (height + 1) / 2),
      new Part(0, height / 2, width, height - height / 2),
      new Part(width / 3, height / 3, width - 2 * (width / 3), height - 2 * (height / 3))
    };

    for (Part part : parts) {
      RgbImage cut = PillowResize.resize(source, width, height, filter, part);

      assertThat(cut.width()).isEqualTo(part.width());
      assertThat(cut.height()).isEqualTo(part.height());
      assertThat(cut.rgb())
          .as("%s, %s", name, part)
          .isEqualTo(whole.crop(part.x(), part.y(), part.width(), part.height()).rgb());
    }
  }

  @Test
  void resize_partOfWhatNoArrayHolds_isMade() {
    RgbImage thin = Pictures.of("noise", 1, 100_000);

    RgbImage cut =
        PillowResize.resize(
            thin, 224, 22_400_000, Filter.BICUBIC, new Part(0, 11_199_888, 224, 224));

    assertThat(cut.width()).isEqualTo(224);
    assertThat(cut.height()).isEqualTo(224);
  }

  @Test
  void resize_toNothing_isRefused() {
    RgbImage picture = Pictures.of("noise", 9, 4);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> PillowResize.resize(picture, 0, 4, Filter.BOX))
        .withMessage("Can't resize to 0x4 pixels");
  }
}

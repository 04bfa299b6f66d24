package dev.sgid.dataset;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.sgid.internal.RgbImage;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Files and what Pillow shows of them, as {@code tools/reference/pictures_reference.py} writes. */
class PicturesTest {
  private static final List<JsonObject> CASES = cases();

  /** Rounding of color arithmetic; whatever is wrong is further off, or turned. */
  private static final int LEVELS = 1;

  private final ImageDecoder decoder = new ImageDecoder();

  @ParameterizedTest(name = "{0}")
  @MethodSource("shown")
  void decode_file_showsWhatPillowShows(String name, JsonObject golden) throws IOException {
    RgbImage image = RgbImage.of(decoder.decode(bytes(golden, "file")));

    assertThat(image.width() + "x" + image.height())
        .isEqualTo(golden.get("width") + "x" + golden.get("height"));
    assertThat(firstDifference(bytes(golden, "pixels"), image)).as(name).isEmpty();
  }

  private static String firstDifference(byte[] expected, RgbImage image) {
    for (int i = 0; i < expected.length; i++) {
      int should = expected[i] & 0xff;
      int is = image.rgb()[i] & 0xff;
      if (Math.abs(should - is) > LEVELS) {
        int pixel = i / 3;
        return "band %d of (%d, %d) is %d, not %d"
            .formatted(i % 3, pixel % image.width(), pixel / image.width(), is, should);
      }
    }
    return "";
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refused")
  void decode_whatCannotBeShown_isRefusedByName(String name, JsonObject golden) {
    assertThatThrownBy(() -> decoder.decode(bytes(golden, "file")))
        .as(name)
        .isInstanceOf(IOException.class)
        .message()
        .containsPattern(Pattern.compile(golden.get("refused").getAsString()));
  }

  @Test
  void cases_ofEveryGroup_areThere() {
    assertThat(CASES)
        .extracting(golden -> golden.get("group").getAsString())
        .contains("orientation", "profile", "jpeg", "png", "tiff", "other");
  }

  static Stream<Arguments> shown() {
    return arguments(true);
  }

  static Stream<Arguments> refused() {
    return arguments(false);
  }

  private static Stream<Arguments> arguments(boolean shown) {
    return CASES.stream()
        .filter(golden -> golden.has("pixels") == shown)
        .map(golden -> Arguments.of(golden.get("name").getAsString(), golden));
  }

  private static byte[] bytes(JsonObject golden, String key) {
    return Base64.getDecoder().decode(golden.get(key).getAsString());
  }

  private static List<JsonObject> cases() {
    try (InputStream in =
            requireNonNull(PicturesTest.class.getResourceAsStream("pictures.json.gz"));
        InputStreamReader reader = new InputStreamReader(new GZIPInputStream(in), UTF_8)) {
      JsonObject root = JsonParser.parseReader(reader).getAsJsonObject();
      return StreamSupport.stream(root.getAsJsonArray("cases").spliterator(), false)
          .map(JsonElement::getAsJsonObject)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

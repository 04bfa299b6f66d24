package dev.sgid.dataset;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sgid.internal.RgbImage;
import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Files and what Pillow shows of them, as {@code tools/reference/pictures_reference.py} writes. */
class PicturesTest {
  private static final List<GoldenPicture> CASES = GoldenPicture.all("pictures.json.gz");

  private final ImageDecoder decoder = new ImageDecoder();

  @ParameterizedTest(name = "{0}")
  @MethodSource("shown")
  void decode_file_showsWhatPillowShows(GoldenPicture golden) throws IOException {
    assertThat(golden.difference(RgbImage.of(decoder.decode(golden.file())))).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refused")
  void decode_whatCannotBeShown_isRefusedByName(GoldenPicture golden) {
    assertThatThrownBy(() -> decoder.decode(golden.file()))
        .isInstanceOf(IOException.class)
        .message()
        .containsPattern(Pattern.compile(requireNonNull(golden.refused(), "refused")));
  }

  @Test
  void cases_ofEveryGroup_areThere() {
    assertThat(CASES)
        .extracting(GoldenPicture::group)
        .contains("orientation", "profile", "jpeg", "png", "tiff", "other");
  }

  static Stream<GoldenPicture> shown() {
    return CASES.stream().filter(golden -> golden.shown() != null);
  }

  static Stream<GoldenPicture> refused() {
    return CASES.stream().filter(golden -> golden.refused() != null);
  }
}

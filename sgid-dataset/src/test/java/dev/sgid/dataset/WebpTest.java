package dev.sgid.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sgid.internal.RgbImage;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** WebP files and what Pillow shows, as {@code tools/reference/webp_reference.py} writes them. */
class WebpTest {
  private static final List<GoldenPicture> CASES = GoldenPicture.all("webp.json.gz");

  private final ImageDecoder decoder = new ImageDecoder();

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void decode_webp_showsExactlyWhatPillowShows(GoldenPicture golden) throws IOException {
    assertThat(golden.difference(RgbImage.of(decoder.decode(golden.file())), 0)).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void decode_webpCutShort_saysSo(GoldenPicture golden) {
    byte[] cut = Arrays.copyOf(golden.file(), golden.file().length / 2);

    assertThatThrownBy(() -> decoder.decode(cut))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("can't be decoded as WEBP: ");
  }

  /** Whatever is wrong with a file, it is a failure of that file alone. */
  @ParameterizedTest
  @ValueSource(ints = {3, 7, 31})
  void decode_webpWithWrongBytes_failsAsAFileOrShowsAPicture(int step) {
    for (GoldenPicture golden : CASES) {
      byte[] wrong = golden.file();
      for (int i = 12 + step; i < wrong.length; i += 5 * step) {
        wrong[i] ^= (byte) (37 * step);
      }
      try {
        assertThat(decoder.decode(wrong).getWidth()).isPositive();
      } catch (IOException e) {
        assertThat(e).hasMessageNotContaining("Exception").message().isNotBlank();
      }
    }
  }

  static Stream<GoldenPicture> cases() {
    return CASES.stream();
  }
}

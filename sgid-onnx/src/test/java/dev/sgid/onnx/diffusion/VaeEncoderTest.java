package dev.sgid.onnx.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sgid.Device;
import dev.sgid.internal.RgbImage;
import dev.sgid.onnx.internal.JsonFile;
import dev.sgid.onnx.internal.runtime.Placement;
import dev.sgid.onnx.reference.TinyPacks;
import dev.sgid.testing.TestImages;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VaeEncoderTest {
  private static final int DRAWS = 400;
  private static final RgbImage IMAGE = RgbImage.of(TestImages.gradient(32, 32, 90));

  @TempDir static Path folder;

  private static VaeEncoder open(String... names) {
    Path pack =
        TinyPacks.assemble(folder.resolve(String.join("+", names)), names)
            .resolve("stable-diffusion");
    return VaeEncoder.open(
        pack.resolve("vae_encoder/model.onnx"),
        VaeConfig.of(
            JsonFile.read(pack.resolve("vae_decoder/config.json")), ModelFamily.FIRST_AND_SECOND),
        Placement.of(Device.CPU, 1));
  }

  private static Posterior moments() {
    try (VaeEncoder encoder = open("tiny-sd1")) {
      return encoder.encode(List.of(IMAGE)).get(0);
    }
  }

  @Test
  void encode_encoderGivesTheMode_isTheMean() {
    float[] moments = moments().values();
    try (VaeEncoder mode = open("tiny-sd1", "vae-encoder-mode")) {
      float[] latents = mode.encode(List.of(IMAGE)).get(0).values();

      assertThat(latents).hasSize(moments.length / 2);
      for (int i = 0; i < latents.length; i++) {
        assertThat(latents[i]).isCloseTo(moments[i], within(1e-5f));
      }
      assertThat(mode.isDeterministic()).isTrue();
    }
  }

  @Test
  void isDeterministic_encoderGivesMoments_nothingIsDrawnInside() {
    try (VaeEncoder encoder = open("tiny-sd1")) {
      assertThat(encoder.isDeterministic()).isTrue();
    }
  }

  @Test
  void isSame_exactly_everyBitCounts() {
    float[] latents = {10, -0.5f, Float.NaN};

    assertThat(VaeEncoder.isSame(latents, latents.clone(), 0)).isTrue();
    assertThat(VaeEncoder.isSame(latents, new float[] {10, Math.nextUp(-0.5f), Float.NaN}, 0))
        .isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "0.0001, 1e-5, true", // kernels that don't repeat
    "0.0001, 0.01, false", // a draw
    "0.0001, NaN, false",
    "0.01, 0.005, true" // of a float16 model
  })
  void isSame_upToRounding_tellsItFromADraw(float rounding, float difference, boolean same) {
    float[] again = {10 + difference, -0.5f - difference};

    assertThat(VaeEncoder.isSame(new float[] {10, -0.5f}, again, rounding)).isEqualTo(same);
  }

  /** Nobody can seed it, so only mean and spread can be compared. */
  @Test
  void encode_encoderDrawsInItsGraph_hasThePosteriorsMeanAndSpread() {
    float[] moments = moments().values();
    int size = moments.length / 2;
    double squaredDeviations = 0; // in units of what is expected of each
    double deviations = 0;
    try (VaeEncoder random = open("tiny-sd1", "vae-encoder-random")) {
      assertThat(random.isDeterministic()).isFalse();
      for (int draw = 0; draw < DRAWS; draw++) {
        float[] latents = random.encode(List.of(IMAGE)).get(0).values();
        for (int i = 0; i < size; i++) {
          double deviation = (latents[i] - moments[i]) / Math.exp(0.5 * moments[size + i]);
          deviations += deviation;
          squaredDeviations += deviation * deviation;
        }
      }
    }
    double n = (double) DRAWS * size; // the mean of n draws spreads by 1/sqrt(n); six of that
    assertThat(deviations / n).isCloseTo(0, within(6 / Math.sqrt(n)));
    assertThat(squaredDeviations / n).isCloseTo(1, within(6 * Math.sqrt(2 / n)));
  }
}

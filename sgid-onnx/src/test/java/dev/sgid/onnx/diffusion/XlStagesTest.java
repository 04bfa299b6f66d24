package dev.sgid.onnx.diffusion;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sgid.Device;
import dev.sgid.Size;
import dev.sgid.internal.RgbImage;
import dev.sgid.onnx.internal.runtime.Placement;
import dev.sgid.onnx.reference.Img2ImgGolden;
import dev.sgid.onnx.reference.TinyPacks;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the UNet of Stable Diffusion XL is given and gives, against diffusers' tensors. */
class XlStagesTest {
  private static final Offset<Float> BOUND = within(1e-4f);

  @TempDir Path folder;

  static List<Img2ImgGolden> traced() {
    return Img2ImgGolden.ofXl().stream().filter(golden -> !golden.traced().isEmpty()).toList();
  }

  private StableDiffusionModels open(List<String> pack) {
    return StableDiffusionModels.open(
        TinyPacks.assemble(folder, pack.toArray(new String[0])).resolve("stable-diffusion"),
        Placement.of(Device.CPU, 1));
  }

  private static Size size(Img2ImgGolden golden) {
    RgbImage image = RgbImage.of(golden.request().image());
    return new Size(image.width(), image.height());
  }

  private static PromptEncoder.Prompt[] prompts(StableDiffusionModels models, Img2ImgGolden of) {
    String negative = of.request().settings().negativePrompt();
    return new PromptEncoder.Prompt[] {
      models.complete(models.promptEncoder().unconditional(negative), size(of), 5),
      models.complete(models.promptEncoder().encode(of.request().prompt()), size(of), 5)
    };
  }

  private static float[] value(PromptEncoder.Prompt prompt, String name) {
    return requireNonNull(prompt.conditioning().values().get(name));
  }

  @ParameterizedTest
  @MethodSource("traced")
  void encode_twoEncoders_givesTheReferencesTensors(Img2ImgGolden golden) {
    try (StableDiffusionModels models = open(golden.pack())) {
      PromptEncoder.Prompt[] prompts = prompts(models, golden);
      String[][] names = {
        {"negativePromptEmbeddings", "negativePooled"}, {"promptEmbeddings", "pooled"}
      };
      float[] timeIds = golden.trace("timeIds"); // (2, 6)
      for (int i = 0; i < 2; i++) {
        assertThat(value(prompts[i], Conditioning.HIDDEN_STATES))
            .containsExactly(golden.trace(names[i][0]), BOUND);
        assertThat(value(prompts[i], Conditioning.TEXT_EMBEDS))
            .containsExactly(golden.trace(names[i][1]), BOUND);
        assertThat(value(prompts[i], Conditioning.TIME_IDS))
            .containsExactly(Arrays.copyOfRange(timeIds, 6 * i, 6 * i + 6));
      }
    }
  }

  /** One call of the UNet for one row, for both, and for both in another order. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void predict_firstStep_givesTheReferencesNoise(int count) {
    for (Img2ImgGolden golden : traced()) {
      try (StableDiffusionModels models = open(golden.pack())) {
        PromptEncoder.Prompt[] prompts = prompts(models, golden);
        float[] sample = golden.trace("unetSample"); // (2, 4, h, w)
        float[] expected = golden.trace("unetOutput");
        float timestep = golden.trace("unetTimestep")[0];
        Size size = size(golden);
        int factor = models.vaeConfig().factor();
        int length = sample.length / 2;
        try (NoisePredictor predictor =
            models.predictor(size.height() / factor, size.width() / factor)) {
          NoisePredictor.Rows rows = predictor.rows(count);
          for (int row = 0; row < count; row++) {
            int of = (row + count) % 2;
            rows.putConditioning(row, prompts[of].conditioning());
            rows.putLatents(
                row, Arrays.copyOfRange(sample, of * length, (of + 1) * length), 1, timestep);
          }
          rows.predict();
          for (int row = 0; row < count; row++) {
            int of = (row + count) % 2;
            float[] noise = new float[length];
            rows.get(row, noise);
            assertThat(noise)
                .containsExactly(
                    Arrays.copyOfRange(expected, of * length, (of + 1) * length), BOUND);
          }
        }
      }
    }
  }
}

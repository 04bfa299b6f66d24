package dev.sgid.onnx.diffusion;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sgid.Device;
import dev.sgid.Fit;
import dev.sgid.GenerationSettings;
import dev.sgid.Img2ImgFeed;
import dev.sgid.Img2ImgRequest;
import dev.sgid.Size;
import dev.sgid.internal.RgbImage;
import dev.sgid.onnx.internal.image.VaeImages;
import dev.sgid.onnx.internal.runtime.Placement;
import dev.sgid.onnx.reference.Img2ImgGolden;
import dev.sgid.onnx.reference.TinyPacks;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The tensors between the stages against diffusers': says which stage went wrong. */
class Img2ImgStagesTest {
  private static final Offset<Float> BOUND = within(1e-4f);

  @TempDir Path folder;

  static List<Img2ImgGolden> traced() {
    return Img2ImgGolden.all().stream().filter(golden -> !golden.traced().isEmpty()).toList();
  }

  @ParameterizedTest
  @MethodSource("traced")
  void everyStage_tracedCase_givesTheReferencesTensors(Img2ImgGolden golden) {
    Img2ImgRequest request = golden.request();
    Path pack = TinyPacks.assemble(folder, golden.pack().toArray(new String[0]));
    try (StableDiffusionModels models =
        StableDiffusionModels.open(pack.resolve("stable-diffusion"), Placement.of(Device.CPU, 1))) {
      RgbImage image = RgbImage.of(request.image());
      GenerationSettings settings = request.settings();
      Picture picture =
          new Picture(
              new Img2ImgFeed.Ticket(0, request),
              new Size(image.width(), image.height()),
              Fit.none(new Size(image.width(), image.height())),
              models.vaeConfig().factor(),
              Schedulers.of(
                  settings.scheduler(),
                  settings.timestepSpacing(),
                  models.schedulerConfig(),
                  settings.scheduleSteps(),
                  settings.noiseRateRun()));
      picture.prompt = models.promptEncoder().encode(request.prompt());
      assertThat(hiddenStates(picture.prompt))
          .containsExactly(golden.trace("promptEmbeddings"), BOUND);
      picture.negativePrompt = models.promptEncoder().encode(settings.negativePrompt());
      assertThat(hiddenStates(picture.negativePrompt))
          .containsExactly(golden.trace("negativePromptEmbeddings"), BOUND);

      float[] pixels = new float[image.rgb().length];
      VaeImages.toTensor(image, FloatBuffer.wrap(pixels));
      assertThat(pixels).containsExactly(golden.trace("imageInput"), within(1e-6f));
      Posterior posterior = models.vaeEncoder().encode(List.of(image)).get(0);
      assertThat(posterior.values()).containsExactly(golden.trace("moments"), BOUND);

      picture.latents = posterior.sample(picture.random);
      picture.addNoise();
      assertThat(picture.latents).containsExactly(golden.trace("noisedLatents"), BOUND);

      FloatBuffer afterStep =
          FloatBuffer.allocate(picture.scheduler.steps() * picture.latents.length);
      try (DenoiseLoop loop =
          new DenoiseLoop(
              size -> models.predictor(size.height(), size.width()),
              1,
              (index, step, steps, timestep) -> afterStep.put(picture.latents))) {
        loop.seat(picture);
        while (loop.hasSeated()) {
          assertThat(loop.step()).allMatch(left -> left == picture && !left.hasFailed());
        }
      }
      assertThat(afterStep.array()).containsExactly(golden.trace("latentsAfterStep"), BOUND);
    }
  }

  private static float[] hiddenStates(PromptEncoder.Prompt prompt) {
    return requireNonNull(prompt.conditioning().values().get(Conditioning.HIDDEN_STATES));
  }
}

package dev.sgid.onnx.diffusion;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sgid.Device;
import dev.sgid.Img2ImgRequest;
import dev.sgid.Scheduler;
import dev.sgid.internal.RgbImage;
import dev.sgid.onnx.internal.TorchRandom;
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
      Conditioning text = models.promptEncoder().encode(request.prompt()).conditioning();
      assertThat(hiddenStates(text)).containsExactly(golden.trace("promptEmbeddings"), BOUND);
      Conditioning negative =
          models.promptEncoder().encode(request.negativePrompt()).conditioning();
      assertThat(hiddenStates(negative))
          .containsExactly(golden.trace("negativePromptEmbeddings"), BOUND);

      RgbImage image = RgbImage.of(request.image());
      float[] pixels = new float[image.rgb().length];
      VaeImages.toTensor(image, FloatBuffer.wrap(pixels));
      assertThat(pixels).containsExactly(golden.trace("imageInput"), within(1e-6f));
      Posterior posterior = models.vaeEncoder().encode(List.of(image)).get(0);
      assertThat(posterior.values()).containsExactly(golden.trace("moments"), BOUND);

      TorchRandom random = new TorchRandom(request.seed());
      SchedulerRun scheduler =
          Schedulers.of(
              Scheduler.ddim(request.eta()),
              null,
              models.schedulerConfig(),
              request.steps(),
              request.noiseRate());
      float[] latents = posterior.sample(random);
      float[] noise = new float[latents.length];
      random.normal(noise);
      scheduler.addNoise(latents, noise);
      assertThat(latents).containsExactly(golden.trace("noisedLatents"), BOUND);

      Trajectory trajectory =
          new Trajectory(0, latents, scheduler, text, negative, request.guidanceScale(), random);
      FloatBuffer afterStep = FloatBuffer.allocate(scheduler.steps() * latents.length);
      try (NoisePredictor predictor = models.predictor(posterior.height(), posterior.width())) {
        new DenoiseLoop(predictor, 1, (picture, step, steps, timestep) -> afterStep.put(latents))
            .run(List.of(trajectory));
      }
      assertThat(afterStep.array()).containsExactly(golden.trace("latentsAfterStep"), BOUND);
    }
  }

  private static float[] hiddenStates(Conditioning conditioning) {
    return requireNonNull(conditioning.values().get(Conditioning.HIDDEN_STATES));
  }
}

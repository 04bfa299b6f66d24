package dev.sgid.onnx.diffusion;

import static dev.sgid.testing.ImageAssert.assertThatImage;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sgid.Device;
import dev.sgid.GenerationSettings;
import dev.sgid.Img2ImgGenerator;
import dev.sgid.Img2ImgRequest;
import dev.sgid.Img2ImgResult;
import dev.sgid.OutputSize;
import dev.sgid.SgidException;
import dev.sgid.Size;
import dev.sgid.Stage;
import dev.sgid.StepListener;
import dev.sgid.onnx.internal.runtime.Placement;
import dev.sgid.onnx.reference.TinyPacks;
import dev.sgid.testing.Img2ImgGeneratorContract;
import dev.sgid.testing.TestImages;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StableDiffusionImg2ImgTest implements Img2ImgGeneratorContract {
  @TempDir static Path folder;

  private static StableDiffusionImg2Img generator;

  @BeforeAll
  static void open() {
    generator = open(2, "tiny-sd1");
  }

  @AfterAll
  static void close() {
    generator.close();
  }

  @Override
  public Img2ImgGenerator generator() {
    return generator;
  }

  private static Path pack(String... names) {
    return TinyPacks.assemble(folder.resolve(String.join("+", names)), names)
        .resolve("stable-diffusion");
  }

  private static StableDiffusionImg2Img open(int batch, String... names) {
    return StableDiffusionImg2Img.open(pack(names), Device.CPU, 1, 0, batch);
  }

  private static List<BufferedImage> pictures(StableDiffusionImg2Img of, List<Img2ImgRequest> all) {
    return of.generate(all, StepListener.NONE).stream()
        .map(result -> result.orThrow().image())
        .toList();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 4, 16})
  void generate_anyBatch_isBitEqual(int batch) {
    List<BufferedImage> expected = pictures(generator, requests());
    try (StableDiffusionImg2Img other = open(batch, "tiny-sd1")) {
      List<BufferedImage> pictures = pictures(other, requests());
      for (int i = 0; i < expected.size(); i++) {
        assertThatImage(pictures.get(i)).as("request %d", i).hasPixelsOf(expected.get(i));
      }
    }
  }

  /** Off by its own rounding; the other dialects are held to diffusers in the parity test. */
  @Test
  void generate_unetInFloat16_isNearFloat32() {
    List<BufferedImage> expected = pictures(generator, requests());
    try (StableDiffusionImg2Img half = open(4, "tiny-sd1", "unet-float16")) {
      List<BufferedImage> pictures = pictures(half, requests());
      for (int i = 0; i < expected.size(); i++) {
        assertThatImage(pictures.get(i)).as("request %d", i).isWithin(8).of(expected.get(i));
      }
    }
  }

  @Test
  void generate_encoderGivesTheMode_isReproducible() {
    try (StableDiffusionImg2Img mode = open(4, "tiny-sd1", "vae-encoder-mode")) {
      List<Img2ImgResult> results = mode.generate(requests(), StepListener.NONE);

      assertThat(results).allMatch(result -> result.orThrow().reproducible());
      assertThatImage(pictures(mode, requests()).get(0))
          .hasPixelsOf(results.get(0).orThrow().image());
    }
  }

  @Test
  void generate_encoderDrawsInItsGraph_isMarkedNotReproducible() {
    try (StableDiffusionImg2Img random = open(4, "tiny-sd1", "vae-encoder-random")) {
      List<Img2ImgResult> results = random.generate(requests(), StepListener.NONE);

      assertThat(results).noneMatch(result -> result.orThrow().reproducible());
    }
  }

  @Test
  void generate_onePictureNotFinite_onlyThatOneFails() {
    StableDiffusionModels models = StableDiffusionModels.open(pack("tiny-sd1"), cpu());
    try (StableDiffusionImg2Img broken =
        new StableDiffusionImg2Img(
            models,
            1,
            4,
            (request, pixels) -> {
              if (request == 1) {
                pixels[7] = Float.NaN;
              } else if (request == 3) {
                Arrays.fill(pixels, -1);
              }
            })) {
      List<Img2ImgResult> results = broken.generate(requests(), StepListener.NONE);

      assertThat(failure(results.get(1)))
          .hasMessage("The VAE gave pixels that are not finite numbers (seed 2)")
          .extracting(SgidException::stage)
          .isEqualTo(Stage.DECODE);
      assertThat(failure(results.get(3)))
          .hasMessage("The picture came out as one plain color (seed 1)");
      for (int i : new int[] {0, 2, 4}) {
        assertThat(results.get(i)).as("request %d", i).isInstanceOf(Img2ImgResult.Picture.class);
      }
    }
  }

  private static SgidException failure(Img2ImgResult result) {
    assertThat(result).isInstanceOf(Img2ImgResult.Failure.class);
    return ((Img2ImgResult.Failure) result).reason();
  }

  private static Placement cpu() {
    return Placement.of(Device.CPU, 1);
  }

  @Test
  void generate_settingsTheModelCannotDo_isRefusedBeforeAnythingIsRun() {
    List<Img2ImgRequest> requests = new ArrayList<>(requests());
    requests.add(requests.get(0).withSettings(GenerationSettings.DEFAULTS.withSteps(1001)));
    assertThatThrownBy(
            () ->
                generator.generate(
                    requests,
                    (picture, step, steps, timestep) -> {
                      throw new AssertionError("A step was taken");
                    }))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("steps must be at most 1000, on which the model was trained, is 1001");
  }

  @Test
  void generate_sizeWanted_isScaledToAndPadded() {
    Img2ImgRequest request =
        Img2ImgRequest.of(TestImages.noise(30, 20, 1), "")
            .withGuidanceScale(1)
            .withSettings(
                GenerationSettings.DEFAULTS
                    .withSteps(10)
                    .withSize(new Size(33, 17))
                    .withOutputSize(OutputSize.GENERATED));
    Img2ImgResult.Picture result =
        generator.generate(List.of(request), StepListener.NONE).get(0).orThrow();

    assertThat(result.fit().scaled()).isEqualTo(new Size(33, 17));
    assertThatImage(result.image())
        .hasSize(result.fit().padded().width(), result.fit().padded().height());
  }

  @Test
  void generate_afterClose_isRefused() {
    StableDiffusionImg2Img closed = open(1, "tiny-sd1");
    closed.close();
    closed.close();
    assertThatThrownBy(() -> closed.generate(requests(), StepListener.NONE))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("StableDiffusionImg2Img is closed");
  }

  @Test
  void open_cudaInACpuBuild_namesTheArtifact() {
    assertThatThrownBy(() -> StableDiffusionImg2Img.open(pack("tiny-sd1"), Device.cuda(0), 0, 0, 0))
        .isInstanceOf(SgidException.class)
        .hasMessageContaining("Device cuda:0 can't be used")
        .hasMessageContaining("com.microsoft.onnxruntime:onnxruntime_gpu");
  }
}

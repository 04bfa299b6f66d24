package dev.sgid.onnx.diffusion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sgid.Device;
import dev.sgid.Fit;
import dev.sgid.Scheduler;
import dev.sgid.Size;
import dev.sgid.StepListener;
import dev.sgid.internal.RgbImage;
import dev.sgid.onnx.internal.TorchRandom;
import dev.sgid.onnx.internal.image.VaeImages;
import dev.sgid.onnx.internal.runtime.Placement;
import dev.sgid.onnx.reference.Img2ImgGolden;
import dev.sgid.onnx.reference.TinyPacks;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole img2img with every scheduler, its options and spacings, against diffusers. */
class SchedulersImg2ImgTest {
  private static final float BOUND = 1e-4f;

  @TempDir static Path folder;

  private static final Map<List<String>, StableDiffusionModels> OPEN = new HashMap<>();

  static List<Img2ImgGolden> goldens() {
    return Img2ImgGolden.ofEveryScheduler();
  }

  private static StableDiffusionModels models(List<String> pack) {
    return OPEN.computeIfAbsent(
        pack,
        names -> {
          Path assembled =
              TinyPacks.assemble(
                  folder.resolve(String.join("+", names)), names.toArray(new String[0]));
          return StableDiffusionModels.open(
              assembled.resolve("stable-diffusion"), Placement.of(Device.CPU, 1));
        });
  }

  @AfterAll
  static void close() {
    OPEN.values().forEach(StableDiffusionModels::close);
  }

  /** A picture's way, of a case whose picture is in no need of padding or scaling. */
  private static Trajectory trajectory(StableDiffusionModels models, int index, Img2ImgGolden of) {
    SchedulerRun run =
        Schedulers.of(
            of.scheduler(), of.spacing(), models.schedulerConfig(), of.steps(), of.noiseRate());
    assertThat(run.steps()).as(of.toString()).isEqualTo(of.stepsRun());
    TorchRandom random = new TorchRandom(of.seed());
    Posterior posterior = models.vaeEncoder().encode(List.of(padded(models, of.image()))).get(0);
    float[] latents = posterior.sample(random);
    float[] noise = new float[latents.length];
    random.normal(noise);
    run.addNoise(latents, noise);
    PromptEncoder encoder = models.promptEncoder();
    boolean guided = models.guides(of.guidanceScale());
    return new Trajectory(
        index,
        latents,
        run,
        models.conditioning(encoder.encode(of.prompt()), of.guidanceScale()),
        guided ? encoder.encode(of.negativePrompt()).conditioning() : null,
        of.guidanceScale(),
        random);
  }

  private static RgbImage padded(StableDiffusionModels models, RgbImage image) {
    return Fitting.apply(fit(models, image), image);
  }

  private static Fit fit(StableDiffusionModels models, RgbImage image) {
    Size size = new Size(image.width(), image.height());
    return models.fitting().fit(size, size);
  }

  /** Pictures of one size, all in one loop; the largest difference of each. */
  private static void assertAllWithinBound(List<Img2ImgGolden> goldens, int batch) {
    StableDiffusionModels models = models(goldens.get(0).pack());
    List<Trajectory> trajectories = new ArrayList<>();
    for (int i = 0; i < goldens.size(); i++) {
      trajectories.add(trajectory(models, i, goldens.get(i)));
    }
    Size size = fit(models, goldens.get(0).image()).padded();
    int factor = models.vaeConfig().factor();
    int height = size.height() / factor;
    int width = size.width() / factor;
    try (NoisePredictor predictor = models.predictor(height, width)) {
      new DenoiseLoop(predictor, batch, StepListener.NONE).run(trajectories);
    }
    for (int i = 0; i < goldens.size(); i++) {
      float[] pixels =
          models.vaeDecoder().decode(List.of(trajectories.get(i).latents), height, width).get(0);
      assertWithinBound(goldens.get(i), pixels, size);
    }
  }

  private static void assertWithinBound(Img2ImgGolden golden, float[] planes, Size size) {
    float[] expected = golden.expected(); // (h, w, 3), in [0, 1]
    int area = planes.length / 3;
    float largest = 0;
    for (int i = 0; i < planes.length; i++) {
      float value = Math.max(0, Math.min(1, planes[i] / 2 + 0.5f));
      largest = Math.max(largest, Math.abs(value - expected[i % area * 3 + i / area]));
    }
    assertThat(largest).as("difference of %s", golden).isLessThanOrEqualTo(BOUND);

    byte[] rgb = VaeImages.toImage(FloatBuffer.wrap(planes), size.width(), size.height()).rgb();
    byte[] levels = golden.expectedBytes();
    int most = 0;
    for (int i = 0; i < rgb.length; i++) {
      most = Math.max(most, Math.abs((rgb[i] & 0xff) - (levels[i] & 0xff)));
    }
    assertThat(most).as("8-bit difference of %s", golden).isLessThanOrEqualTo(1);
  }

  @Test
  void goldens_runEveryScheduler() {
    assertThat(goldens().stream().map(g -> g.scheduler().name()).distinct())
        .hasSize(Scheduler.class.getPermittedSubclasses().length);
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void run_everyCase_isTheReferences(Img2ImgGolden golden) {
    assertAllWithinBound(List.of(golden), 1);
  }

  /** Schedulers, options, spacings, noise rates, step counts and guidance scales, all mixed. */
  @ParameterizedTest
  @ValueSource(ints = {3, 8})
  void run_everySchedulerInOneBatch_isTheReferences(int batch) {
    Map<String, List<Img2ImgGolden>> together =
        goldens().stream().collect(Collectors.groupingBy(g -> g.pack() + " " + g.image().width()));
    assertThat(together).hasSize(5);
    together.values().forEach(same -> assertAllWithinBound(same, batch));
  }
}

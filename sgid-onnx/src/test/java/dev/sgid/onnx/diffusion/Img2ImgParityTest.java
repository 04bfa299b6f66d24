package dev.sgid.onnx.diffusion;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sgid.Device;
import dev.sgid.Img2ImgRequest;
import dev.sgid.Img2ImgResult;
import dev.sgid.StepListener;
import dev.sgid.internal.RgbImage;
import dev.sgid.onnx.internal.runtime.Placement;
import dev.sgid.onnx.reference.Img2ImgGolden;
import dev.sgid.onnx.reference.TinyPacks;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole img2img against diffusers, on the same random weights. */
class Img2ImgParityTest {
  @TempDir static Path folder;

  private static final Map<List<String>, StableDiffusionModels> OPEN = new HashMap<>();

  static List<Img2ImgGolden> goldens() {
    return Img2ImgGolden.all();
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

  /** The pictures as diffusers gives them: {@code (h, w, 3)}, in [0, 1]. */
  private static List<float[]> generate(
      StableDiffusionModels models, List<Img2ImgGolden> goldens, int batch) {
    Map<Long, float[]> decoded = new HashMap<>();
    StableDiffusionImg2Img generator = new StableDiffusionImg2Img(models, 1, batch, decoded::put);
    List<Img2ImgRequest> requests = goldens.stream().map(Img2ImgGolden::request).toList();
    List<Img2ImgResult> results = generator.generate(requests, StepListener.NONE);
    List<float[]> pictures = new ArrayList<>();
    for (int i = 0; i < goldens.size(); i++) {
      Img2ImgResult.Picture result = results.get(i).orThrow();
      assertThat(result.stepsRun())
          .as(goldens.get(i).toString())
          .isEqualTo(goldens.get(i).stepsRun());
      RgbImage image = RgbImage.of(result.image());
      assertWithinOneLevel(goldens.get(i), image.rgb());
      pictures.add(channelsLast(requireNonNull(decoded.get((long) i))));
    }
    return pictures;
  }

  private static float[] channelsLast(float[] planes) {
    int pixels = planes.length / 3;
    float[] interleaved = new float[planes.length];
    for (int i = 0; i < planes.length; i++) {
      interleaved[i % pixels * 3 + i / pixels] = Math.max(0, Math.min(1, planes[i] / 2 + 0.5f));
    }
    return interleaved;
  }

  private static void assertWithinOneLevel(Img2ImgGolden golden, byte[] rgb) {
    byte[] expected = golden.expectedBytes();
    assertThat(rgb).hasSameSizeAs(expected);
    int largest = 0;
    for (int i = 0; i < rgb.length; i++) {
      largest = Math.max(largest, Math.abs((rgb[i] & 0xff) - (expected[i] & 0xff)));
    }
    assertThat(largest).as("8-bit difference of %s", golden).isLessThanOrEqualTo(1);
  }

  private static void assertWithinBound(Img2ImgGolden golden, float[] picture) {
    float[] expected = golden.expected();
    assertThat(picture).hasSameSizeAs(expected);
    double largest = 0;
    for (int i = 0; i < picture.length; i++) {
      largest = Math.max(largest, Math.abs(picture[i] - expected[i]));
    }
    assertThat(largest).as("difference of %s", golden).isLessThanOrEqualTo(golden.bound());
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void generate_everyCase_isTheReferences(Img2ImgGolden golden) {
    assertWithinBound(golden, generate(models(golden.pack()), List.of(golden), 1).get(0));
  }

  /** Sizes, prompts, seeds, noise rates, step counts and guidance scales, all mixed. */
  @Test
  void generate_allCasesInOneCall_areTheReferences() {
    Map<List<String>, List<Img2ImgGolden>> byPack = new HashMap<>();
    for (Img2ImgGolden golden : goldens()) {
      if (golden.stepsRun() < 900) { // the longest alone is enough
        byPack.computeIfAbsent(golden.pack(), pack -> new ArrayList<>()).add(golden);
      }
    }
    byPack.forEach((pack, mixed) -> assertAllWithinBound(models(pack), mixed));
  }

  private static void assertAllWithinBound(
      StableDiffusionModels models, List<Img2ImgGolden> mixed) {
    List<float[]> pictures = generate(models, mixed, 4);
    for (int i = 0; i < mixed.size(); i++) {
      assertWithinBound(mixed.get(i), pictures.get(i));
    }
  }

  /** The same models as other exporters wrote them, all pictures mixed. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "unet-float-scalar",
        "unet-float-batch",
        "unet-int64-steps",
        "unet-batch-1",
        "unet-batch-2",
        "unet-external-data",
        "text-encoder-int32",
        "text-encoder-batch-1",
      })
  void generate_everyDialect_isTheReferences(String dialect) {
    List<Img2ImgGolden> mixed =
        goldens().stream()
            .filter(golden -> golden.pack().equals(List.of("tiny-sd1")) && golden.stepsRun() <= 20)
            .toList();
    assertThat(mixed).hasSizeGreaterThan(20);
    assertAllWithinBound(models(List.of("tiny-sd1", dialect)), mixed);
  }
}

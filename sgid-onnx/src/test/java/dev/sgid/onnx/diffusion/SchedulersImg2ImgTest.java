package dev.sgid.onnx.diffusion;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sgid.Device;
import dev.sgid.Img2ImgRequest;
import dev.sgid.Img2ImgResult;
import dev.sgid.Scheduler;
import dev.sgid.StepListener;
import dev.sgid.internal.RgbImage;
import dev.sgid.onnx.internal.runtime.Placement;
import dev.sgid.onnx.reference.Img2ImgGolden;
import dev.sgid.onnx.reference.TinyPacks;
import java.nio.file.Path;
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

  private static void assertAllWithinBound(List<Img2ImgGolden> goldens, int batch) {
    Map<Long, float[]> decoded = new HashMap<>();
    StableDiffusionImg2Img generator =
        new StableDiffusionImg2Img(models(goldens.get(0).pack()), 1, batch, decoded::put);
    List<Img2ImgRequest> requests = goldens.stream().map(Img2ImgGolden::request).toList();
    List<Img2ImgResult> results = generator.generate(requests, StepListener.NONE);
    for (int i = 0; i < goldens.size(); i++) {
      Img2ImgGolden golden = goldens.get(i);
      Img2ImgResult.Picture picture = results.get(i).orThrow();
      assertThat(picture.stepsRun()).as(golden.toString()).isEqualTo(golden.stepsRun());
      assertThat(difference(golden, requireNonNull(decoded.get((long) i))))
          .as("difference of %s", golden)
          .isLessThanOrEqualTo(golden.bound());
      assertThat(levels(golden, RgbImage.of(picture.image()).rgb()))
          .as("8-bit difference of %s", golden)
          .isLessThanOrEqualTo(1);
    }
  }

  /** The largest, between planes in about [-1, 1] and the golden's pixels in [0, 1]. */
  private static double difference(Img2ImgGolden golden, float[] planes) {
    float[] expected = golden.expected(); // (h, w, 3)
    assertThat(planes).hasSameSizeAs(expected);
    int area = planes.length / 3;
    double largest = 0;
    for (int i = 0; i < planes.length; i++) {
      float value = Math.max(0, Math.min(1, planes[i] / 2 + 0.5f));
      largest = Math.max(largest, Math.abs(value - expected[i % area * 3 + i / area]));
    }
    return largest;
  }

  private static int levels(Img2ImgGolden golden, byte[] rgb) {
    byte[] expected = golden.expectedBytes();
    assertThat(rgb).hasSameSizeAs(expected);
    int largest = 0;
    for (int i = 0; i < rgb.length; i++) {
      largest = Math.max(largest, Math.abs((rgb[i] & 0xff) - (expected[i] & 0xff)));
    }
    return largest;
  }

  @Test
  void goldens_requests_areOfEveryScheduler() {
    assertThat(goldens().stream().map(g -> g.request().settings().scheduler().name()).distinct())
        .hasSize(Scheduler.class.getPermittedSubclasses().length - 1); // one is the model's own
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void generate_everyCase_isTheReferences(Img2ImgGolden golden) {
    assertAllWithinBound(List.of(golden), 1);
  }

  /** Schedulers, options, spacings, sizes, noise rates, steps and guidance scales, all mixed. */
  @ParameterizedTest
  @ValueSource(ints = {3, 8})
  void generate_everySchedulerInOneCall_isTheReferences(int batch) {
    Map<List<String>, List<Img2ImgGolden>> byPack =
        goldens().stream().collect(Collectors.groupingBy(Img2ImgGolden::pack));
    assertThat(byPack).hasSize(9);
    byPack.values().forEach(mixed -> assertAllWithinBound(mixed, batch));
  }
}

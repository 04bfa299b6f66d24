package dev.sgid.onnx.diffusion;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sgid.Device;
import dev.sgid.Img2ImgRequest;
import dev.sgid.Img2ImgResult;
import dev.sgid.Scheduler;
import dev.sgid.Size;
import dev.sgid.StepListener;
import dev.sgid.onnx.internal.image.VaeImages;
import dev.sgid.onnx.internal.runtime.Placement;
import dev.sgid.onnx.reference.Img2ImgGolden;
import dev.sgid.onnx.reference.TinyPacks;
import java.nio.FloatBuffer;
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

  /** Pictures of one pack, all in one lane. */
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
      assertWithinBound(golden, requireNonNull(decoded.get((long) i)), picture.fit().padded());
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
  void generate_everyCase_isTheReferences(Img2ImgGolden golden) {
    assertAllWithinBound(List.of(golden), 1);
  }

  /** Schedulers, options, spacings, noise rates, step counts, guidance and sizes, all mixed. */
  @ParameterizedTest
  @ValueSource(ints = {3, 8})
  void generate_everySchedulerInOneBatch_isTheReferences(int batch) {
    Map<String, List<Img2ImgGolden>> together =
        goldens().stream().collect(Collectors.groupingBy(golden -> golden.pack().toString()));
    assertThat(together).hasSizeGreaterThanOrEqualTo(2);
    together.values().forEach(same -> assertAllWithinBound(same, batch));
  }
}

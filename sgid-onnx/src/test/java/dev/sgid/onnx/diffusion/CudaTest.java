package dev.sgid.onnx.diffusion;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.sgid.Device;
import dev.sgid.Img2ImgRequest;
import dev.sgid.SgidException;
import dev.sgid.StepListener;
import dev.sgid.onnx.internal.runtime.Placement;
import dev.sgid.onnx.internal.runtime.Profile;
import dev.sgid.onnx.reference.Img2ImgGolden;
import dev.sgid.onnx.reference.TinyPacks;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * That CUDA really computes. Skipped, with what is missing, where it can't be used; where it can:
 * {@code mvn -Pgpu -pl sgid-onnx -am verify -Dgroups=gpu}.
 */
@Tag("gpu")
class CudaTest {
  private static final double BOUND = 2e-3; // on the float picture, in [0, 1]
  private static final long MEBIBYTES = 64; // that a driver may keep of a second opening

  /** What a UNet, a VAE and a text encoder spend their time with. */
  private static final List<String> HEAVY = List.of("Conv", "MatMul", "Gemm", "Softmax");

  @TempDir static Path folder;

  private static Path pack;

  @BeforeAll
  static void requireCuda() {
    try {
      Placement ignored = Placement.of(Device.cuda(0), 1);
    } catch (SgidException e) {
      abort("No CUDA here: " + e.getMessage());
    }
    pack = TinyPacks.assemble(folder, "tiny-sd1").resolve("stable-diffusion");
  }

  @Test
  void run_eachModel_isComputedOnTheGpu() throws IOException {
    for (String part : List.of("unet", "vae_encoder", "vae_decoder", "text_encoder")) {
      Map<String, List<String>> providers =
          Profile.providersByOperator(
              pack.resolve(part).resolve("model.onnx"),
              Placement.of(Device.cuda(0), 1),
              folder.resolve(part));
      assertThat(providers).as(part).isNotEmpty();
      HEAVY.forEach(
          operator ->
              assertThat(providers.getOrDefault(operator, List.of()))
                  .as(part + ", " + operator)
                  .containsOnly("CUDAExecutionProvider"));
    }
  }

  @Test
  void generate_onTheGpu_isWithinTheBoundOfTheCpu() {
    List<Img2ImgGolden> goldens =
        Img2ImgGolden.all().stream()
            .filter(golden -> golden.pack().equals(List.of("tiny-sd1")) && golden.stepsRun() <= 20)
            .toList();
    assertThat(goldens).hasSizeGreaterThan(20);
    Map<Long, float[]> cpu = decoded(Device.CPU, goldens);
    Map<Long, float[]> gpu = decoded(Device.cuda(0), goldens);
    cpu.forEach(
        (picture, expected) -> {
          float[] actual = requireNonNull(gpu.get(picture));
          double largest = 0;
          for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs(actual[i] - expected[i]) / 2); // of [-1, 1]
          }
          assertThat(largest).as("picture %d", picture).isLessThanOrEqualTo(BOUND);
        });
  }

  private static Map<Long, float[]> decoded(Device device, List<Img2ImgGolden> goldens) {
    Map<Long, float[]> decoded = new HashMap<>();
    List<Img2ImgRequest> requests = goldens.stream().map(Img2ImgGolden::request).toList();
    try (StableDiffusionImg2Img generator =
        new StableDiffusionImg2Img(
            StableDiffusionModels.open(pack, Placement.of(device, 1)), 1, 4, decoded::put)) {
      generator.generate(requests, StepListener.NONE).forEach(result -> result.orThrow());
    }
    return decoded;
  }

  /** The first opening leaves CUDA's own context, the others nothing. */
  @Test
  void close_openedAgainAndAgain_memoryComesBack() throws IOException {
    List<Img2ImgGolden> some = Img2ImgGolden.all().subList(0, 4);
    Map<Long, float[]> first = decoded(Device.cuda(0), some);
    long after = usedMebibytes();
    for (int i = 0; i < 5; i++) {
      assertThat(decoded(Device.cuda(0), some)).hasSameSizeAs(first);
    }
    assertThat(usedMebibytes()).isLessThanOrEqualTo(after + MEBIBYTES);
  }

  private static long usedMebibytes() throws IOException {
    Process process =
        new ProcessBuilder(
                "nvidia-smi", "-i", "0", "--query-gpu=memory.used", "--format=csv,noheader,nounits")
            .redirectErrorStream(true)
            .start();
    return Long.parseLong(new String(process.getInputStream().readAllBytes(), UTF_8).strip());
  }
}

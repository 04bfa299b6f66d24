package dev.sgid.onnx.diffusion;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sgid.Device;
import dev.sgid.onnx.internal.runtime.Placement;
import dev.sgid.onnx.reference.TinyPacks;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Float16OnCpuTest {
  @ParameterizedTest
  @CsvSource({"unet-float16, true", "unet-float-scalar, false"})
  void open_float16Unet_saidToCostTimeAndMemory(String unet, boolean warned, @TempDir Path folder) {
    PrintStream before = System.err;
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    System.setErr(new PrintStream(log, true, UTF_8));
    try {
      Path pack = TinyPacks.assemble(folder, "tiny-sd1", unet).resolve("stable-diffusion");
      StableDiffusionModels.open(pack, Placement.of(Device.CPU, 1)).close();
    } finally {
      System.setErr(before);
    }

    assertThat(log.toString(UTF_8).contains("is float16, which takes about twice the time"))
        .isEqualTo(warned);
  }
}

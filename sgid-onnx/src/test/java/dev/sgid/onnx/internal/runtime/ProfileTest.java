package dev.sgid.onnx.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sgid.Device;
import dev.sgid.onnx.reference.TinyPacks;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What proves a GPU elsewhere is right about the CPU here. */
class ProfileTest {
  @Test
  void providersByOperator_onTheCpu_areAllTheCpus(@TempDir Path folder) throws IOException {
    Path pack = TinyPacks.assemble(folder, "tiny-sd1").resolve("stable-diffusion");
    for (String part : List.of("unet", "vae_encoder", "vae_decoder", "text_encoder")) {
      Map<String, List<String>> providers =
          Profile.providersByOperator(
              pack.resolve(part).resolve("model.onnx"),
              Placement.of(Device.CPU, 1),
              folder.resolve(part));
      assertThat(providers).as(part).containsKey("MatMul");
      assertThat(providers.values())
          .allSatisfy(of -> assertThat(of).containsOnly("CPUExecutionProvider"));
    }
  }
}

package dev.sgid.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sgid.BackendOptions.Part;
import dev.sgid.Device;
import dev.sgid.Diagnosis;
import dev.sgid.PackCheck;
import dev.sgid.Sgid;
import dev.sgid.internal.Sha256;
import dev.sgid.onnx.reference.TinyPacks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is found out about packs of random weights. */
class PackCheckTest {
  @TempDir Path pack;

  @BeforeEach
  void assemble() {
    TinyPacks.assemble(pack, "tiny-sd1", "unet-external-data");
    TinyPacks.assembleBeside(pack.resolve("clip"), "tiny-clip");
    TinyPacks.assembleBeside(pack.resolve("blip"), "tiny-blip");
  }

  private PackCheck check() {
    return Sgid.builder(pack).withDevice(Device.CPU).withThreads(1).check();
  }

  private void list(String name, long bytes, String sha256) throws IOException {
    Files.writeString(
        pack.resolve("sgid.json"),
        "{\"files\": {\""
            + name
            + "\": {\"bytes\": "
            + bytes
            + ", \"sha256\": \""
            + sha256
            + "\"}}}");
  }

  @Test
  void check_wholePack_saysWhatItIsMadeOf() throws IOException {
    Path listed = pack.resolve("clip/config.json");
    list("clip/config.json", Files.size(listed), Sha256.hex(Files.readAllBytes(listed)));
    PackCheck check = check();

    assertThat(check.isUsable()).as("%s", check).isTrue();
    assertThat(check.verified()).isEqualTo(1);
    assertThat(check.parts())
        .extracting(PackCheck.Checked::part)
        .containsExactly(Part.CAPTIONER, Part.SCORER, Part.GENERATOR);
    PackCheck.Graph unet =
        check.parts().get(2).files().stream()
            .filter(graph -> graph.name().equals("unet/model.onnx"))
            .findFirst()
            .orElseThrow();
    assertThat(unet.bytes())
        .isEqualTo(
            Files.size(unet.path()) + Files.size(unet.path().resolveSibling("model.onnx_data")));
    assertThat(unet.form()).contains("pytorch", "opset");
    assertThat(unet.inputs()).contains("sample float32 [?, 4, ?, ?]");
    assertThat(check.parts().get(2).made()).startsWith("a picture of 64x64; lanes 1, batch ");
  }

  @Test
  void check_fileThatDiffers_isDamage() throws IOException {
    Path listed = pack.resolve("clip/config.json");
    list("clip/config.json", Files.size(listed), "0".repeat(64));
    PackCheck check = check();

    assertThat(check.isUsable()).isFalse();
    assertThat(check.damage())
        .singleElement()
        .asString()
        .startsWith("A file of the pack has another content than sgid.json says (SHA-256 ")
        .endsWith(": " + listed);
    assertThat(check.parts()).allMatch(part -> part.problem().isEmpty());
  }

  @Test
  void check_brokenPart_isNamedAndTheOthersAreChecked() throws IOException {
    Files.delete(pack.resolve("clip/vision_model.onnx"));
    PackCheck check = check();

    assertThat(check.isUsable()).isFalse();
    assertThat(check.parts().get(0).problem()).isEmpty();
    assertThat(check.parts().get(1).problem().orElseThrow()).contains("vision_model.onnx");
    assertThat(check.parts().get(2).problem()).isEmpty();
  }

  @Test
  void check_noPack_saysWhatItIs() {
    PackCheck check = Sgid.builder(pack.resolve("clip")).withDevice(Device.CPU).check();

    assertThat(check.isUsable()).isFalse();
    assertThat(check.parts()).isEmpty();
    assertThat(check.damage())
        .singleElement()
        .asString()
        .startsWith("This is a scorer's folder (clip), not a pack");
  }

  @Test
  void diagnose_here_triesEveryProvider() {
    Diagnosis diagnosis = Sgid.builder(pack).diagnose();

    assertThat(diagnosis.runtime()).startsWith("ONNX Runtime 1.");
    assertThat(diagnosis.providers())
        .contains(new Diagnosis.Provider("CPUExecutionProvider", true, ""))
        .anySatisfy(
            provider -> {
              assertThat(provider.name()).isEqualTo("CUDAExecutionProvider");
              assertThat(provider.starts()).isEqualTo(provider.remedy().isEmpty());
            });
  }
}

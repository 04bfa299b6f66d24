package dev.sgid.onnx;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sgid.BackendOptions;
import dev.sgid.Device;
import dev.sgid.OpenPack;
import dev.sgid.SgidException;
import dev.sgid.onnx.reference.TinyPacks;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole packs whose models have the names that published folders have. */
class VariantsTest {
  @TempDir Path pack;

  @BeforeEach
  void assemble() {
    TinyPacks.assemble(pack, "tiny-sd1");
    TinyPacks.assembleBeside(pack.resolve("clip"), "tiny-clip");
    TinyPacks.assembleBeside(pack.resolve("blip"), "tiny-blip");
  }

  private OpenPack open(String variant) {
    return new OnnxBackend()
        .open(
            pack,
            new BackendOptions(
                Device.CPU, 1, 0, 2, Map.of(), Set.of(), true, null, false, variant));
  }

  /** What opening a pack says. */
  private String said(String variant) {
    PrintStream err = System.err;
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    System.setErr(new PrintStream(log, true, UTF_8));
    try (OpenPack ignored = open(variant)) {
      return log.toString(UTF_8);
    } finally {
      System.setErr(err);
    }
  }

  @Test
  void open_onlyVariants_everyPartOpens() throws IOException {
    for (String part : new String[] {"unet", "vae_encoder", "vae_decoder", "text_encoder"}) {
      rename("stable-diffusion/" + part + "/model.onnx", "model_quantized.onnx");
    }
    rename("clip/text_model.onnx", "text_model_int8.onnx");
    rename("clip/vision_model.onnx", "vision_model_uint8.onnx");
    rename("blip/vision_model.onnx", "vision_model_q4.onnx");
    rename("blip/text_decoder.onnx", "text_decoder_fp16.onnx");

    assertThat(said("")).doesNotContain("several forms");
  }

  @Test
  void open_severalForms_theChoiceIsSaidInOneLine() throws IOException {
    TinyPacks.assemble(pack.resolve("half"), "unet-float16");
    Path half = pack.resolve("half/stable-diffusion/unet/model.onnx");
    Files.move(half, pack.resolve("stable-diffusion/unet/model_fp16.onnx"));
    Files.copy(
        pack.resolve("clip/text_model.onnx"), pack.resolve("clip/text_model_quantized.onnx"));

    assertThat(said(""))
        .containsOnlyOnce("several forms")
        .contains(
            "generator/unet/model.onnx (also there: fp16)",
            "scorer/text_model.onnx (also there: quantized)");
    assertThat(said("fp16"))
        .contains(
            "generator/unet/model_fp16.onnx (also there: fp32)",
            "scorer/text_model.onnx (also there: quantized)");
    try (OpenPack usual = open("");
        OpenPack other = open("fp16")) {
      assertThat(usual.info().dtype()).isEqualTo("float32");
      assertThat(other.info().dtype()).isEqualTo("float16");
      assertThat(usual.digest()).isNotEqualTo(other.digest());
    }
  }

  @Test
  void open_variantNowhere_thoseThatAreThereAreListed() {
    assertThatThrownBy(() -> open("fp16"))
        .isInstanceOf(SgidException.class)
        .hasMessage("No model has a variant \"fp16\"; the models are there as fp32: " + pack);
  }

  private void rename(String file, String name) throws IOException {
    Files.move(pack.resolve(file), pack.resolve(file).resolveSibling(name));
  }
}

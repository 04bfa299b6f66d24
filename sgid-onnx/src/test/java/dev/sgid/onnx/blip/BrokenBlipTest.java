package dev.sgid.onnx.blip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sgid.Device;
import dev.sgid.SgidException;
import dev.sgid.Stage;
import dev.sgid.onnx.reference.TestModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BrokenBlipTest {
  @TempDir Path folder;

  @BeforeEach
  void copy() {
    TestModels.copy("tiny-blip", folder);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "config.json",
        "preprocessor_config.json",
        "vision_model.onnx",
        "text_decoder.onnx"
      })
  void open_fileMissing_fileNamed(String name) throws IOException {
    Files.delete(folder.resolve(name));

    assertOpenFails("", folder.resolve(name));
  }

  @ParameterizedTest
  @ValueSource(strings = {"vision_model.onnx", "text_decoder.onnx"})
  void open_graphTruncated_fileNamed(String name) throws IOException {
    Path file = folder.resolve(name);
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));

    assertOpenFails("Not an ONNX model that can be run", file);
  }

  @Test
  void open_decoderIsAnotherGraph_expectedAndFoundNamed() throws IOException {
    Path decoder = folder.resolve("text_decoder.onnx");
    Files.delete(decoder);
    Files.copy(folder.resolve("vision_model.onnx"), decoder);

    assertOpenFails("Expected token ids (input_ids)", decoder);
    assertOpenFails("found [pixel_values: FLOAT32[-1, 3, 48, 48]]", decoder);
  }

  @Test
  void open_configOfAnotherModel_keyNamed() throws IOException {
    Path config = folder.resolve("config.json");
    Files.writeString(config, Files.readString(config).replace("\"text_config\"", "\"other\""));

    assertOpenFails("\"text_config\" must be an object but is absent", config);
  }

  @Test
  void open_generationConfigOutOfRange_fileNamed() throws IOException {
    Path config = folder.resolve("generation_config.json");
    Files.writeString(config, "{\"num_beams\": -1}");

    assertThatExceptionOfType(SgidException.class)
        .isThrownBy(() -> BlipOptions.of(folder))
        .withMessageContaining("beams must be at least 1, is -1")
        .withMessageEndingWith(config.toString());
  }

  @Test
  void open_moreTokensThanTheModelTakes_limitNamed() {
    BlipOptions options = BlipOptions.DEFAULTS.toBuilder().maxNewTokens(32).build();

    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> BlipCaptioner.open(folder, Device.CPU, 1, options).close())
        .withMessage(
            "The prompt's 1 tokens and maxNewTokens, 32, are more than the 32 that the model"
                + " takes");
  }

  @Test
  void open_graphsInFolderOnnx_captions() {
    TestModels.moveBelow(folder, "vision_model.onnx", "text_decoder.onnx");
    try (BlipCaptioner below = BlipCaptioner.open(folder, Device.CPU, 1, BlipOptions.DEFAULTS)) {
      List<String> captions = below.caption(TestModels.image("gray-28x28"), 1, 0);

      assertThat(captions).hasSize(1);
    }
  }

  private void assertOpenFails(String problem, Path file) {
    assertThatExceptionOfType(SgidException.class)
        .isThrownBy(() -> BlipCaptioner.open(folder, Device.CPU, 1, BlipOptions.DEFAULTS).close())
        .withMessageContaining(problem)
        .withMessageContaining(file.toString())
        .satisfies(e -> assertThat(e.stage()).isEqualTo(Stage.OPEN));
  }
}

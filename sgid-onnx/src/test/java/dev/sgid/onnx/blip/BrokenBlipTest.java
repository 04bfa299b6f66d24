package dev.sgid.onnx.blip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sgid.Device;
import dev.sgid.SgidException;
import dev.sgid.Stage;
import dev.sgid.onnx.reference.TestGraph;
import dev.sgid.onnx.reference.TestGraph.Element;
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

    assertOpenFails("Expected the image's states (encoder_hidden_states)", decoder);
    assertOpenFails("found [pixel_values: FLOAT32[-1, 3, 48, 48]]", decoder);
  }

  @Test
  void open_decoderTakesKeysThatTheVisionModelDoesNotGive_outputNamed() throws IOException {
    Path decoder = folder.resolve("text_decoder.onnx");
    Files.delete(decoder);
    Path other = TestModels.folder("tiny-blip").resolveSibling("tiny-blip-keys");
    Files.copy(other.resolve("text_decoder.onnx"), decoder);

    Path vision = folder.resolve("vision_model.onnx");
    assertOpenFails("Expected an output named encoder.0.key, found last_hidden_state", vision);
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
  void open_endlessTokens_limitNamed() {
    BlipOptions endless = BlipOptions.DEFAULTS.toBuilder().maxNewTokens(Integer.MAX_VALUE).build();

    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> BlipCaptioner.open(folder, Device.CPU, 1, endless).close())
        .withMessageContaining("maxNewTokens, 2147483647, are more than the 32");
  }

  private TestGraph decoder(long width) {
    return new TestGraph()
        .input("input_ids", Element.INT64, -1, -1)
        .input("encoder_hidden_states", Element.FLOAT, -1, -1, width);
  }

  @Test
  void open_decoderDoesNotFit_expectedAndFoundNamed() {
    Path file = folder.resolve("text_decoder.onnx");
    decoder(32).output("logits", 0, 3, 1, 204).write(file);
    assertOpenFails("dimension 2 of 24, as wide as the vision model's output, found", file);
    decoder(24).output("logits", 0, 3, 1, 100).write(file);
    assertOpenFails("logits with dimension 2 of 204, the vocab_size of config.json, found", file);
    decoder(24).output("logits", Element.DOUBLE, 0, 3, 1, 204).write(file);
    assertOpenFails("Expected logits as float32 or float16", file);
  }

  @Test
  void open_visionModelWantsMore_inputNamed() {
    Path file = folder.resolve("vision_model.onnx");
    new TestGraph()
        .input("pixel_values", Element.FLOAT, -1, 3, 48, 48)
        .input("bool_masked_pos", Element.INT64, -1, -1)
        .output("last_hidden_state", 0, 1, 10, 24)
        .write(file);

    assertOpenFails("Expected no input but pixel_values, found bool_masked_pos", file);
  }

  /** A search makes words of NaN, too. */
  @Test
  void caption_decoderGivesNoNumbers_fails() {
    Path file = folder.resolve("text_decoder.onnx");
    decoder(24).output("logits", Float.NaN, 1, 1, 204).write(file);
    try (BlipCaptioner captioner =
        BlipCaptioner.open(folder, Device.CPU, 1, BlipOptions.DEFAULTS)) {
      assertThatExceptionOfType(SgidException.class)
          .isThrownBy(() -> captioner.caption(TestModels.image("gray-28x28"), 1, 0))
          .withMessage("The decoder gave logits that are not numbers: " + file)
          .satisfies(e -> assertThat(e.stage()).isEqualTo(Stage.CAPTION));
    }
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

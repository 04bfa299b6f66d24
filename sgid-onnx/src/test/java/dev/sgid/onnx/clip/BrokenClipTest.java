package dev.sgid.onnx.clip;

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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BrokenClipTest {
  @TempDir Path folder;

  @BeforeEach
  void copy() {
    TestModels.copy("tiny-clip", folder);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"config.json", "preprocessor_config.json", "text_model.onnx", "vision_model.onnx"})
  void open_fileMissing_fileNamed(String name) throws IOException {
    Files.delete(folder.resolve(name));

    assertOpenFails("", folder.resolve(name).toString());
  }

  @Test
  void open_noGraph_bothFormsNamed() throws IOException {
    Files.delete(folder.resolve("text_model.onnx"));
    Files.delete(folder.resolve("vision_model.onnx"));

    assertOpenFails(
        "Neither text_model.onnx and vision_model.onnx nor model.onnx", folder.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"text_model.onnx", "vision_model.onnx"})
  void open_graphTruncated_fileNamed(String name) throws IOException {
    Path file = folder.resolve(name);
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));

    assertOpenFails("Not an ONNX model that can be run", file.toString());
  }

  @Test
  void open_graphsSwapped_expectedAndFoundNamed() throws IOException {
    Path text = folder.resolve("text_model.onnx");
    Path vision = folder.resolve("vision_model.onnx");
    Files.move(text, folder.resolve("other.onnx"));
    Files.move(vision, text);
    Files.move(folder.resolve("other.onnx"), vision);

    assertOpenFails(
        "Expected an input named input_ids, found pixel_values: FLOAT32[-1, 3, 32, 32]",
        text.toString());
  }

  @Test
  void open_picturesOfAnotherSize_expectedAndFoundNamed() throws IOException {
    Path config = folder.resolve("preprocessor_config.json");
    Files.writeString(config, Files.readString(config).replace("32", "48"));

    assertOpenFails(
        "an input pixel_values (batch, 3, 48, 48), as the image processor makes them",
        folder.resolve("vision_model.onnx").toString());
  }

  private TestGraph text(long batch) {
    return new TestGraph().input("input_ids", Element.INT64, batch, -1);
  }

  @Test
  void open_textModelDoesNotFit_expectedAndFoundNamed() {
    Path file = folder.resolve("text_model.onnx");
    text(1).output("text_embeds", 1, 1, 24).write(file);
    assertOpenFails("Expected an input input_ids (batch, 16), found", file.toString());
    text(-1).output("text_embeds", Element.DOUBLE, 1, 1, 24).write(file);
    assertOpenFails("Expected text_embeds as float32 or float16", file.toString());
    text(-1)
        .input("position_ids", Element.INT64, -1, -1)
        .output("text_embeds", 1, 1, 24)
        .write(file);
    assertOpenFails(
        "Expected no input but input_ids, attention_mask, found position_ids", file.toString());
  }

  @Test
  void open_tokenizerKnowsMoreThanTheModel_bothNamed() throws IOException {
    Path config = folder.resolve("config.json");
    String text = Files.readString(config);
    Files.writeString(config, text.replaceFirst("\"vocab_size\": \\d+", "\"vocab_size\": 600"));

    assertOpenFails(
        "its last token is 633, and the model knows 600 (vocab_size)", folder.toString());
  }

  @Test
  void open_pixelsNotFinite_fileNamed() throws IOException {
    Path config = folder.resolve("preprocessor_config.json");
    String text = Files.readString(config);
    Files.writeString(
        config, text.replaceFirst("\"rescale_factor\": [^,]+", "\"rescale_factor\": 1e300"));

    assertOpenFails(
        "rescale_factor, image_mean and image_std give no finite number", config.toString());
  }

  @Test
  void open_tokenizerMissing_folderNamed() throws IOException {
    Files.delete(folder.resolve("tokenizer.json"));
    Files.delete(folder.resolve("vocab.json"));

    assertOpenFails("", folder.resolve("vocab.json").toString());
  }

  private void assertOpenFails(String problem, String file) {
    assertThatExceptionOfType(SgidException.class)
        .isThrownBy(() -> ClipSimilarityScorer.open(folder, Device.CPU, 1).close())
        .withMessageContaining(problem)
        .withMessageContaining(file)
        .satisfies(e -> assertThat(e.stage()).isEqualTo(Stage.OPEN));
  }
}

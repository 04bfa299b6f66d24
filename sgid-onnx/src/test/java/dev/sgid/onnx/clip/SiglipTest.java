package dev.sgid.onnx.clip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.sgid.Device;
import dev.sgid.SgidException;
import dev.sgid.internal.Embeddings;
import dev.sgid.onnx.internal.text.TextTokenizer;
import dev.sgid.onnx.reference.Golden;
import dev.sgid.onnx.reference.TestModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SigLIP and SigLIP 2, as pairs and in one graph, against transformers with the same weights. */
class SiglipTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"tiny-siglip", "tiny-siglip2"})
  void embed_pair_cosinesOfTransformers(String model) {
    TestModels.copy(model, folder);

    assertCosines(model);
  }

  /** As hub folders have it, without spiece.model. */
  @Test
  void embed_tokenizerJson_cosinesOfTransformers() throws IOException {
    TestModels.copy("tiny-siglip", folder);
    Files.delete(folder.resolve("spiece.model"));
    copy("tiny-siglip-hub", "tokenizer.json");

    assertCosines("tiny-siglip");
  }

  @Test
  void embed_oneGraph_cosinesAndScaleOfTransformers() throws IOException {
    TestModels.copy("tiny-siglip", folder);
    Files.delete(folder.resolve("text_model.onnx"));
    Files.delete(folder.resolve("vision_model.onnx"));
    copy("tiny-siglip-combined", "model.onnx");

    assertCosines("tiny-siglip");
    try (ClipSimilarityScorer scorer = open()) {
      assertThat(scorer.logitScale().value())
          .as("whatever is added to the logits")
          .isCloseTo(Math.exp(4.7), withinPercentage(0.1));
      assertThat(scorer.logitScale().origin()).isEqualTo("graph");
    }
  }

  /** What big folders leave out of config.json, because it is usual. */
  @Test
  void embed_configWithoutSizes_textsOf64Tokens() throws IOException {
    TestModels.copy("tiny-siglip", folder);
    for (String key : List.of("max_position_embeddings", "vocab_size")) {
      removeFromTextConfig(key);
    }
    Path tokenizer = folder.resolve("tokenizer_config.json");
    Files.writeString(
        tokenizer, Files.readString(tokenizer).replace("\"model_max_length\": 64,", ""));

    assertCosines("tiny-siglip");
  }

  @ParameterizedTest
  @ValueSource(strings = {"tiny-siglip", "tiny-siglip2"})
  void encode_anyText_idsOfTransformers(String model) {
    JsonObject golden = golden(model);
    List<String> texts = strings(golden.getAsJsonArray("texts"));
    try (TextTokenizer tokenizer = TextTokenizer.open(TestModels.folder(model), 64)) {
      for (int i = 0; i < texts.size(); i++) {
        String text = texts.get(i).toLowerCase(Locale.ROOT);
        assertThat(tokenizer.encode(text).ids())
            .as(text)
            .containsExactly(
                StreamSupport.stream(
                        golden.getAsJsonArray("ids").get(i).getAsJsonArray().spliterator(), false)
                    .mapToLong(JsonElement::getAsLong)
                    .toArray());
      }
    }
  }

  @Test
  void open_naFlex_refusedByName() throws IOException {
    TestModels.copy("tiny-siglip2", folder);
    replace("config.json", "\"model_type\": \"siglip\"", "\"model_type\": \"siglip2\"");
    replace("preprocessor_config.json", "SiglipImageProcessor", "Siglip2ImageProcessor");

    assertThatThrownBy(this::open)
        .isInstanceOf(SgidException.class)
        .hasMessageStartingWith("This is a SigLIP 2 of the NaFlex kind")
        .hasMessageEndingWith(folder.resolve("preprocessor_config.json").toString());
  }

  /** A CLIP's pooled output is not its embedding. */
  @Test
  void open_pooledOutputOfAClip_refused() throws IOException {
    TestModels.copy("tiny-siglip", folder);
    replace("config.json", "\"model_type\": \"siglip\"", "\"model_type\": \"clip\"");

    assertThatThrownBy(this::open)
        .isInstanceOf(SgidException.class)
        .hasMessageStartingWith("Expected an output named text_embeds, found last_hidden_state");
  }

  @Test
  void open_noTokenizer_namesTheFiles() throws IOException {
    TestModels.copy("tiny-siglip", folder);
    Files.delete(folder.resolve("spiece.model"));

    assertThatThrownBy(this::open)
        .isInstanceOf(SgidException.class)
        .hasMessage(
            "Missing file (tokenizer.json would do as well): " + folder.resolve("spiece.model"));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 100, 5000})
  void open_cutTokenizer_namesTheFile(int bytes) throws IOException {
    TestModels.copy("tiny-siglip", folder);
    Path file = folder.resolve("spiece.model");
    Files.write(file, Arrays.copyOf(Files.readAllBytes(file), bytes));

    assertThatThrownBy(this::open)
        .isInstanceOf(SgidException.class)
        .hasMessageContaining("model of sentencepiece")
        .hasMessageEndingWith(file.toString());
  }

  private void assertCosines(String model) {
    JsonObject golden = golden(model);
    try (ClipSimilarityScorer scorer = open()) {
      List<float[]> images =
          scorer.embedImages(TestModels.images(strings(golden.getAsJsonArray("images"))));
      List<float[]> texts = scorer.embedTexts(strings(golden.getAsJsonArray("texts")));
      for (int i = 0; i < images.size(); i++) {
        assertRow(images.get(i), texts, golden.getAsJsonArray("similarity").get(i));
        assertRow(images.get(i), images, golden.getAsJsonArray("imageSimilarity").get(i));
      }
    }
  }

  private static void assertRow(float[] image, List<float[]> others, JsonElement expected) {
    for (int j = 0; j < others.size(); j++) {
      assertThat(Embeddings.cosine(image, others.get(j)))
          .isCloseTo(expected.getAsJsonArray().get(j).getAsDouble(), within(1e-5));
    }
  }

  private ClipSimilarityScorer open() {
    return ClipSimilarityScorer.open(folder, Device.CPU, 1);
  }

  private void copy(String model, String file) throws IOException {
    Files.copy(
        TestModels.folder("tiny-siglip").resolveSibling(model).resolve(file), folder.resolve(file));
  }

  private void replace(String file, String text, String by) throws IOException {
    Path path = folder.resolve(file);
    assertThat(path).content().contains(text);
    Files.writeString(path, Files.readString(path).replace(text, by));
  }

  private void removeFromTextConfig(String key) throws IOException {
    Path path = folder.resolve("config.json");
    JsonObject config = JsonParser.parseString(Files.readString(path)).getAsJsonObject();
    config.getAsJsonObject("text_config").remove(key);
    Files.writeString(path, config.toString());
  }

  private static JsonObject golden(String model) {
    return Golden.read("models/" + model + "/goldens.json.gz");
  }

  private static List<String> strings(JsonArray array) {
    return StreamSupport.stream(array.spliterator(), false).map(JsonElement::getAsString).toList();
  }
}

package dev.sgid.onnx.clip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.sgid.Device;
import dev.sgid.LogitScale;
import dev.sgid.internal.Embeddings;
import dev.sgid.onnx.reference.Golden;
import dev.sgid.onnx.reference.TestModels;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClipSimilarityScorerTest {
  private static final Offset<Double> PARITY = within(1e-5);

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"tiny-clip", "tiny-clip-normalised", "tiny-clip-combined"})
  void embed_imagesAndTexts_cosinesOfTransformers(String model) {
    JsonObject golden = golden(model);
    List<BufferedImage> images = TestModels.images(strings(golden, "images"));
    List<String> texts = strings(golden, "texts");
    try (ClipSimilarityScorer scorer = open(TestModels.folder(model))) {
      List<float[]> embedded = scorer.embedImages(images);
      List<float[]> words = scorer.embedTexts(texts);

      for (int i = 0; i < images.size(); i++) {
        assertClose(
            cosines(embedded.get(i), words),
            golden.getAsJsonArray("similarity").get(i).getAsJsonArray());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tiny-clip", "tiny-clip-normalised", "tiny-clip-combined"})
  void score_oneByOne_cosinesOfTransformers(String model) {
    JsonObject golden = golden(model);
    List<BufferedImage> images = TestModels.images(strings(golden, "images"));
    List<String> texts = strings(golden, "texts");
    try (ClipSimilarityScorer scorer = open(TestModels.folder(model))) {
      for (int i = 0; i < images.size(); i++) {
        JsonArray expected = golden.getAsJsonArray("similarity").get(i).getAsJsonArray();
        assertClose(scorer.score(images.get(i), texts), expected);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tiny-clip", "tiny-clip-normalised", "tiny-clip-combined"})
  void similarity_twoImages_cosineOfTransformers(String model) {
    JsonObject golden = golden(model);
    List<BufferedImage> images = TestModels.images(strings(golden, "images"));
    try (ClipSimilarityScorer scorer = open(TestModels.folder(model))) {
      for (int i = 0; i < images.size(); i++) {
        BufferedImage image = images.get(i);
        assertClose(
            images.stream().mapToDouble(other -> scorer.similarity(image, other)).toArray(),
            golden.getAsJsonArray("imageSimilarity").get(i).getAsJsonArray());
      }
    }
  }

  @Test
  void open_graphsInFolderOnnx_cosinesOfTransformers() {
    TestModels.moveBelow(
        TestModels.copy("tiny-clip", folder), "text_model.onnx", "vision_model.onnx");
    JsonObject golden = golden("tiny-clip");
    try (ClipSimilarityScorer scorer = open(folder)) {
      assertClose(
          scorer.score(
              TestModels.image(strings(golden, "images").get(0)), strings(golden, "texts")),
          golden.getAsJsonArray("similarity").get(0).getAsJsonArray());
    }
  }

  @Test
  void logitScale_graphWithLogits_asTrained() {
    try (ClipSimilarityScorer scorer = open(TestModels.folder("tiny-clip-combined"))) {
      assertThat(scorer.logitScale().value())
          .isCloseTo(
              Math.exp(4.6), withinPercentage(0.001)); // its initializer; the config says 2.6592
      assertThat(scorer.logitScale().origin()).isEqualTo("graph");
    }
  }

  @Test
  void logitScale_towers_usualUnlessSaid() {
    try (ClipSimilarityScorer scorer = open(TestModels.folder("tiny-clip"))) {
      assertThat(scorer.logitScale()).isEqualTo(LogitScale.USUAL);
      LogitScale said = new LogitScale(18.25, "sgid.json");
      assertThat(scorer.withLogitScale(said).logitScale()).isEqualTo(said);
    }
  }

  @Test
  void score_textSeenBefore_sameCosine() {
    try (ClipSimilarityScorer scorer = open(TestModels.folder("tiny-clip"))) {
      BufferedImage image = TestModels.image("gray-28x28");

      double[] first = scorer.score(image, List.of("a boot", "a bag"));

      assertThat(scorer.score(image, List.of("a bag", "a bag", "a boot")))
          .containsExactly(first[1], first[1], first[0]);
    }
  }

  @Test
  void similarity_sameImage_one() {
    try (ClipSimilarityScorer scorer = open(TestModels.folder("tiny-clip"))) {
      BufferedImage image = TestModels.image("gray-28x28");

      assertThat(scorer.similarity(image, image)).isCloseTo(1, PARITY).isLessThanOrEqualTo(1);
    }
  }

  /** Bit by bit: what is written of a picture does not depend on what shared a call with it. */
  @ParameterizedTest
  @ValueSource(strings = {"tiny-clip", "tiny-clip-normalised", "tiny-clip-combined"})
  void embed_moreThanABatch_sameAsEachAlone(String model) {
    List<String> texts = IntStream.range(0, 21).mapToObj(i -> "a bag of size " + i).toList();
    List<BufferedImage> images = TestModels.images(strings(golden(model), "images"));
    List<BufferedImage> many = new ArrayList<>(images);
    many.addAll(TestModels.images(strings(golden(model), "images")));
    try (ClipSimilarityScorer together = open(TestModels.folder(model));
        ClipSimilarityScorer alone = open(TestModels.folder(model))) {
      List<float[]> embedded = together.embedImages(many);
      List<float[]> words = together.embedTexts(texts);

      assertThat(embedded).hasSameSizeAs(many);
      for (int i = 0; i < many.size(); i++) {
        assertThat(embedded.get(i))
            .as("image %d", i)
            .isEqualTo(alone.embedImages(List.of(many.get(i))).get(0));
      }
      assertThat(words).hasSameSizeAs(texts);
      for (int i = 0; i < texts.size(); i++) {
        assertThat(words.get(i))
            .as("text %d", i)
            .isEqualTo(alone.embedTexts(List.of(texts.get(i))).get(0));
      }
    }
  }

  @Test
  void score_manyThreads_sameAsOne() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (ClipSimilarityScorer scorer = open(TestModels.folder("tiny-clip-combined"))) {
      JsonObject golden = golden("tiny-clip-combined");
      List<BufferedImage> images = TestModels.images(strings(golden, "images"));
      List<String> texts = strings(golden, "texts");
      List<Callable<double[]>> calls = new ArrayList<>();
      for (int i = 0; i < 32; i++) {
        BufferedImage image = images.get(i % images.size());
        calls.add(() -> scorer.score(image, texts));
      }

      List<Future<double[]>> scores = threads.invokeAll(calls);

      for (int i = 0; i < calls.size(); i++) {
        assertClose(
            scores.get(i).get(),
            golden.getAsJsonArray("similarity").get(i % images.size()).getAsJsonArray());
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void score_closed_illegalState() {
    ClipSimilarityScorer scorer = open(TestModels.folder("tiny-clip"));
    scorer.close();
    scorer.close();

    assertThatThrownBy(() -> scorer.score(TestModels.image("gray-28x28"), List.of("a bag")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("tiny-clip")
        .hasMessageEndingWith("is closed");
  }

  private static ClipSimilarityScorer open(Path folder) {
    return ClipSimilarityScorer.open(folder, Device.CPU, 1);
  }

  private static double[] cosines(float[] image, List<float[]> texts) {
    return texts.stream().mapToDouble(text -> Embeddings.cosine(image, text)).toArray();
  }

  private static JsonObject golden(String model) {
    return Golden.read("models/" + model + "/goldens.json.gz");
  }

  private static List<String> strings(JsonObject golden, String key) {
    return StreamSupport.stream(golden.getAsJsonArray(key).spliterator(), false)
        .map(element -> element.getAsString())
        .toList();
  }

  private static void assertClose(double[] actual, JsonArray expected) {
    assertThat(actual).hasSize(expected.size());
    for (int i = 0; i < actual.length; i++) {
      assertThat(actual[i]).as("value %d", i).isCloseTo(expected.get(i).getAsDouble(), PARITY);
    }
  }
}

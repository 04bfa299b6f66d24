package dev.sgid.onnx.clip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.sgid.Device;
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

  @Test
  void embed_moreThanABatch_sameAsEachAlone() {
    List<String> texts = IntStream.range(0, 21).mapToObj(i -> "a bag of size " + i).toList();
    List<BufferedImage> images = TestModels.images(strings(golden("tiny-clip"), "images"));
    List<BufferedImage> many = new ArrayList<>(images);
    many.addAll(TestModels.images(strings(golden("tiny-clip"), "images")));
    try (ClipSimilarityScorer together = open(TestModels.folder("tiny-clip"));
        ClipSimilarityScorer alone = open(TestModels.folder("tiny-clip"))) {
      List<float[]> embedded = together.embedImages(many);
      List<float[]> words = together.embedTexts(texts);

      for (int i = 0; i < many.size(); i++) {
        for (int j = 0; j < texts.size(); j++) {
          double[] expected = alone.score(many.get(i), List.of(texts.get(j)));
          assertThat(Embeddings.cosine(embedded.get(i), words.get(j)))
              .isCloseTo(expected[0], PARITY);
        }
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

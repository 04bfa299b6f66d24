package dev.sgid.onnx.blip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import dev.sgid.Device;
import dev.sgid.onnx.blip.BlipOptions.Strategy;
import dev.sgid.onnx.internal.generation.GoldenSearch;
import dev.sgid.onnx.internal.generation.Hypothesis;
import dev.sgid.onnx.reference.Golden;
import dev.sgid.onnx.reference.TestModels;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class BlipCaptionerTest {
  private static final List<String> MODELS = List.of("tiny-blip", "tiny-blip-nocache");

  @TempDir Path folder;

  static Stream<Arguments> goldens() {
    return MODELS.stream()
        .flatMap(
            model -> {
              JsonObject golden = golden(model);
              return Golden.objects(golden.get("cases")).stream()
                  .map(one -> Arguments.argumentSet(model + " " + name(one), model, golden, one));
            });
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void generate_anyOptions_tokensAndTextsOfTransformers(
      String model, JsonObject golden, JsonObject one) {
    assertTokensAndTexts(TestModels.folder(model), golden, one);
  }

  static Stream<Arguments> goldensWithCache() {
    return goldens().filter(one -> one.get()[0].equals("tiny-blip"));
  }

  @ParameterizedTest
  @MethodSource("goldensWithCache")
  void generate_visionModelMakesKeysAndValues_tokensAndTextsOfTransformers(
      String model, JsonObject golden, JsonObject one) throws IOException {
    copyOver("tiny-blip-keys", "vision_model.onnx", "text_decoder.onnx");

    assertTokensAndTexts(folder, golden, one);
  }

  /** Makes {@code folder} tiny-blip with some files of another model. */
  private void copyOver(String model, String... files) throws IOException {
    TestModels.copy("tiny-blip", folder);
    for (String file : files) {
      Files.copy(
          TestModels.folder("tiny-blip").resolveSibling(model).resolve(file),
          folder.resolve(file),
          StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static void assertTokensAndTexts(Path blip, JsonObject golden, JsonObject one) {
    int sequences = GoldenSearch.sequences(one);
    List<BufferedImage> images = images(golden);
    BlipOptions options =
        BlipOptions.of(
            GoldenSearch.options(one, one.getAsJsonArray("prompt").size()),
            one.has("prefix") ? one.get("prefix").getAsString() : "");
    try (BlipCaptioner captioner = BlipCaptioner.open(blip, Device.CPU, 1, options)) {
      List<List<Hypothesis>> found =
          captioner.generate(
              images, sequences, Collections.nCopies(images.size(), GoldenSearch.seed(one)));

      for (int i = 0; i < images.size(); i++) {
        List<JsonObject> expected = Golden.objects(one.getAsJsonArray("captions").get(i));
        for (int j = 0; j < sequences; j++) {
          Hypothesis actual = found.get(i).get(j);
          String where = "image %d, sequence %d".formatted(i, j);
          assertThat(actual.ids()).as(where).isEqualTo(ids(expected.get(j)));
          assertThat(captioner.text(actual))
              .as(where)
              .isEqualTo(expected.get(j).get("text").getAsString());
          if (expected.get(j).has("score")) {
            double score = expected.get(j).get("score").getAsDouble();
            assertThat(actual.score())
                .as(where)
                .isCloseTo(score, within(1e-5 * Math.max(1, Math.abs(score))));
          }
        }
      }
    }
  }

  @Test
  void caption_threeCandidates_distinctTextsBestFirst() {
    try (BlipCaptioner captioner = open("tiny-blip", BlipOptions.DEFAULTS)) {
      List<JsonObject> expected =
          Golden.objects(caseNamed("tiny-blip", "beam-3-all").getAsJsonArray("captions").get(0));

      List<String> captions = captioner.caption(TestModels.image("landscape-64x48"), 3, 0);

      assertThat(captions).doesNotHaveDuplicates();
      assertThat(captions)
          .isEqualTo(expected.stream().map(e -> e.get("text").getAsString()).distinct().toList());
    }
  }

  @Test
  void caption_oneCandidate_firstOfBeamSearch() {
    try (BlipCaptioner captioner = open("tiny-blip", BlipOptions.DEFAULTS)) {
      BufferedImage image = TestModels.image("gray-28x28");

      assertThat(captioner.caption(image, 1, 0))
          .isEqualTo(captioner.caption(image, 3, 1).subList(0, 1));
    }
  }

  @Test
  void caption_moreCandidatesThanBeams_asManyBeams() {
    try (BlipCaptioner captioner = open("tiny-blip", BlipOptions.DEFAULTS)) {
      List<String> captions = captioner.caption(TestModels.image("large-200x150"), 7, 0);

      assertThat(captions).hasSizeBetween(4, 7).doesNotHaveDuplicates();
    }
  }

  @Test
  void caption_greedy_oneCaption() {
    BlipOptions greedy = BlipOptions.DEFAULTS.toBuilder().strategy(Strategy.GREEDY).build();
    try (BlipCaptioner captioner = open("tiny-blip", greedy)) {
      assertThat(captioner.caption(TestModels.image("gray-28x28"), 5, 0)).hasSize(1);
    }
  }

  @Test
  void caption_sampling_sameSeedSameCaptions() {
    BlipOptions sampling =
        BlipOptions.DEFAULTS.toBuilder().strategy(Strategy.SAMPLE).topP(0.9).build();
    try (BlipCaptioner captioner = open("tiny-blip", sampling)) {
      BufferedImage image = TestModels.image("landscape-64x48");

      List<String> captions = captioner.caption(image, 3, 7);

      assertThat(captioner.caption(image, 3, 7)).isEqualTo(captions);
      assertThat(captioner.caption(image, 3, 7 + (1L << 32))).isEqualTo(captions);
      assertThat(captioner.caption(image, 3, 8)).isNotEqualTo(captions);
    }
  }

  @Test
  void captionAll_manyImages_sameAsEachAlone() {
    for (Strategy strategy : Strategy.values()) {
      BlipOptions options = BlipOptions.DEFAULTS.toBuilder().strategy(strategy).build();
      try (BlipCaptioner captioner = open("tiny-blip", options)) {
        List<BufferedImage> images = images(golden("tiny-blip"));
        List<Long> seeds = LongStream.range(0, images.size()).boxed().toList();

        List<List<String>> together = captioner.captionAll(images, 3, seeds);

        for (int i = 0; i < images.size(); i++) {
          assertThat(together.get(i)).isEqualTo(captioner.caption(images.get(i), 3, seeds.get(i)));
        }
      }
    }
  }

  /** 60 rows an image. */
  @Test
  void captionAll_manyCandidates_sameAsEachAlone() {
    BlipOptions options = BlipOptions.DEFAULTS.toBuilder().strategy(Strategy.SAMPLE).build();
    try (BlipCaptioner captioner = open("tiny-blip", options)) {
      List<BufferedImage> images = images(golden("tiny-blip"));
      List<Long> seeds = LongStream.range(0, images.size()).boxed().toList();

      List<List<String>> together = captioner.captionAll(images, 60, seeds);

      for (int i = 0; i < images.size(); i++) {
        assertThat(together.get(i)).isEqualTo(captioner.caption(images.get(i), 60, seeds.get(i)));
      }
    }
  }

  @Test
  void caption_manyThreads_sameAsOne() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (BlipCaptioner captioner = open("tiny-blip", BlipOptions.DEFAULTS)) {
      List<BufferedImage> images = images(golden("tiny-blip"));
      List<Callable<List<String>>> calls = new ArrayList<>();
      List<List<String>> alone = new ArrayList<>();
      for (int i = 0; i < 24; i++) {
        BufferedImage image = images.get(i % images.size());
        calls.add(() -> captioner.caption(image, 3, 0));
        alone.add(
            i < images.size() ? captioner.caption(image, 3, 0) : alone.get(i % images.size()));
      }

      List<Future<List<String>>> together = threads.invokeAll(calls);

      for (int i = 0; i < calls.size(); i++) {
        assertThat(together.get(i).get()).isEqualTo(alone.get(i));
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void caption_decoderWithOtherNamesAndTypes_sameCaptions() throws IOException {
    copyOver("tiny-blip-renamed", "text_decoder.onnx");
    List<BufferedImage> images = images(golden("tiny-blip"));
    List<Long> seeds = Collections.nCopies(images.size(), 0L);
    try (BlipCaptioner plain = open("tiny-blip", BlipOptions.DEFAULTS);
        BlipCaptioner renamed = BlipCaptioner.open(folder, Device.CPU, 1, BlipOptions.DEFAULTS)) {
      assertThat(renamed.captionAll(images, 3, seeds))
          .isEqualTo(plain.captionAll(images, 3, seeds));
    }
  }

  @Test
  void caption_closed_illegalState() {
    BlipCaptioner captioner = open("tiny-blip", BlipOptions.DEFAULTS);
    captioner.close();
    captioner.close();

    assertThatThrownBy(() -> captioner.caption(TestModels.image("gray-28x28"), 1, 0))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageEndingWith("tiny-blip is closed");
  }

  private static BlipCaptioner open(String model, BlipOptions options) {
    return BlipCaptioner.open(TestModels.folder(model), Device.CPU, 1, options);
  }

  private static JsonObject golden(String model) {
    return Golden.read("models/" + model + "/goldens.json.gz");
  }

  private static JsonObject caseNamed(String model, String name) {
    return Golden.objects(golden(model).get("cases")).stream()
        .filter(one -> name(one).equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static String name(JsonObject one) {
    return one.get("name").getAsString();
  }

  private static List<BufferedImage> images(JsonObject golden) {
    return TestModels.images(
        StreamSupport.stream(golden.getAsJsonArray("images").spliterator(), false)
            .map(name -> name.getAsString())
            .toList());
  }

  private static List<Integer> ids(JsonObject expected) {
    return LongStream.of(Golden.longs(expected.get("ids"))).mapToObj(Math::toIntExact).toList();
  }
}

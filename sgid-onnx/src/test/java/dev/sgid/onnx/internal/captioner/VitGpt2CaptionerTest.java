package dev.sgid.onnx.internal.captioner;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.sgid.Device;
import dev.sgid.SgidException;
import dev.sgid.onnx.internal.ModelFiles;
import dev.sgid.onnx.internal.generation.GenerationOptions;
import dev.sgid.onnx.internal.generation.GenerationOptions.Strategy;
import dev.sgid.onnx.internal.generation.GoldenSearch;
import dev.sgid.onnx.internal.generation.Hypothesis;
import dev.sgid.onnx.reference.Golden;
import dev.sgid.onnx.reference.TestModels;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Graphs that optimum exported, against transformers with the same weights. */
class VitGpt2CaptionerTest {
  private static final JsonObject GOLDEN = Golden.read("models/tiny-vit-gpt2/goldens.json.gz");
  private static final String MERGED = "decoder_model_merged.onnx";
  private static final String FIRST = "decoder_model.onnx";
  private static final String WITH_PAST = "decoder_with_past_model.onnx";

  @TempDir Path folder;

  @BeforeEach
  void copy() {
    TestModels.copy("tiny-vit-gpt2", folder);
  }

  static Stream<Arguments> goldens() {
    return Golden.objects(GOLDEN.get("cases")).stream()
        .map(one -> Arguments.argumentSet(one.get("name").getAsString(), one));
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void generate_merged_tokensAndTextsOfTransformers(JsonObject one) {
    assertTokensAndTexts(one);
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void generate_pair_tokensAndTextsOfTransformers(JsonObject one) throws IOException {
    take(FIRST, WITH_PAST);

    assertTokensAndTexts(one);
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void generate_decoderWithoutAPast_tokensAndTextsOfTransformers(JsonObject one)
      throws IOException {
    take(FIRST);

    assertTokensAndTexts(one);
  }

  @Test
  void generate_graphsInFolderOnnx_tokensOfTransformers() {
    TestModels.moveBelow(folder, "encoder_model.onnx", MERGED);

    assertTokensAndTexts(Golden.objects(GOLDEN.get("cases")).get(0));
  }

  private void assertTokensAndTexts(JsonObject one) {
    int sequences = GoldenSearch.sequences(one);
    List<BufferedImage> images = images();
    try (ImageCaptions captioner = open(GoldenSearch.options(one, 1))) {
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
  void captionAll_severalImages_sameAsEachAlone() {
    List<BufferedImage> images = images();
    List<Long> seeds = LongStream.range(0, images.size()).boxed().toList();
    try (ImageCaptions captioner = open(null)) {
      List<List<String>> together = captioner.captionAll(images, 3, seeds);

      for (int i = 0; i < images.size(); i++) {
        assertThat(together.get(i)).isEqualTo(captioner.caption(images.get(i), 3, seeds.get(i)));
      }
    }
  }

  /** As optimum writes them, with nothing in them but tokens. */
  @Test
  void read_filesWithoutSettings_whatIsUsual() {
    VitGpt2Config config = VitGpt2Config.read(folder);

    assertThat(config.generation().strategy()).isEqualTo(Strategy.BEAM);
    assertThat(config.generation().beams()).isEqualTo(3);
    assertThat(config.generation().maxNewTokens()).isEqualTo(20);
    assertThat(config.start()).isEqualTo(406);
    assertThat(config.end()).isEqualTo(406);
    assertThat(config.ignored()).isEmpty();
  }

  @Test
  void read_generationConfig_heededAloneAndInFull() throws IOException {
    change("config.json", "num_beams", "7");
    change("generation_config.json", "max_length", "16");
    change("generation_config.json", "num_beams", "4");
    change("generation_config.json", "no_repeat_ngram_size", "3");
    change("generation_config.json", "decoder_start_token_id", "5");
    change("generation_config.json", "eos_token_id", "[9]");

    VitGpt2Config config = VitGpt2Config.read(folder);

    assertThat(config.generation().beams()).isEqualTo(4);
    assertThat(config.generation().maxNewTokens()).as("the start token counts").isEqualTo(15);
    assertThat(config.generation().noRepeatNgram()).isEqualTo(3);
    assertThat(config.start()).isEqualTo(5);
    assertThat(config.end()).isEqualTo(9);
  }

  @Test
  void read_settingsInConfigJsonOnly_heeded() throws IOException {
    Files.delete(folder.resolve("generation_config.json"));
    change("config.json", "max_length", "12");
    change("config.json", "num_beams", "1"); // as configs of old have it, all of them
    JsonObject decoder = json("config.json").getAsJsonObject("decoder");
    decoder.addProperty("max_length", 30);
    decoder.addProperty("length_penalty", 2.0);
    change("config.json", "decoder", decoder.toString());

    VitGpt2Config config = VitGpt2Config.read(folder);

    assertThat(config.generation().maxNewTokens()).as("its own first").isEqualTo(11);
    assertThat(config.generation().lengthPenalty()).isEqualTo(2);
    assertThat(config.generation().beams()).isEqualTo(3);
    assertThat(config.start()).isEqualTo(406);
  }

  @Test
  void open_settingsThatAreNotDone_warnedOf() throws IOException {
    change("generation_config.json", "bad_words_ids", "[[7]]");
    change("generation_config.json", "num_beam_groups", "3");
    change("generation_config.json", "typical_p", "1.0");
    PrintStream err = System.err;
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    System.setErr(new PrintStream(log, true, UTF_8));
    try (ImageCaptions ignored = open(null)) {
      assertThat(log.toString(UTF_8))
          .contains("The settings of " + folder + " have bad_words_ids, num_beam_groups, which");
    } finally {
      System.setErr(err);
    }
  }

  @Test
  void open_otherDecoder_refusedByName() throws IOException {
    JsonObject decoder = json("config.json").getAsJsonObject("decoder");
    decoder.addProperty("model_type", "trocr");
    change("config.json", "decoder", decoder.toString());

    assertThatThrownBy(() -> open(null))
        .isInstanceOf(SgidException.class)
        .hasMessage(
            "\"model_type\" must be gpt2 for the decoder of a vision-encoder-decoder but is"
                + " \"trocr\": "
                + folder.resolve("config.json"));
  }

  @Test
  void open_noDecoder_saysWhichFileIsMissing() throws IOException {
    Files.delete(folder.resolve(MERGED));

    assertThatThrownBy(() -> open(null))
        .isInstanceOf(SgidException.class)
        .hasMessage("There is no such model file: " + folder.resolve(FIRST));
  }

  @Test
  void open_severalEndTokens_refusedByName() throws IOException {
    change("generation_config.json", "eos_token_id", "[406, 7]");

    assertThatThrownBy(() -> open(null))
        .isInstanceOf(SgidException.class)
        .hasMessage(
            "\"eos_token_id\" must be one token's id but is [406,7]: "
                + folder.resolve("generation_config.json"));
  }

  private ImageCaptions open(@Nullable GenerationOptions options) {
    return VitGpt2Captioner.open(
        new ModelFiles(folder, ""), Device.CPU, 1, own -> options == null ? own : options);
  }

  /** Puts the pair's graphs, or one of them, in place of the merged one. */
  private void take(String... names) throws IOException {
    Files.delete(folder.resolve(MERGED));
    for (String name : names) {
      Path pair = TestModels.folder("tiny-vit-gpt2").resolveSibling("tiny-vit-gpt2-pair");
      Files.copy(pair.resolve(name), folder.resolve(name));
    }
  }

  private JsonObject json(String file) throws IOException {
    return JsonParser.parseString(Files.readString(folder.resolve(file))).getAsJsonObject();
  }

  private void change(String file, String key, String value) throws IOException {
    JsonObject json = json(file);
    json.add(key, JsonParser.parseString(value));
    Files.writeString(folder.resolve(file), json.toString());
  }

  private static List<BufferedImage> images() {
    return TestModels.images(
        StreamSupport.stream(GOLDEN.getAsJsonArray("images").spliterator(), false)
            .map(JsonElement::getAsString)
            .toList());
  }

  private static List<Integer> ids(JsonObject caption) {
    return StreamSupport.stream(caption.getAsJsonArray("ids").spliterator(), false)
        .map(JsonElement::getAsInt)
        .toList();
  }
}

package dev.sgid.onnx.diffusion;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.sgid.Device;
import dev.sgid.GuidanceSchedule;
import dev.sgid.Scheduler;
import dev.sgid.Settings;
import dev.sgid.SgidException;
import dev.sgid.Steps;
import dev.sgid.onnx.internal.runtime.Placement;
import dev.sgid.onnx.reference.TestGraph;
import dev.sgid.onnx.reference.TestGraph.Element;
import dev.sgid.onnx.reference.TinyPacks;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Folders of Stable Diffusion XL: how they are told, what is refused, what holds for them. */
class XlModelsTest {
  private static final String REFINER =
      "which goes over what the base has made and is not run here; take Stable Diffusion XL base"
          + " or SDXL-Turbo: ";

  @TempDir Path root;

  private Path pack;

  @BeforeEach
  void assemble() {
    lay("tiny-sd1", "tiny-sdxl");
  }

  private void lay(String... names) {
    pack = TinyPacks.assemble(root, names).resolve("stable-diffusion");
  }

  private StableDiffusionModels open() {
    return StableDiffusionModels.open(pack, Placement.of(Device.CPU, 1));
  }

  private void assertOpenFails(String problem, String file) {
    assertThatThrownBy(() -> open().close())
        .isInstanceOf(SgidException.class)
        .hasMessageContaining(problem)
        .hasMessageEndingWith(": " + pack.resolve(file));
  }

  private void set(String file, String key, String value) throws IOException {
    Path path = pack.resolve(file);
    JsonObject json = JsonParser.parseString(Files.readString(path)).getAsJsonObject();
    json.add(key, JsonParser.parseString(value.replace('\'', '"')));
    Files.writeString(path, json.toString());
  }

  private void delete(String name) throws IOException {
    try (Stream<Path> tree = Files.walk(pack.resolve(name))) {
      for (Path path : tree.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(path);
      }
    }
  }

  /** So that whoever opens one fails. */
  private void breakGraphs() throws IOException {
    try (Stream<Path> tree = Files.walk(pack)) {
      for (Path graph : tree.filter(path -> path.endsWith("model.onnx")).toList()) {
        Files.writeString(graph, "no graph");
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "model_index.json | requires_aesthetics_score | true | requires_aesthetics_score",
        "model_index.json | text_encoder | [null, null] | without a first text encoder",
        "unet/config.json | projection_class_embeddings_input_dim | 50"
            + " | projection_class_embeddings_input_dim 50",
      })
  void open_refiner_isNamedBeforeAnyGraphIsOpened(String file, String key, String value, String by)
      throws IOException {
    breakGraphs();
    set(file, key, value);

    assertOpenFails("This is the refiner of Stable Diffusion XL (" + by + "), " + REFINER, file);
  }

  @Test
  void open_refinerWithoutIndex_isNamedBeforeAnyGraphIsOpened() throws IOException {
    breakGraphs();
    delete("text_encoder");
    delete("model_index.json");

    assertOpenFails("(without a first text encoder), " + REFINER, "");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "tokenizer_2    | Missing folder of Stable Diffusion XL's second tokenizer | tokenizer_2",
        "text_encoder_2 | There is no such model file | text_encoder_2/model.onnx",
        "text_encoder   | There is no such model file | text_encoder/model.onnx",
        "vae_decoder    | There is no such model file | vae_decoder/model.onnx",
        "unet/model.onnx | There is no such model file | unet/model.onnx",
      })
  void open_partMissing_isNamedBeforeAnyGraphIsOpened(String part, String problem, String file)
      throws IOException {
    breakGraphs();
    delete(part);

    assertOpenFails(problem, file);
  }

  @Test
  void open_embeddingsOfAnotherWidth_areNamedBeforeAnyGraphIsOpened() throws IOException {
    breakGraphs();
    set("unet/config.json", "projection_class_embeddings_input_dim", "60");

    assertOpenFails(
        "\"projection_class_embeddings_input_dim\" must be 58, the projection_dim of text_encoder_2"
            + " and 6 times addition_time_embed_dim, but is 60",
        "unet/config.json");
  }

  @Test
  void open_firstEncoderWithoutHiddenStates_namesTheOutput() throws IOException {
    Path other = TinyPacks.assemble(root.resolve("other"), "tiny-sd1");
    Path encoder = pack.resolve("text_encoder/model.onnx");
    Files.delete(encoder);
    Files.copy(other.resolve("stable-diffusion/text_encoder/model.onnx"), encoder);

    assertOpenFails(
        "Expected the output hidden_states.1, of rank 3, which Stable Diffusion XL is given, found"
            + " [last_hidden_state: FLOAT32",
        "text_encoder/model.onnx");
  }

  @Test
  void open_secondEncoderWithoutProjection_namesTheOutput() throws IOException {
    delete("text_encoder_2/model.onnx");
    Files.copy(pack.resolve("text_encoder/model.onnx"), pack.resolve("text_encoder_2/model.onnx"));
    set("text_encoder_2/config.json", "num_hidden_layers", "2");

    assertOpenFails(
        "Expected the output text_embeds, of rank 2, which Stable Diffusion XL is given, found",
        "text_encoder_2/model.onnx");
  }

  @Test
  void open_tokenizersOfOtherLengths_areRefused() throws IOException {
    set("tokenizer_2/tokenizer_config.json", "model_max_length", "16");

    assertOpenFails(
        "Prompts must be as long as those of the first tokenizer, 77 tokens, are of 16",
        "tokenizer_2");
  }

  @Test
  void open_unetOfStableDiffusion1_namesWhatIsMissing() throws IOException {
    Path other = TinyPacks.assemble(root.resolve("other"), "tiny-sd1");
    Path unet = pack.resolve("unet/model.onnx");
    Files.delete(unet);
    Files.copy(other.resolve("stable-diffusion/unet/model.onnx"), unet);

    assertOpenFails("text_embeds, time_ids of Stable Diffusion XL, found", "unet/model.onnx");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "latents_mean | [1, 2, 3]    | \"latents_mean\" must be a list of 4 numbers, one for each",
        "latents_mean | [1, 2, 3, 'a'] | \"latents_mean\" must be a list of 4 numbers, one for",
        "latents_std  | [1, 1, 0, 1] | \"latents_std\" must be a list of 4 numbers above 0, one",
        "latents_std  | 1            | \"latents_std\" must be a list of 4 numbers above 0, one",
        "shift_factor | 0.1 | \"shift_factor\" must be absent or 0, as in Stable Diffusion 1, 2",
      })
  void open_vaeConfigOutOfRange_namesKeyAndFile(String key, String value, String problem)
      throws IOException {
    lay("tiny-sdxl-mean");
    set("vae_decoder/config.json", key, value);

    assertOpenFails(problem, "vae_decoder/config.json");
  }

  @Test
  void open_shiftFactorOf0_isNone() throws IOException {
    set("vae_decoder/config.json", "shift_factor", "0.0");

    open().close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ORTStableDiffusionXLPipeline",
        "ORTStableDiffusionXLImg2ImgPipeline",
        "StableDiffusionXLPipeline",
        "StableDiffusionXLImg2ImgPipeline",
        "OnnxStableDiffusionXLPipeline",
      })
  void open_everyPipelineOfXl_isTold(String name) throws IOException {
    set("model_index.json", "_class_name", "'" + name + "'");
    set("unet/config.json", "addition_embed_type", "null");
    try (StableDiffusionModels models = open()) {
      assertThat(models.promptEncoder()).isInstanceOf(XlTextEncoders.class);
      assertThat(models.fitting()).isEqualTo(new Fitting(32 * 32, 8));
    }
  }

  @Test
  void open_noIndexAndOldConfigs_isXlWithItsNumbers() throws IOException {
    Files.delete(pack.resolve("model_index.json"));
    set("unet/config.json", "sample_size", "null");
    set("vae_decoder/config.json", "scaling_factor", "null");
    try (StableDiffusionModels models = open()) {
      assertThat(models.fitting()).isEqualTo(new Fitting(512 * 512, 8)); // 128 latents by 4 pixels
      assertThat(models.vaeConfig().scale().toUnet(1, 0)).isEqualTo(0.13025f);
    }
  }

  @Test
  void unconditional_empty_isZerosWhereTheIndexSaysSo() {
    try (StableDiffusionModels models = open()) {
      PromptEncoder texts = models.promptEncoder();
      assertThat(states(texts.unconditional(""))).containsOnly(0f).hasSize(77 * 20);
      assertThat(pooled(texts.unconditional(""))).containsOnly(0f).hasSize(10);
      assertThat(states(texts.unconditional(" "))).isEqualTo(states(texts.encode(" ")));
      assertThat(pooled(texts.unconditional("blurry"))).isEqualTo(pooled(texts.encode("blurry")));
      assertThat(texts.encode("")).isNotEqualTo(texts.unconditional(""));
      assertThat(texts.encode("")).as("remembered, with both").isSameAs(texts.encode(""));
    }
    lay("tiny-sdxl-encodes-empty");
    try (StableDiffusionModels models = open()) {
      PromptEncoder texts = models.promptEncoder();
      assertThat(texts.unconditional("")).isSameAs(texts.encode(""));
    }
  }

  private static float[] states(PromptEncoder.Prompt prompt) {
    return requireNonNull(prompt.conditioning().values().get(Conditioning.HIDDEN_STATES));
  }

  private static float[] pooled(PromptEncoder.Prompt prompt) {
    return requireNonNull(prompt.conditioning().values().get(Conditioning.TEXT_EMBEDS));
  }

  @Test
  void defaults_turbo_areItsSchedulerFourStepsAndNoGuidance() {
    try (StableDiffusionImg2Img base = StableDiffusionImg2Img.open(pack, Device.CPU, 1, 0, 2)) {
      assertThat(base.defaults(Settings.DEFAULTS)).isEqualTo(Settings.DEFAULTS);
    }
    lay("tiny-sdxl-turbo");
    try (StableDiffusionImg2Img turbo = StableDiffusionImg2Img.open(pack, Device.CPU, 1, 0, 2)) {
      Settings settings = turbo.defaults(Settings.DEFAULTS);
      assertThat(settings.generation().scheduler()).isEqualTo(Scheduler.eulerAncestral());
      assertThat(settings.generation().steps()).isEqualTo(Steps.of(4));
      assertThat(settings.guidance()).isEqualTo(GuidanceSchedule.constant(1));
    }
  }

  /** Its own dtype is the graph's matter; where that overflows, pictures would fail one by one. */
  @ParameterizedTest
  @CsvSource({"true, 1", "false, 0"})
  void open_float16VaeThatOverflows_isWarnedOf(String forceUpcast, int times) throws IOException {
    set("vae_decoder/config.json", "force_upcast", forceUpcast);
    new TestGraph()
        .input("latent_sample", Element.FLOAT16, -1, 4, -1, -1)
        .output("sample", Element.FLOAT16, 0, 1, 3, 1, 1)
        .write(pack.resolve("vae_decoder/model.onnx"));
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    PrintStream err = System.err;
    System.setErr(new PrintStream(log, true, UTF_8));
    try {
      open().close();
    } finally {
      System.setErr(err);
    }
    assertThat(log.toString(UTF_8).split("is float16, and overflows so by its config", -1))
        .hasSize(times + 1);
  }
}

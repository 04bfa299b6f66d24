package dev.sgid.onnx.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.sgid.Device;
import dev.sgid.GenerationSettings;
import dev.sgid.Img2ImgRequest;
import dev.sgid.Img2ImgResult;
import dev.sgid.SgidException;
import dev.sgid.Stage;
import dev.sgid.StepListener;
import dev.sgid.onnx.internal.runtime.Placement;
import dev.sgid.onnx.reference.TestGraph;
import dev.sgid.onnx.reference.TestGraph.Element;
import dev.sgid.onnx.reference.TinyPacks;
import dev.sgid.testing.TestImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BrokenStableDiffusionTest {
  @TempDir Path root;

  private Path pack;

  @BeforeEach
  void assemble() {
    pack = TinyPacks.assemble(root, "tiny-sd1").resolve("stable-diffusion");
  }

  private StableDiffusionImg2Img open() {
    return StableDiffusionImg2Img.open(pack, Device.CPU, 1, 0, 4);
  }

  private void assertOpenFails(String problem, String file) {
    assertThatThrownBy(() -> open().close())
        .isInstanceOf(SgidException.class)
        .hasMessageContaining(problem)
        .hasMessageEndingWith(": " + pack.resolve(file));
  }

  private static Img2ImgRequest request(double guidanceScale, long seed) {
    return new Img2ImgRequest(
        TestImages.noise(32, 32, 1),
        "a coat",
        guidanceScale,
        GenerationSettings.DEFAULTS.withSteps(4),
        seed);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "unet/model.onnx",
        "vae_encoder/model.onnx",
        "vae_decoder/model.onnx",
        "text_encoder/model.onnx",
        "unet/config.json",
        "vae_decoder/config.json",
        "text_encoder/config.json",
        "scheduler/scheduler_config.json"
      })
  void open_fileTruncated_namesIt(String name) throws IOException {
    byte[] whole = Files.readAllBytes(pack.resolve(name));
    Files.write(pack.resolve(name), Arrays.copyOf(whole, whole.length / 2));

    assertOpenFails("", name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "unet/model.onnx",
        "vae_encoder/model.onnx",
        "vae_decoder/model.onnx",
        "text_encoder/model.onnx",
        "scheduler/scheduler_config.json"
      })
  void open_fileMissing_namesIt(String name) throws IOException {
    Files.delete(pack.resolve(name));

    assertOpenFails("", name);
  }

  @Test
  void open_noFolder_namesIt() {
    pack = root.resolve("none");

    assertOpenFails("There is no such folder of a Stable Diffusion model", "");
  }

  /** As diffusers' own export is: its OnnxRuntimeModel saves a graph and no config. */
  @Test
  void open_noConfigsOfUnetAndTexts_areStableDiffusion1s() throws IOException {
    Files.delete(pack.resolve("unet/config.json"));
    Files.delete(pack.resolve("text_encoder/config.json"));

    try (StableDiffusionModels models =
        StableDiffusionModels.open(pack, Placement.of(Device.CPU, 1))) {
      int factor = models.vaeConfig().factor();
      assertThat(models.fitting()).isEqualTo(new Fitting(4096L * factor * factor, factor * 8));
      assertThat(models.promptEncoder().shapes().get(Conditioning.HIDDEN_STATES))
          .containsExactly(77, 32);
    }
  }

  @Test
  void open_noConfigOfVae_isStableDiffusion1sAndChecked() throws IOException {
    Files.delete(pack.resolve("vae_decoder/config.json")); // of a VAE with factor 4

    assertOpenFails("each side 1/8 of 64x64, found [1, 8, 16, 16]", "vae_encoder/model.onnx");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          unet/config.json         | sample_size           | ['a', 8]  | "sample_size" must be a whole number of at least 1, or two of them, but is ["a",8]
          unet/config.json         | sample_size           | [0, 8]    | "sample_size" must be a whole number of at least 1, or two of them, but is [0,8]
          unet/config.json         | sample_size           | -8        | "sample_size" must be a whole number of at least 1 but is -8
          unet/config.json         | block_out_channels    | []        | "block_out_channels" must be a list of at least one entry but is []
          vae_decoder/config.json  | block_out_channels    | 3         | "block_out_channels" must be a list of at least one entry but is 3
          vae_decoder/config.json  | scaling_factor        | 1e999     | "scaling_factor" must be finite and above 0 but is 1e999
          vae_decoder/config.json  | scaling_factor        | NaN       | "scaling_factor" must be a number but is "NaN"
          scheduler/scheduler_config.json | beta_start     | -0.1      | Betas must lie between 0 and 1, one comes out as NaN
          scheduler/scheduler_config.json | beta_end       | 1.5       | Betas must lie between 0 and 1, one comes out as 1.0
          scheduler/scheduler_config.json | beta_end       | 1e999     | Betas must lie between 0 and 1, one comes out as
          scheduler/scheduler_config.json | trained_betas  | 0.1       | "trained_betas" must be a list of 1000 numbers but is 0.1
          scheduler/scheduler_config.json | prediction_type | 'flow'   | "prediction_type" must be epsilon or sample or v_prediction but is "flow"
          """)
  void open_configOutOfRange_namesKeyAndFile(String file, String key, String value, String problem)
      throws IOException {
    Path path = pack.resolve(file);
    JsonObject config = JsonParser.parseString(Files.readString(path)).getAsJsonObject();
    config.remove(key);
    String rest = config.toString();
    Files.writeString(
        path, "{\"" + key + "\": " + value.replace('\'', '"') + ", " + rest.substring(1));

    assertOpenFails(problem, file);
  }

  @Test
  void open_tokenizerWithoutRoomForText_namesIt() throws IOException {
    replace(
        "tokenizer/tokenizer_config.json", "\"model_max_length\": 77", "\"model_max_length\": 1");

    assertOpenFails("adds more than 1 special tokens", "tokenizer");
  }

  @Test
  void open_tokenizerWithoutPadToken_namesIt() throws IOException {
    replace(
        "tokenizer/tokenizer_config.json",
        "\"pad_token\": \"<|endoftext|>\"",
        "\"pad_token\": null");
    Files.delete(pack.resolve("tokenizer/special_tokens_map.json"));

    assertOpenFails("The tokenizer's files name no pad_token", "tokenizer");
  }

  private void replace(String file, String old, String now) throws IOException {
    String text = Files.readString(pack.resolve(file));
    assertThat(text).contains(old);
    Files.writeString(pack.resolve(file), text.replace(old, now));
  }

  @Test
  void open_vaeInPlaceOfUnet_saysWhatWasExpected() throws IOException {
    Files.write(
        pack.resolve("unet/model.onnx"),
        Files.readAllBytes(pack.resolve("vae_decoder/model.onnx")));

    assertOpenFails(
        "the inputs sample, timestep, encoder_hidden_states of Stable Diffusion 1 or 2",
        "unet/model.onnx");
    assertOpenFails("found latent_sample: FLOAT32", "unet/model.onnx");
  }

  private static TestGraph unet(long channels, long textWidth) {
    return new TestGraph()
        .input("sample", Element.FLOAT, -1, channels, -1, -1)
        .input("timestep", Element.INT64, -1)
        .input("encoder_hidden_states", Element.FLOAT, -1, -1, textWidth);
  }

  @Test
  void open_unetOfDoubles_namesIt() {
    unet(4, 32)
        .output("out_sample", Element.DOUBLE, 0, 1, 4, 8, 8)
        .write(pack.resolve("unet/model.onnx"));

    assertOpenFails(
        "Expected out_sample as float32 or float16, found out_sample: FLOAT64[1, 4, 8, 8]",
        "unet/model.onnx");
  }

  @Test
  void open_unetOfOtherWidths_namesThem() throws IOException {
    Path file = pack.resolve("unet/model.onnx");
    unet(9, 32).output("out_sample", 0, 1, 4, 8, 8).write(file);
    assertOpenFails(
        "sample with dimension 1 of 4, as many latent channels as the VAE has", "unet/model.onnx");
    unet(4, 24).output("out_sample", 0, 1, 4, 8, 8).write(file);
    assertOpenFails("dimension 2 of 32, as wide as the text encoder's output", "unet/model.onnx");
    unet(4, 32).output("out_sample", 0, 1, 8, 8, 8).write(file);
    assertOpenFails("out_sample with dimension 1 of 4", "unet/model.onnx");
    unet(-1, -1).output("out_sample", 0, 1, 4, 8, 8).write(file); // only the config can tell
    replace("unet/config.json", "\"in_channels\": 4", "\"in_channels\": 6");
    assertOpenFails(
        "\"in_channels\" must be 4, as many latent channels as the VAE has, but is 6",
        "unet/config.json");
    replace("unet/config.json", "\"in_channels\": 6", "\"in_channels\": 4");
    replace("unet/config.json", "\"cross_attention_dim\": 32", "\"cross_attention_dim\": 768");
    assertOpenFails("\"cross_attention_dim\" must be 32", "unet/config.json");
  }

  /** Filled with anything, it would change pictures without a word. */
  @Test
  void open_textEncoderWantsMore_namesIt() {
    new TestGraph()
        .input("input_ids", Element.INT64, -1, -1)
        .input("position_ids", Element.INT64, -1, -1)
        .output("last_hidden_state", 0, 1, 77, 32)
        .write(pack.resolve("text_encoder/model.onnx"));

    assertOpenFails(
        "Expected no input but input_ids, found position_ids: INT64[-1, -1]",
        "text_encoder/model.onnx");
  }

  @Test
  void open_textEncoderOfOtherLength_namesIt() {
    new TestGraph()
        .input("input_ids", Element.INT64, -1, 64)
        .output("last_hidden_state", 0, 1, 64, 32)
        .write(pack.resolve("text_encoder/model.onnx"));

    assertOpenFails(
        "input_ids with dimension 1 of 77, the length of every prompt in tokens",
        "text_encoder/model.onnx");
  }

  @Test
  void generate_sizeOfTheVaeFixed_opensAndTakesThatSize() {
    new TestGraph()
        .input("sample", Element.FLOAT, 1, 3, 32, 32)
        .output("latent_sample", 0.5f, 1, 4, 8, 8)
        .write(pack.resolve("vae_encoder/model.onnx"));
    try (StableDiffusionImg2Img generator = open()) {
      assertThat(only(generator, request(1, 0))).isInstanceOf(Img2ImgResult.Picture.class);
    }
  }

  @Test
  void generate_textEncoderGivesNoNumbers_failureNamesTheStage() {
    new TestGraph()
        .input("input_ids", Element.INT64, -1, -1)
        .output("last_hidden_state", Float.NaN, 1, 77, 32)
        .write(pack.resolve("text_encoder/model.onnx"));
    assertFails(Stage.ENCODE_TEXT, "The text encoder gave numbers that are not finite (seed 7)");
  }

  @Test
  void generate_vaeGivesNoNumbers_failureNamesTheStage() {
    new TestGraph()
        .input("sample", Element.FLOAT, -1, 3, -1, -1)
        .output("latent_sample", Float.NaN, 1, 4, 8, 8)
        .write(pack.resolve("vae_encoder/model.onnx"));
    assertFails(Stage.ENCODE_IMAGE, "The VAE gave latents that are not finite numbers (seed 7)");
  }

  private void assertFails(Stage stage, String message) {
    try (StableDiffusionImg2Img generator = open()) {
      assertThat(failure(only(generator, request(3, 7))))
          .hasMessage(message)
          .extracting(SgidException::stage)
          .isEqualTo(stage);
    }
  }

  private static SgidException failure(Img2ImgResult result) {
    assertThat(result).isInstanceOf(Img2ImgResult.Failure.class);
    return ((Img2ImgResult.Failure) result).reason();
  }

  private static Img2ImgResult only(StableDiffusionImg2Img generator, Img2ImgRequest request) {
    return generator.generate(List.of(request), StepListener.NONE).get(0);
  }

  @Test
  void generate_latentsOfOneRunAway_onlyThatOneFails() {
    try (StableDiffusionImg2Img generator = open()) {
      List<Img2ImgRequest> requests = List.of(request(3, 1), request(3e38, 2), request(3, 3));
      List<Img2ImgResult> results = generator.generate(requests, StepListener.NONE);

      assertThat(failure(results.get(1)))
          .hasMessage("The UNet gave latents that are not finite numbers (seed 2)")
          .extracting(SgidException::stage)
          .isEqualTo(Stage.DENOISE);
      assertThat(results.get(0)).isInstanceOf(Img2ImgResult.Picture.class);
      assertThat(results.get(2)).isInstanceOf(Img2ImgResult.Picture.class);
    }
  }
}

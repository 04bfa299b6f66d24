package dev.sgid.onnx;

import static dev.sgid.testing.ImageAssert.assertThatImage;
import static java.nio.file.StandardOpenOption.APPEND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.GsonBuilder;
import dev.sgid.AugmentRequest;
import dev.sgid.Augmentation;
import dev.sgid.BackendOptions;
import dev.sgid.BackendOptions.Part;
import dev.sgid.Captioner;
import dev.sgid.Device;
import dev.sgid.Domain;
import dev.sgid.GenerationSettings;
import dev.sgid.GuidanceSchedule;
import dev.sgid.OpenPack;
import dev.sgid.PackInfo;
import dev.sgid.Scheduler;
import dev.sgid.Settings;
import dev.sgid.Sgid;
import dev.sgid.SgidBuilder;
import dev.sgid.SgidException;
import dev.sgid.Size;
import dev.sgid.Steps;
import dev.sgid.TimestepSpacing;
import dev.sgid.onnx.reference.TinyPacks;
import dev.sgid.testing.FakeCaptioner;
import dev.sgid.testing.FakeScorer;
import dev.sgid.testing.TestImages;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole packs of random weights, opened as a user does. */
class OnnxPackTest {
  private static final BackendOptions CPU =
      new BackendOptions(Device.CPU, 1, 0, 2, Map.of(), Set.of(), true, null, false, "");

  @TempDir Path pack;

  @BeforeEach
  void assemble() {
    TinyPacks.assemble(pack, "tiny-sd1");
    TinyPacks.assembleBeside(pack.resolve("clip"), "tiny-clip");
    TinyPacks.assembleBeside(pack.resolve("blip"), "tiny-blip");
  }

  private void manifest(String json) throws IOException {
    Files.writeString(pack.resolve("sgid.json"), json.replace('\'', '"'));
  }

  private OpenPack open() {
    return new OnnxBackend().open(pack, CPU);
  }

  @Test
  void open_refiner_refusedBeforeAnyPartIsRead() throws IOException {
    Files.writeString(pack.resolve("blip/vision_model.onnx"), "would be complained of");
    Files.writeString(
        pack.resolve("stable-diffusion/model_index.json"),
        "{\"_class_name\": \"StableDiffusionXLImg2ImgPipeline\", \"requires_aesthetics_score\": true}");

    assertThatThrownBy(this::open)
        .isInstanceOf(SgidException.class)
        .hasMessageContaining("This is the refiner of Stable Diffusion XL");
  }

  @Test
  void open_noManifest_hasTheFoldersNameAndTheLibrarysDefaults() {
    try (OpenPack open = open()) {
      assertThat(open.info().name()).isEqualTo(pack.getFileName().toString());
      assertThat(open.info().runtime()).startsWith("ONNX Runtime 1.");
      assertThat(open.info().provider()).isEqualTo("CPUExecutionProvider");
      assertThat(open.info().dtype()).isEqualTo("float32");
      assertThat(open.defaults()).isEqualTo(Settings.DEFAULTS);
      assertThat(open.digest()).hasSize(64).isEqualTo(open.digest());
    }
  }

  @Test
  void open_manifest_itsWordIsOverTheDefaults() throws IOException {
    manifest(
        """
        {'format': 1, 'name': 'tiny', 'version': '2', 'defaults': {'noise_rate': 0.7, 'steps': 12,
         'guidance': 'inverse:0.1,0.2,1,4'}}
        """);
    try (OpenPack open = open()) {
      assertThat(open.info().name()).isEqualTo("tiny");
      assertThat(open.info().version()).isEqualTo("2");
      assertThat(open.defaults().generation().noiseRate()).isEqualTo(0.7);
      assertThat(open.defaults().generation().steps()).isEqualTo(Steps.of(12));
      assertThat(open.defaults().guidance()).isEqualTo(GuidanceSchedule.inverse(0.1, 0.2, 1, 4));
    }
  }

  /** A pack's defaults are what {@link Settings#toMap} writes. */
  @Test
  void open_defaultsAsSettingsAreWritten_areThoseSettings() throws IOException {
    Settings settings =
        Settings.DEFAULTS
            .withGeneration(
                g ->
                    g.withSteps(Steps.run(4))
                        .withScheduler(Scheduler.parse("dpm-solver:use_karras_sigmas=true"))
                        .withTimestepSpacing(TimestepSpacing.TRAILING)
                        .withSize(new Size(40, 24)))
            .withGuidance(GuidanceSchedule.inverse(0.25, 0.5, 2, 9))
            .withCaptions(5)
            .withStrict(true);
    String json = new GsonBuilder().serializeNulls().create().toJson(settings.toMap());
    Files.writeString(pack.resolve("sgid.json"), "{\"defaults\": " + json + "}");
    try (OpenPack open = open()) {
      assertThat(open.defaults()).isEqualTo(settings);
    }
  }

  @Test
  void domain_ofThePacksScorer_measuresDistances(@TempDir Path elsewhere) throws IOException {
    float[] centre;
    BufferedImage known = TestImages.noise(30, 20, 1);
    try (OpenPack open = open()) {
      assertThat(open.domain()).isEmpty();
      centre = open.scorer().embedImages(List.of(known)).get(0);
    }
    manifest("{'domain': {'centres': [" + Arrays.toString(centre) + "], 'far': 0.25}}");
    try (OpenPack open = open()) {
      Domain domain = open.domain().orElseThrow();
      assertThat(domain.far()).isEqualTo(0.25);
      assertThat(domain.distance(open.scorer().embedImages(List.of(known)).get(0)))
          .isCloseTo(0, within(1e-6));
    }
    Path clip = TinyPacks.assembleBeside(elsewhere.resolve("clip"), "tiny-clip");
    BackendOptions other =
        new BackendOptions(
            Device.CPU, 1, 0, 2, Map.of(Part.SCORER, clip), Set.of(), true, null, false, "");
    try (OpenPack open = new OnnxBackend().open(pack, other)) {
      assertThat(open.domain()).as("lies in another scorer's space").isEmpty();
    }
    BackendOptions without =
        new BackendOptions(
            Device.CPU, 1, 0, 2, Map.of(), Set.of(Part.SCORER), true, null, false, "");
    try (OpenPack open = new OnnxBackend().open(pack, without)) {
      assertThat(open.domain()).isEmpty();
    }
  }

  @Test
  void augment_randomWeights_wholeWayThroughSgid() {
    try (Sgid sgid =
        Sgid.builder(pack).withDevice(Device.CPU).withGeneration(g -> g.withSteps(4)).build()) {
      List<Augmentation> copies = sgid.augment(TestImages.noise(37, 29, 5), "ankle_boot", 2);

      assertThat(copies).hasSize(2);
      assertThatImage(copies.get(0).image()).hasSize(37, 29);
      assertThat(copies.get(0).prompt()).startsWith("ankle boot");
      assertThat(copies.get(0).picture().stepsRun()).isEqualTo(2);
    }
  }

  /** Captioner and scorer of one pack, the generator from elsewhere. */
  @Test
  void augment_stableDiffusionXl_wholeWayThroughSgid(@TempDir Path elsewhere) {
    TinyPacks.assemble(elsewhere, "tiny-sd1", "tiny-sdxl");
    try (Sgid sgid =
        Sgid.builder(pack)
            .withGenerator(elsewhere.resolve("stable-diffusion"))
            .withDevice(Device.CPU)
            .withGeneration(g -> g.withSteps(4).withScheduler(Scheduler.model()))
            .build()) {
      BufferedImage image = TestImages.noise(37, 29, 5);
      List<Augmentation> copies = sgid.augment(image, "ankle_boot", 3);

      assertThat(copies).hasSize(3);
      assertThatImage(copies.get(0).image()).hasSize(37, 29);
      assertThat(copies.get(0).picture().stepsRun()).isEqualTo(2);
      assertThat(copies.get(0).picture().reproducible()).isTrue();
      assertThatImage(sgid.augment(image, "ankle_boot", 1).get(0).image())
          .hasPixelsOf(copies.get(0).image());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          1001 | 0.5 | steps must be at most 1000, on which the model was trained, is 1001
          1000 | 1   | With steps 1000 and noiseRate 1.0 the first timestep is 1000, the model was trained up to 999: lower noiseRate or steps
          """)
  void build_settingsTheModelCannotDo_areRefusedAsTheyAreByThePictures(
      int steps, double noiseRate, String message) {
    UnaryOperator<GenerationSettings> change =
        settings -> settings.withSteps(steps).withNoiseRate(noiseRate);
    SgidBuilder builder = Sgid.builder(pack).withDevice(Device.CPU).withGeneration(change);
    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
    try (Sgid sgid = Sgid.builder(pack).withDevice(Device.CPU).build()) {
      AugmentRequest request =
          AugmentRequest.of(TestImages.noise(9, 9, 1), "bag")
              .withCaption("a bag")
              .withSettings(sgid.settings().withGeneration(change));
      assertThatThrownBy(() -> sgid.augmentAll(List.of(request)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(message);
    }
  }

  @Test
  void open_partFromElsewhere_isTaken(@TempDir Path elsewhere) throws IOException {
    Files.move(pack.resolve("clip"), elsewhere.resolve("my-clip"));
    assertThatThrownBy(this::open).hasMessageContaining(pack.resolve("clip").toString());
    try (Sgid sgid =
        Sgid.builder(pack)
            .withScorer(elsewhere.resolve("my-clip"))
            .withDevice(Device.CPU)
            .build()) {
      assertThat(sgid.similarity(TestImages.noise(9, 9, 1), TestImages.noise(9, 9, 1)))
          .isGreaterThan(0.999);
    }
  }

  @Test
  void build_ownCaptionerAndScorer_needNeitherBlipNorClip() throws IOException {
    manifest(
        """
        {'name': 'half', 'blip': 'none', 'defaults': {'steps': 4},
         'files': {'none/config.json': {'bytes': 1}, 'clip/none.onnx': {'bytes': 1}}}
        """);
    Files.move(pack.resolve("clip"), pack.resolve("elsewhere"));
    try (Sgid sgid =
        Sgid.builder(pack)
            .withDevice(Device.CPU)
            .withCaptioner(new FakeCaptioner())
            .withScorer(new FakeScorer())
            .build()) {
      Augmentation a = sgid.augment(TestImages.noise(37, 29, 5), "bag");

      assertThatImage(a.image()).hasSize(37, 29);
      assertThat(a.pack().name()).isEqualTo("half");
      assertThat(a.steps()).isEqualTo(4);
    }
  }

  @Test
  void open_partMissing_saysWhatDoesWithoutIt() throws IOException {
    Files.move(pack.resolve("blip"), pack.resolve("elsewhere"));
    assertThatThrownBy(this::open)
        .isInstanceOf(SgidException.class)
        .hasMessage(
            "The pack has no captioner; --captioner none makes prompts of the labels alone,"
                + " --captioner DIR takes one from elsewhere: "
                + pack.resolve("blip"));
    Files.move(pack.resolve("clip"), pack.resolve("other"));
    BackendOptions folders =
        new BackendOptions(
            Device.CPU,
            1,
            0,
            2,
            Map.of(Part.CAPTIONER, pack.resolve("elsewhere")),
            Set.of(),
            true,
            null,
            false,
            "");
    assertThatThrownBy(() -> new OnnxBackend().open(pack, folders))
        .hasMessage(
            "The pack has no scorer; --scorer DIR takes one from elsewhere: "
                + pack.resolve("clip"));
  }

  @Test
  void build_noCaptioner_labelAloneMakesThePrompt() throws IOException {
    Files.move(pack.resolve("blip"), pack.resolve("elsewhere"));
    BufferedImage image = TestImages.noise(30, 20, 1);
    try (Sgid sgid =
        Sgid.builder(pack).withDevice(Device.CPU).withCaptioner(Captioner.none()).build()) {
      Augmentation a = sgid.augment(image, "ankle_boot");

      assertThat(a.prompt()).isEqualTo("ankle boot");
      assertThat(a.similarity())
          .isEqualTo(sgid.zeroShot(List.of("ankle_boot")).cosines(embedding(sgid, image))[0]);
    }
  }

  private static float[] embedding(Sgid sgid, BufferedImage image) {
    return sgid.embedImages(List.of(image)).get(0);
  }

  @Test
  void digest_ofAPart_isThatOfItsFilesWhereverTheyLie(@TempDir Path elsewhere) throws IOException {
    String own;
    String other;
    try (OpenPack open = open()) {
      own = open.digest(Part.CAPTIONER);
      other = open.digest(Part.SCORER);
    }
    Path moved = elsewhere.resolve("captioner");
    Files.move(pack.resolve("blip"), moved);
    BackendOptions folders =
        new BackendOptions(
            Device.CPU, 1, 0, 2, Map.of(Part.CAPTIONER, moved), Set.of(), true, null, false, "");
    try (OpenPack open = new OnnxBackend().open(pack, folders)) {
      assertThat(open.digest(Part.CAPTIONER)).isEqualTo(own).isNotEqualTo(other);
    }
    Files.writeString(moved.resolve("config.json"), " ", APPEND);
    try (OpenPack open = new OnnxBackend().open(pack, folders)) {
      assertThat(open.digest(Part.CAPTIONER)).isNotEqualTo(own);
      assertThat(open.digest(Part.SCORER)).isEqualTo(other);
    }
  }

  @Test
  void open_safetyChecker_isPartOfThePackUnlessItIsNotWanted() {
    try (OpenPack open = open()) {
      assertThat(open.info().safetyChecker()).isEqualTo(PackInfo.SafetyChecker.NONE);
    }
    TinyPacks.assemble(pack, "safety-checker");
    try (OpenPack used = open();
        OpenPack off =
            new OnnxBackend()
                .open(
                    pack,
                    new BackendOptions(
                        Device.CPU, 1, 0, 2, Map.of(), Set.of(), false, null, false, ""))) {
      assertThat(used.info().safetyChecker()).isEqualTo(PackInfo.SafetyChecker.USED);
      assertThat(off.info().safetyChecker()).isEqualTo(PackInfo.SafetyChecker.OFF);
      assertThat(used.digest(Part.GENERATOR)).isNotEqualTo(off.digest(Part.GENERATOR));
      assertThat(used.digest(Part.SCORER)).isEqualTo(off.digest(Part.SCORER));
    }
  }

  @Test
  void open_partSavedAnewByTransformers5_needsNoPreprocessorConfig() throws IOException {
    Path old = pack.resolve("clip/preprocessor_config.json");
    manifest("{'files': {'clip/preprocessor_config.json': {'bytes': " + Files.size(old) + "}}}");
    Files.writeString(
        pack.resolve("clip/processor_config.json"),
        "{\"image_processor\": " + Files.readString(old) + "}");
    String before = digestOf();
    Files.delete(old);

    assertThat(digestOf()).isEqualTo(before);
    Files.delete(pack.resolve("clip/processor_config.json"));
    assertThatThrownBy(this::open).hasMessage("A file of the pack is missing: " + old);
  }

  private String digestOf() {
    try (OpenPack open = open()) {
      return open.digest();
    }
  }

  @Test
  void open_replacedParts_areNotThere() throws IOException {
    Files.move(pack.resolve("stable-diffusion"), pack.resolve("elsewhere"));
    assertThatThrownBy(this::open)
        .hasMessageContaining(pack.resolve("stable-diffusion").toString());
    BackendOptions options =
        new BackendOptions(
            Device.CPU,
            1,
            0,
            2,
            Map.of(),
            Set.of(Part.GENERATOR, Part.CAPTIONER),
            true,
            null,
            false,
            "");
    try (OpenPack open = new OnnxBackend().open(pack, options)) {
      assertThat(open.scorer()).isNotNull();
      assertThat(open.info().dtype()).isEmpty();
      assertThatThrownBy(open::generator)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("The pack was opened without its generator, which the caller replaced");
      assertThatThrownBy(open::captioner)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("The pack was opened without its captioner, which the caller replaced");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {'format': 2}                                   | "format" must be 1, the only one
          {'format': 1,                                   | Can't read JSON
          {'defaults': {'noise_rate': 1.5}}               | noiseRate must be in (0, 1], is 1.5
          {'defaults': {'steps': 0}}                      | steps must be at least 1, is 0
          {'defaults': {'steps': 2.5}}                    | steps must be a whole number, is 2.5
          {'defaults': {'steps': 8, 'unet_calls': 4}}     | steps and unet_calls say the same in two ways
          {'defaults': {'scheduler': 'HeunDiscreteScheduler'}} | A scheduler is one of ddim (DDIMScheduler), dpm-solver (DPMSolverMultistepScheduler), lcm (LCMScheduler), euler (EulerDiscreteScheduler), euler-ancestral (EulerAncestralDiscreteScheduler), pndm (PNDMScheduler), unipc (UniPCMultistepScheduler), model, is "HeunDiscreteScheduler"
          {'defaults': {'colour': 'red'}}                 | There is no setting "colour"; there are noise_rate, steps,
          {'defaults': {'noiseRate': 0.7}}                | A default is wrong ("noiseRate" is called "noise_rate")
          {'defaults': {'negativePrompt': 'ugly'}}        | A default is wrong ("negativePrompt" is called "negative_prompt")
          {'defaults': {'noiseLevel': 0.7}}               | There is no setting "noiseLevel"; there are
          {'defaults': {'guidance': {'type': 'linear', 'similarity': [0, 1], 'scale': [1, 2]}}} | "guidance" must be a text like "linear:0.15,0.35,3.0,7.5", as --guidance takes it, but is {"type"
          {'defaults': {'guidance': 'linear:1,2'}}        | linear:1,2
          {'defaults': {'guidance': 'cubic:0,1,2,3'}}     | cubic:0,1,2,3
          {'defaults': 'fast'}                            | "defaults" must be an object
          {'domain': []}                                  | "domain" must be an object
          {'domain': {'far': 1}}                          | "centres" must be a list of at least one embedding but is absent
          {'domain': {'centres': [], 'far': 1}}           | "centres" must be a list of at least one embedding but is []
          {'domain': {'centres': [0.6, 0.8], 'far': 1}}   | "centres" must be a list of embeddings, each of numbers and of length 1, but is [0.6,0.8]
          {'domain': {'centres': [[0.6, 'a']], 'far': 1}} | "centres" must be a list of embeddings, each of numbers and of length 1, but is [[0.6,"a"]]
          {'domain': {'centres': [[0.6, 0.9]], 'far': 1}} | "centres" must be a list of embeddings, each of numbers and of length 1, but is [[0.6,0.9]]
          {'domain': {'centres': [[1e999]], 'far': 1}}    | "centres" must be a list of embeddings, each of numbers and of length 1, but is [[1e999]]
          {'domain': {'centres': [[0.6, 0.8]]}}           | "far" must be a distance in [0, 2] but is absent
          {'domain': {'centres': [[0.6, 0.8]], 'far': 3}} | "domain" is wrong (far must be in [0.0, 2.0], is 3.0)
          {'domain': {'centres': [[0.6, 0.8]], 'far': 1}} | "domain" is wrong (Embeddings to compare must be equally long, are of 2 and 24)
          {'files': {'../other': {'bytes': 1}}}           | "files" must be a list of files below the pack's folder
          {'files': {'clip/config.json': {'bytes': 1}}}   | A file of the pack should have 1 bytes, has
          {'files': {'clip/none.onnx': {'bytes': 1}}}     | A file of the pack is missing
          {'files': {'clip/config.json': {}}}             | "files" must be a list of files with their bytes
          {'caption': 'short'}                            | "caption" must be an object
          {'caption': {'maxNewTokens': 100}}              | maxNewTokens, 100, are more than the 32 that the model takes
          {'clip': 'a\\u0000b'}                           | "clip" must be a path
          """,
      quoteCharacter = '`')
  void open_brokenManifest_saysWhatAndWhere(String json, String message) throws IOException {
    manifest(json);
    assertThatThrownBy(this::open)
        .isInstanceOf(SgidException.class)
        .hasMessageContaining(message)
        .hasMessageContaining(pack.toString());
  }

  @Test
  void open_noFolder_namesIt() {
    Path none = pack.resolve("none");
    assertThatThrownBy(() -> new OnnxBackend().open(none, CPU))
        .isInstanceOf(SgidException.class)
        .hasMessage("There is no such folder of a model pack: " + none);
  }
}

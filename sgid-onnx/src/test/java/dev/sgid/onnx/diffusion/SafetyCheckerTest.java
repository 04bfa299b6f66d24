package dev.sgid.onnx.diffusion;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import dev.sgid.Device;
import dev.sgid.GenerationSettings;
import dev.sgid.Img2ImgRequest;
import dev.sgid.Img2ImgResult;
import dev.sgid.SgidException;
import dev.sgid.Stage;
import dev.sgid.StepListener;
import dev.sgid.internal.RgbImage;
import dev.sgid.onnx.internal.ModelFiles;
import dev.sgid.onnx.internal.runtime.Placement;
import dev.sgid.onnx.reference.Golden;
import dev.sgid.onnx.reference.TestGraph;
import dev.sgid.onnx.reference.TestGraph.Element;
import dev.sgid.onnx.reference.TinyPacks;
import dev.sgid.testing.TestImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Flags are those of diffusers: {@code tools/reference/safety_checker.py}. */
class SafetyCheckerTest {
  @TempDir Path root;

  private Path pack(String... names) {
    return TinyPacks.assemble(root, names).resolve("stable-diffusion");
  }

  private static SafetyChecker open(Path pack) {
    return requireNonNull(
        SafetyChecker.open(new ModelFiles(pack, ""), Placement.of(Device.CPU, 1)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"safety-checker", "safety-checker-float16"})
  void flags_picturesOfTheReference_areFlaggedAsByDiffusers(String form) {
    JsonObject golden = Golden.read("diffusion/safety-checker.json.gz");
    List<Boolean> expected = new ArrayList<>();
    List<Boolean> flags = new ArrayList<>();
    try (SafetyChecker checker = open(pack(form))) {
      for (int i = 0; i < golden.getAsJsonArray("pictures").size(); i++) {
        JsonObject picture = golden.getAsJsonArray("pictures").get(i).getAsJsonObject();
        long[] shape = Golden.longs(picture.get("shape"));
        flags.add(
            checker.flags(new RgbImage((int) shape[1], (int) shape[0], Golden.bytes(picture))));
        expected.add(golden.getAsJsonArray("flagged").get(i).getAsBoolean());
      }
    }
    assertThat(flags).isEqualTo(expected).contains(true, false);
  }

  private static Img2ImgRequest request(long seed) {
    return new Img2ImgRequest(
        TestImages.noise(40, 24, 1), "a coat", 3, GenerationSettings.DEFAULTS.withSteps(4), seed);
  }

  private static List<Img2ImgResult> generate(Path pack, boolean safetyChecker) {
    try (StableDiffusionImg2Img generator =
        StableDiffusionImg2Img.open(pack, Device.CPU, 1, 0, 4, safetyChecker)) {
      assertThat(generator.checksSafety()).isEqualTo(safetyChecker);
      return generator.generate(List.of(request(7), request(8)), StepListener.NONE);
    }
  }

  @Test
  void generate_flagged_isAFailureOfItsOwnAndNoBlackPicture() throws IOException {
    Path pack = pack("tiny-sd1", "safety-checker");
    assertThat(StableDiffusionImg2Img.hasSafetyChecker(pack)).isTrue();
    always(pack, true);

    assertThatThrownBy(() -> generate(pack, true).get(1).orThrow())
        .isInstanceOfSatisfying(
            SgidException.class,
            e -> {
              assertThat(e.isFlagged()).isTrue();
              assertThat(e.stage()).isEqualTo(Stage.DECODE);
              assertThat(e).hasMessage("The safety checker flagged the picture (seed 8)");
            });
    assertThat(generate(pack, false)).allMatch(Img2ImgResult.Picture.class::isInstance);
    always(pack, false);
    assertThat(generate(pack, true)).allMatch(Img2ImgResult.Picture.class::isInstance);
  }

  /** A graph that gives flags alone, of pictures of one size. */
  private static void always(Path pack, boolean flagged) {
    new TestGraph()
        .input("clip_input", Element.FLOAT, -1, 3, 32, 32)
        .input("images", Element.FLOAT, 1, 64, 64, 3)
        .output("has_nsfw_concepts", Element.BOOL, flagged ? 1 : 0, 1)
        .write(pack.resolve("safety_checker/model.onnx"));
  }

  @Test
  void flags_graphWithoutImages_isAsked() {
    Path pack = pack("safety-checker");
    new TestGraph()
        .input("clip_input", Element.FLOAT16, 1, 3, 32, 32)
        .output("has_nsfw_concepts", Element.BOOL, 1, 1)
        .write(pack.resolve("safety_checker/model.onnx"));
    try (SafetyChecker checker = open(pack)) {
      assertThat(checker.flags(RgbImage.of(TestImages.noise(9, 5, 1)))).isTrue();
    }
  }

  @Test
  void open_notInOnnxForm_isNotUsed() throws IOException {
    Path pack = pack("tiny-sd1", "safety-checker");
    Files.delete(pack.resolve("safety_checker/model.onnx"));

    assertThat(StableDiffusionImg2Img.hasSafetyChecker(pack)).isFalse();
    assertThat(generate(pack, false)).hasSize(2);
  }

  @Test
  void open_noFeatureExtractor_saysWhatIsMissing() throws IOException {
    Path pack = pack("tiny-sd1", "safety-checker");
    Files.delete(pack.resolve("feature_extractor/preprocessor_config.json"));
    Files.delete(pack.resolve("feature_extractor"));

    assertThatThrownBy(() -> generate(pack, true))
        .isInstanceOf(SgidException.class)
        .hasMessage(
            "The safety checker needs feature_extractor/preprocessor_config.json, which is not there;"
                + " --no-safety-checker does without: "
                + pack.resolve("feature_extractor"));
  }

  @Test
  void open_graphOfAnotherForm_namesWhatItExpected() {
    Path pack = pack("safety-checker");
    Path file = pack.resolve("safety_checker/model.onnx");
    TestGraph other = new TestGraph().input("pixels", Element.FLOAT, 1, 3, 32, 32);
    other.output("has_nsfw_concepts", Element.BOOL, 1, 1).write(file);
    assertOpenFails(pack, "an input named clip_input, found pixels: FLOAT32[1, 3, 32, 32]");
    clip(32).output("has_nsfw_concepts", 1, 1).write(file);
    assertOpenFails(pack, "has_nsfw_concepts as truth values, found has_nsfw_concepts: FLOAT32[1]");
    clip(64).output("has_nsfw_concepts", Element.BOOL, 1, 1).write(file);
    assertOpenFails(
        pack, "clip_input with dimension 2 of 32, the size in feature_extractor, found clip_input");
    clip(32)
        .input("images", Element.FLOAT, 1, 3, 64, 64)
        .output("has_nsfw_concepts", Element.BOOL, 1, 1)
        .write(file);
    assertOpenFails(pack, "images with dimension 3 of 3, red, green and blue, found images");
  }

  private static TestGraph clip(int size) {
    return new TestGraph().input("clip_input", Element.FLOAT, 1, 3, size, size);
  }

  private static void assertOpenFails(Path pack, String problem) {
    assertThatThrownBy(() -> open(pack).close())
        .isInstanceOf(SgidException.class)
        .hasMessageContaining("Expected " + problem)
        .hasMessageEndingWith(": " + pack.resolve("safety_checker/model.onnx"));
  }
}

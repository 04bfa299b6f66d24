package dev.sgid.onnx;

import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.sgid.Device;
import dev.sgid.StepListener;
import dev.sgid.onnx.blip.BlipCaptioner;
import dev.sgid.onnx.blip.BlipOptions;
import dev.sgid.onnx.clip.ClipSimilarityScorer;
import dev.sgid.onnx.diffusion.StableDiffusionImg2Img;
import dev.sgid.onnx.reference.TestModels;
import dev.sgid.onnx.reference.TinyPacks;
import dev.sgid.testing.Nulls;
import dev.sgid.testing.TestImages;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All three stages name what must not be null, before they look at a file. */
class NullArgumentsTest {
  private static final BufferedImage IMAGE = TestImages.noise(9, 9, 1);

  @TempDir Path folder;

  private static void assertNamed(String name, ThrowingCallable call) {
    assertThatNullPointerException().isThrownBy(call).withMessage(name);
  }

  @Test
  void open_null_isNamed() {
    BlipOptions options = BlipOptions.DEFAULTS;
    assertNamed("folder", () -> BlipCaptioner.open(Nulls.nothing(), Device.CPU, 1, options));
    assertNamed("device", () -> BlipCaptioner.open(folder, Nulls.nothing(), 1, options));
    assertNamed("options", () -> BlipCaptioner.open(folder, Device.CPU, 1, Nulls.nothing()));
    assertNamed("folder", () -> ClipSimilarityScorer.open(Nulls.nothing(), Device.CPU, 1));
    assertNamed("device", () -> ClipSimilarityScorer.open(folder, Nulls.nothing(), 1));
    assertNamed("folder", () -> StableDiffusionImg2Img.open(Nulls.nothing(), Device.CPU, 1, 1, 1));
    assertNamed("device", () -> StableDiffusionImg2Img.open(folder, Nulls.nothing(), 1, 1, 1));
  }

  @Test
  void captionAll_null_isNamed() {
    Path blip = TestModels.folder("tiny-blip");
    try (BlipCaptioner captioner = BlipCaptioner.open(blip, Device.CPU, 1, BlipOptions.DEFAULTS)) {
      assertNamed("image", () -> captioner.caption(Nulls.nothing(), 1, 0));
      assertNamed("images", () -> captioner.captionAll(Nulls.nothing(), 1, List.of()));
      assertNamed("seeds", () -> captioner.captionAll(List.of(), 1, Nulls.nothing()));
    }
  }

  @Test
  void embed_null_isNamed() {
    Path clip = TestModels.folder("tiny-clip");
    try (ClipSimilarityScorer scorer = ClipSimilarityScorer.open(clip, Device.CPU, 1)) {
      assertNamed("images", () -> scorer.embedImages(Nulls.nothing()));
      assertNamed("images[1]", () -> scorer.embedImages(Arrays.asList(IMAGE, Nulls.nothing())));
      assertNamed("texts", () -> scorer.embedTexts(Nulls.nothing()));
      assertNamed("texts[0]", () -> scorer.embedTexts(Collections.singletonList(Nulls.nothing())));
    }
  }

  @Test
  void generate_null_isNamed() {
    Path pack = TinyPacks.assemble(folder, "tiny-sd1").resolve("stable-diffusion");
    try (StableDiffusionImg2Img generator =
        StableDiffusionImg2Img.open(pack, Device.CPU, 1, 1, 1)) {
      assertNamed("requests", () -> generator.generate(Nulls.nothing(), StepListener.NONE));
      assertNamed("listener", () -> generator.generate(List.of(), Nulls.nothing()));
      assertNamed("feed", () -> generator.generate(Nulls.nothing()));
      assertNamed("prompt", () -> generator.cutText(Nulls.nothing()));
    }
  }
}

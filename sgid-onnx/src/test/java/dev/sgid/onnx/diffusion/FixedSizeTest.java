package dev.sgid.onnx.diffusion;

import static dev.sgid.testing.ImageAssert.assertThatImage;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sgid.Device;
import dev.sgid.GenerationSettings;
import dev.sgid.Img2ImgRequest;
import dev.sgid.Img2ImgResult;
import dev.sgid.SgidException;
import dev.sgid.Size;
import dev.sgid.StepListener;
import dev.sgid.onnx.reference.TestGraph;
import dev.sgid.onnx.reference.TestGraph.Element;
import dev.sgid.onnx.reference.TinyPacks;
import dev.sgid.testing.TestImages;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Graphs that take images of one size: the tiny pack's factor is 4. */
class FixedSizeTest {
  @TempDir Path root;

  private Path pack;

  @BeforeEach
  void assemble() {
    pack = TinyPacks.assemble(root, "tiny-sd1").resolve("stable-diffusion");
  }

  private StableDiffusionImg2Img open() {
    return StableDiffusionImg2Img.open(pack, Device.CPU, 1, 0, 4);
  }

  private void encoder(int width, int height) {
    new TestGraph()
        .input("sample", Element.FLOAT, 1, 3, height, width)
        .output("latent_sample", 0.5f, 1, 4, height / 4, width / 4)
        .write(pack.resolve("vae_encoder/model.onnx"));
  }

  private void unet(int width, int height) {
    new TestGraph()
        .input("sample", Element.FLOAT, 1, 4, height / 4, width / 4)
        .input("timestep", Element.INT64)
        .input("encoder_hidden_states", Element.FLOAT, -1, 77, 32)
        .output("out_sample", 0.1f, 1, 4, height / 4, width / 4)
        .write(pack.resolve("unet/model.onnx"));
  }

  @Test
  void generate_imageOfAnotherSize_isScaledToIt() {
    encoder(48, 32);
    unet(48, 32);
    try (StableDiffusionImg2Img generator = open()) {
      Img2ImgRequest request =
          new Img2ImgRequest(
              TestImages.noise(20, 30, 1),
              "a coat",
              1,
              GenerationSettings.DEFAULTS.withSteps(4),
              7);
      Img2ImgResult.Picture picture =
          generator.generate(List.of(request), StepListener.NONE).get(0).orThrow();

      assertThat(picture.fit().padded()).isEqualTo(new Size(48, 32));
      assertThatImage(picture.image()).hasSize(20, 30);
    }
  }

  @Test
  void requireSupported_anotherSize_namesTheOption() {
    encoder(48, 32);
    try (StableDiffusionImg2Img generator = open()) {
      GenerationSettings settings = GenerationSettings.DEFAULTS;
      assertThatIllegalArgumentException()
          .isThrownBy(() -> generator.requireSupported(settings.withSize(new Size(32, 32))))
          .withMessage(
              "size must be 48x32 (--size 48x32), or left to the model, whose graphs were exported"
                  + " for that size alone, is 32x32");
      generator.requireSupported(settings.withSize(new Size(48, 32)));
      generator.requireSupported(settings.withSize(new Size(47, 31))); // padded to it
      generator.requireSupported(settings);
    }
  }

  @Test
  void open_graphsOfDifferentSizes_namesBoth() {
    encoder(48, 32);
    unet(32, 32);
    assertThatThrownBy(() -> open().close())
        .isInstanceOf(SgidException.class)
        .hasMessage(
            "The model is fixed to images of 32x32, and "
                + pack.resolve("vae_encoder/model.onnx")
                + " to 48x32: export all for one size, or for any: "
                + pack.resolve("unet/model.onnx"));
  }
}

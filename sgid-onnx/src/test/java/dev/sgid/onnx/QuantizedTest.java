package dev.sgid.onnx;

import static dev.sgid.testing.ImageAssert.assertThatImage;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sgid.BackendOptions;
import dev.sgid.Device;
import dev.sgid.Img2ImgRequest;
import dev.sgid.Img2ImgResult;
import dev.sgid.OpenPack;
import dev.sgid.StepListener;
import dev.sgid.onnx.reference.Img2ImgGolden;
import dev.sgid.onnx.reference.TestModels;
import dev.sgid.onnx.reference.TinyPacks;
import dev.sgid.testing.TestImages;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pack in 8 bits whose graphs find their scales in the whole call: nothing may share one. */
class QuantizedTest {
  private static final int LEVELS = 5; // 2e-2, as float16

  @TempDir Path pack;

  @BeforeEach
  void assemble() {
    TinyPacks.assemble(pack, "tiny-sd1");
    TinyPacks.assembleBeside(pack.resolve("clip"), "tiny-clip");
    TinyPacks.assembleBeside(pack.resolve("blip"), "tiny-blip");
    TinyPacks.assemble(pack, "tiny-int8");
  }

  private OpenPack open(int threads, int lanes, int batch) {
    return new OnnxBackend()
        .open(
            pack,
            new BackendOptions(
                Device.CPU,
                threads,
                lanes,
                batch,
                Map.of(),
                Set.of(),
                true,
                null,
                false,
                "quantized"));
  }

  @Test
  void generate_anyBatchAndLanes_isTheSameToTheBit() {
    List<Img2ImgRequest> requests = requests();
    List<BufferedImage> alone = new ArrayList<>();
    try (OpenPack open = open(1, 1, 1)) {
      for (Img2ImgRequest request : requests) {
        alone.addAll(pictures(open, List.of(request)));
      }
    }
    try (OpenPack open = open(2, 2, 8)) {
      List<BufferedImage> together = pictures(open, requests);

      assertThat(open.generator().batch()).isEqualTo(1);
      for (int i = 0; i < alone.size(); i++) {
        assertThatImage(together.get(i)).as("picture %d", i).hasPixelsOf(alone.get(i));
      }
    }
  }

  @Test
  void generate_onePicture_isDiffusersAroundTheSameGraphs() {
    try (OpenPack open = open(1, 1, 8)) {
      for (Img2ImgGolden golden : Img2ImgGolden.ofEightBits()) {
        Img2ImgResult.Picture picture =
            open.generator()
                .generate(List.of(golden.request()), StepListener.NONE)
                .get(0)
                .orThrow();

        assertThat(picture.reproducible()).isTrue();
        assertThatImage(picture.image())
            .as(golden.toString())
            .isWithin(Math.max(LEVELS, golden.tremorLevels()))
            .of(golden.expectedImage());
      }
    }
  }

  @Test
  void embed_manyAtOnce_sameAsEachAlone() {
    List<BufferedImage> images = images();
    List<String> texts = List.of("a boot", "a bag, or two", "", "a very long text about a coat");
    try (OpenPack open = open(1, 1, 8);
        OpenPack other = open(1, 1, 8)) {
      List<float[]> together = open.scorer().embedImages(images);
      List<float[]> words = open.scorer().embedTexts(texts);

      for (int i = 0; i < images.size(); i++) {
        assertThat(other.scorer().embedImages(List.of(images.get(i))).get(0))
            .isEqualTo(together.get(i));
      }
      for (int i = 0; i < texts.size(); i++) {
        assertThat(other.scorer().embedTexts(List.of(texts.get(i))).get(0)).isEqualTo(words.get(i));
      }
    }
  }

  @Test
  void captionAll_manyAtOnce_sameAsEachAlone() {
    List<BufferedImage> images = images();
    List<Long> seeds = LongStream.range(0, images.size()).boxed().toList();
    try (OpenPack open = open(1, 1, 8)) {
      open.captioner().captionAll(images, 3, seeds); // how many share a call is known from now on
      List<List<String>> together = open.captioner().captionAll(images, 3, seeds);

      for (int i = 0; i < images.size(); i++) {
        assertThat(open.captioner().caption(images.get(i), 3, seeds.get(i)))
            .isEqualTo(together.get(i));
      }
    }
  }

  private static List<BufferedImage> pictures(OpenPack open, List<Img2ImgRequest> requests) {
    return open.generator().generate(requests, StepListener.NONE).stream()
        .map(result -> result.orThrow().image())
        .toList();
  }

  private static List<Img2ImgRequest> requests() {
    Img2ImgRequest first = Img2ImgGolden.ofEightBits().get(0).request();
    return IntStream.range(0, 5)
        .mapToObj(
            i ->
                Img2ImgRequest.of(TestImages.noise(32, 24, i), first.prompt() + i)
                    .withSettings(first.settings())
                    .withSeed(i)
                    .withGuidanceScale(i % 2 == 0 ? 1 : 4 + i))
        .toList();
  }

  private static List<BufferedImage> images() {
    return TestModels.images(
        List.of("landscape-64x48", "portrait-33x97", "gray-28x28", "large-200x150"));
  }
}

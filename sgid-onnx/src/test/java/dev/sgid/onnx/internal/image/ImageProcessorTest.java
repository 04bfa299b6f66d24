package dev.sgid.onnx.internal.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import dev.sgid.SgidException;
import dev.sgid.internal.RgbImage;
import dev.sgid.onnx.reference.Golden;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageProcessorTest {
  @TempDir
  @SuppressWarnings("NullAway.Init") // by JUnit
  Path folder;

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void process_anySizeAndConfig_equalsTransformers(String name, JsonObject golden)
      throws IOException {
    assertEquals(golden, name, ImageProcessor.read(folderWith(golden.get("config").toString())));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void process_savedByTransformers5_equalsTransformers(String name, JsonObject golden)
      throws IOException {
    JsonObject both = new JsonObject();
    both.add("image_processor", golden.get("config"));
    both.addProperty("processor_class", "CLIPProcessor");
    Files.writeString(folder.resolve("processor_config.json"), both.toString());

    assertEquals(golden, name, ImageProcessor.read(folder));
  }

  private static void assertEquals(JsonObject golden, String name, ImageProcessor processor) {
    long[] from = Golden.longs(golden.get("from"));
    long[] to = Golden.longs(golden.get("to"));
    RgbImage image = Pictures.of(golden.get("kind").getAsString(), (int) from[0], (int) from[1]);

    assertThat(processor.width()).isEqualTo((int) to[0]);
    assertThat(processor.height()).isEqualTo((int) to[1]);
    float[] tensor = new float[3 * processor.width() * processor.height()];
    processor.process(image, FloatBuffer.wrap(tensor));

    int step = golden.get("step").getAsInt();
    float[] expected = Golden.floats(golden.get("values"));
    float[] actual = new float[expected.length];
    for (int i = 0; i < actual.length; i++) {
      actual[i] = tensor[i * step];
    }
    assertThat(actual).as(name).containsExactly(expected, within(1e-6f));
  }

  static Stream<Arguments> cases() {
    return Golden.objects(Golden.read("image/processors.json.gz").get("processors")).stream()
        .map(c -> Arguments.of(c.get("config") + " " + c.get("from"), c));
  }

  @Test
  void process_bufferTooSmall_isRefusedWithBothSizes() throws IOException {
    ImageProcessor processor = ImageProcessor.read(folderWith("{\"size\": 8, \"crop_size\": 8}"));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> processor.process(Pictures.of("noise", 9, 9), FloatBuffer.allocate(191)))
        .withMessage("A picture of 8x8 takes 192 floats, the buffer has 191");
  }

  /** Scaled as a whole it would have 15 GB. */
  @Test
  void process_thinPicture_makesOnlyWhatIsSeen() throws IOException {
    ImageProcessor processor =
        ImageProcessor.read(folderWith("{\"image_processor_type\": \"CLIPImageProcessor\"}"));
    FloatBuffer tensor = FloatBuffer.allocate(3 * 224 * 224);

    for (int[] size : new int[][] {{1, 100_000}, {100_000, 1}}) {
      RgbImage thin = new RgbImage(size[0], size[1], new byte[3 * 100_000]);
      processor.process(thin, tensor.clear());

      assertThat(tensor.get(0)).isEqualTo(tensor.get(224 * 224 - 1)).isLessThan(-1); // black
    }
  }

  @Test
  void process_buffer_isWrittenFromItsPosition() throws IOException {
    ImageProcessor processor = ImageProcessor.read(folderWith("{\"size\": 8, \"crop_size\": 8}"));
    FloatBuffer buffer = FloatBuffer.allocate(200).position(5);

    processor.process(Pictures.of("noise", 9, 9), buffer);

    assertThat(buffer.position()).isEqualTo(5);
    assertThat(buffer.array()).startsWith(0, 0, 0, 0, 0).endsWith(0, 0, 0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"image_processor_type\": \"SamImageProcessor\"} | must be CLIPImageProcessor, Blip",
        "{\"size\": {\"longest_edge\": 9}} | \"size\" must be a number, a height and a width",
        "{\"size\": 0} | \"size\" must be a whole number of at least 1 but is 0",
        "{\"resample\": 0} | \"resample\" must be 1 (lanczos), 2 (bilinear)",
        "{\"do_pad\": true} | \"do_pad\" must be false (such a step is not supported)",
        "{\"crop_pct\": 0.9} | \"crop_pct\" must be absent",
        "{\"crop_size\": 8, \"image_std\": [1, 0, 1]} | \"image_std\" must be other than 0",
        "{\"crop_size\": 8, \"image_mean\": [1, 0]} | must be one number or three but is [1,0]",
        "{\"size\": 9} | \"do_center_crop\" must be true",
        "{\"do_resize\": 1} | \"do_resize\" must be true or false but is 1",
        "[1, 2] | Expected a JSON object",
      })
  void read_unsupportedSetting_isNamedWithItsFile(String json, String problem) throws IOException {
    folderWith(json);

    assertThatExceptionOfType(SgidException.class)
        .isThrownBy(() -> ImageProcessor.read(folder))
        .withMessageContaining(problem)
        .withMessageEndingWith(": " + folder.resolve("preprocessor_config.json"));
  }

  /** transformers 4 writes both files, and the settings of the picture only into the other one. */
  @Test
  void read_processorConfigWithoutImageProcessor_isNotLookedAt() throws IOException {
    Files.writeString(
        folder.resolve("processor_config.json"), "{\"processor_class\": \"CLIPProcessor\"}");

    assertThat(ImageProcessor.read(folderWith("{\"size\": 8, \"crop_size\": 8}")).width())
        .isEqualTo(8);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CLIPImageProcessor",
        "CLIPImageProcessorFast",
        "CLIPImageProcessorPil",
        "CLIPFeatureExtractor"
      })
  void read_anyNameOfClips_cropsByDefault(String name) throws IOException {
    ImageProcessor processor =
        ImageProcessor.read(folderWith("{\"image_processor_type\": \"" + name + "\"}"));

    assertThat(processor.width()).isEqualTo(224);
  }

  @Test
  void read_brokenImageProcessorInBoth_namesThatFile() throws IOException {
    Path file = folder.resolve("processor_config.json");
    Files.writeString(file, "{\"image_processor\": {\"size\": 0}}");
    folderWith("{\"size\": 8, \"crop_size\": 8}");

    assertThatExceptionOfType(SgidException.class)
        .isThrownBy(() -> ImageProcessor.read(folder))
        .withMessage("\"size\" must be a whole number of at least 1 but is 0: " + file);
  }

  private Path folderWith(String json) throws IOException {
    Files.writeString(folder.resolve("preprocessor_config.json"), json);
    return folder;
  }
}

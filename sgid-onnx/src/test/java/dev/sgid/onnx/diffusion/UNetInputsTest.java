package dev.sgid.onnx.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.sgid.Device;
import dev.sgid.SgidException;
import dev.sgid.onnx.internal.JsonFile;
import dev.sgid.onnx.internal.runtime.Placement;
import dev.sgid.onnx.reference.TestGraph;
import dev.sgid.onnx.reference.TestGraph.Element;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UNetInputsTest {
  private static final String SD = "sample, timestep, encoder_hidden_states";

  private static final Map<String, long[]> OF_SD =
      Map.of("encoder_hidden_states", new long[] {77, 32});
  private static final Map<String, long[]> OF_XL =
      Map.of(
          "encoder_hidden_states",
          new long[] {77, 32},
          "text_embeds",
          new long[] {64},
          "time_ids",
          new long[] {6});

  @TempDir Path folder;

  private boolean xl;

  private TestGraph graph(String sample, String timestep, String text) {
    return new TestGraph()
        .input(text, Element.FLOAT, -1, -1, 32)
        .input(timestep, Element.INT64, -1)
        .input(sample, Element.FLOAT, -1, 4, -1, -1);
  }

  private UNet open(TestGraph graph, String config) {
    Path file = folder.resolve("model.onnx");
    graph.output("out_sample", 0, 1, 4, 8, 8).write(file);
    JsonObject json = JsonParser.parseString(config.replace('\'', '"')).getAsJsonObject();
    return UNet.open(
        file,
        new JsonFile(folder.resolve("config.json"), json),
        xl ? new ModelFamily(true, true) : ModelFamily.FIRST_AND_SECOND,
        xl ? OF_XL : OF_SD,
        Placement.of(Device.CPU, 1));
  }

  private void assertRefused(TestGraph graph, String config, String message) {
    assertThatExceptionOfType(SgidException.class)
        .isThrownBy(() -> open(graph, config).close())
        .withMessageContaining(message);
  }

  @Test
  void open_freeNames_toldByRank() {
    try (UNet unet = open(graph("x", "t", "context"), "{'time_cond_proj_dim': null}")) {
      assertThat(unet.guidance()).isNull();
    }
  }

  /** What only its rank tells may not be taken for what another is called. */
  @Test
  void open_namesInterchanged_refused() {
    assertRefused(
        graph("encoder_hidden_states", "timestep", "sample"),
        "{}",
        "Expected the inputs " + SD + " of Stable Diffusion 1 or 2, found sample: FLOAT32");
  }

  @Test
  void open_timestepCond_takesTheGuidanceScale() {
    TestGraph fixed = graph("sample", "timestep", "encoder_hidden_states");
    try (UNet unet = open(fixed.input("timestep_cond", Element.FLOAT, -1, 8), "{}")) {
      assertThat(Objects.requireNonNull(unet.guidance()).dimensions()).isEqualTo(8);
    }
    TestGraph free = graph("x", "t", "context").input("w", Element.FLOAT, -1, -1);
    try (UNet unet = open(free, "{'time_cond_proj_dim': 16}")) {
      assertThat(Objects.requireNonNull(unet.guidance()).dimensions()).isEqualTo(16);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "8  | {'time_cond_proj_dim': 16} | timestep_cond with dimension 1 of 16, time_cond_proj_dim",
        "-1 | {} | \"time_cond_proj_dim\" must be a whole number of at least 4 but is absent",
        "-1 | {'time_cond_proj_dim': 3} | must be a whole number of at least 4 but is 3",
        "3  | {} | \"time_cond_proj_dim\" must be a whole number of at least 4 but is absent",
      })
  void open_guidanceOfAnotherWidth_refused(long width, String config, String message) {
    TestGraph graph = graph("sample", "timestep", "encoder_hidden_states");

    assertRefused(graph.input("timestep_cond", Element.FLOAT, -1, width), config, message);
  }

  /** Without it diffusers' picture could not be made: w would have no effect, or a double one. */
  @Test
  void open_configWantsTheGuidanceScaleAndTheGraphNot_refused() {
    assertRefused(
        graph("sample", "timestep", "encoder_hidden_states"),
        "{'time_cond_proj_dim': 8}",
        "Expected the inputs " + SD + ", timestep_cond of Stable Diffusion 1 or 2, found");
  }

  private TestGraph graphOfXl(long pooled, long timeIds) {
    return graph("sample", "timestep", "encoder_hidden_states")
        .input("time_ids", Element.FLOAT, -1, timeIds)
        .input("text_embeds", Element.FLOAT, -1, pooled);
  }

  @Test
  void open_graphOfXlInAnotherFolder_namesWhatItIsGiven() {
    assertRefused(
        graphOfXl(64, 6),
        "{}",
        "Expected a UNet of Stable Diffusion 1 or 2, as model_index.json and the configs have it,"
            + " found text_embeds and time_ids, which Stable Diffusion XL is given, in the model");
  }

  @Test
  void open_folderOfXl_takesWhatXlIsGivenAndTheGuidanceScale() {
    xl = true;
    try (UNet unet = open(graphOfXl(-1, -1), "{}")) {
      unet.requireFits(new JsonFile(folder.resolve("config.json"), new JsonObject()), 4);
      assertThat(unet.guidance()).isNull();
    }
    TestGraph distilled = graphOfXl(64, 6).input("timestep_cond", Element.FLOAT, -1, 8);
    try (UNet unet = open(distilled, "{}")) {
      assertThat(Objects.requireNonNull(unet.guidance()).dimensions()).isEqualTo(8);
    }
  }

  @Test
  void open_folderOfXlAndAnotherGraph_namesWhatIsMissing() {
    xl = true;
    assertRefused(
        graph("sample", "timestep", "encoder_hidden_states"),
        "{}",
        "Expected the inputs sample, timestep, encoder_hidden_states, text_embeds, time_ids of"
            + " Stable Diffusion XL, found");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "32 | 6 | text_embeds with dimension 1 of 64, as wide as text_embeds of the second text",
        "64 | 5 | time_ids with dimension 1 of 6, two sizes and a corner (the refiner, with 5, is",
      })
  void requireFits_otherWidthsOfXl_namesThem(long pooled, long timeIds, String message) {
    xl = true;
    try (UNet unet = open(graphOfXl(pooled, timeIds), "{}")) {
      JsonFile config = new JsonFile(folder.resolve("config.json"), new JsonObject());
      assertThatExceptionOfType(SgidException.class)
          .isThrownBy(() -> unet.requireFits(config, 4))
          .withMessageContaining(message);
    }
  }

  @Test
  void open_inputNobodyKnows_refusedWithItsName() {
    TestGraph graph =
        graph("sample", "timestep", "encoder_hidden_states")
            .input("class_labels", Element.INT64, -1);

    assertRefused(graph, "{}", "class_labels: INT64[-1]");
  }
}

package dev.sgid.onnx.diffusion;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.sgid.Device;
import dev.sgid.GenerationSettings;
import dev.sgid.GuidanceSchedule;
import dev.sgid.Scheduler;
import dev.sgid.Settings;
import dev.sgid.SgidException;
import dev.sgid.Steps;
import dev.sgid.TimestepSpacing;
import dev.sgid.onnx.internal.JsonFile;
import dev.sgid.onnx.reference.TinyPacks;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelSchedulerTest {
  private static final String TURBO =
      "{\"_class_name\": \"EulerDiscreteScheduler\", \"timestep_spacing\": \"trailing\"}";

  @TempDir Path root;

  private static JsonFile file(String json) {
    JsonObject content = JsonParser.parseString(json.replace('\'', '"')).getAsJsonObject();
    return new JsonFile(Path.of("scheduler_config.json"), content);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "{'_class_name': 'DDIMScheduler'} | ddim",
        "{'_class_name': 'PNDMScheduler', 'skip_prk_steps': true} | pndm",
        "{'_class_name': 'PNDMScheduler'} | pndm:skip_prk_steps=false",
        "{'_class_name': 'LCMScheduler'} | lcm",
        "{'_class_name': 'EulerDiscreteScheduler', 'use_karras_sigmas': true}"
            + " | euler:use_karras_sigmas=true",
        "{'_class_name': 'EulerAncestralDiscreteScheduler'} | euler-ancestral",
        "{'_class_name': 'DPMSolverMultistepScheduler', 'final_sigmas_type': 'sigma_min'}"
            + " | dpm-solver:final_sigmas_type=sigma_min",
        "{'_class_name': 'UniPCMultistepScheduler', 'solver_order': 3, 'solver_type': 'midpoint',"
            + " 'sigma_min': null} | unipc:solver_order=3",
      })
  void of_everyClass_isThatWithTheFilesOptions(String json, String expected) {
    assertThat(ModelScheduler.of(file(json))).hasToString(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "{} | scheduler must name one, is \"model\": the model's own is not said, see"
            + " scheduler_config.json",
        "{'_class_name': 'model'} | scheduler must name one, is \"model\": the model's own is"
            + " model, which is not run here, see scheduler_config.json",
        "{'_class_name': 'HeunDiscreteScheduler'} | scheduler must name one, is \"model\": the"
            + " model's own is HeunDiscreteScheduler, which is not run here, see"
            + " scheduler_config.json",
        "{'_class_name': 'UniPCMultistepScheduler', 'solver_order': 5} | The model's own scheduler"
            + " can't be run: solver_order must be in [1, 3], is 5, see scheduler_config.json",
      })
  void of_classThatIsNotRun_isRefused(String json, String message) {
    assertThatThrownBy(() -> ModelScheduler.of(file(json)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  /** A folder of {@code packs} with another scheduler's file; null for its own. */
  private StableDiffusionImg2Img open(@Nullable String json, String... packs) throws IOException {
    Path folder = TinyPacks.assemble(root, packs).resolve("stable-diffusion");
    if (json != null) {
      Files.writeString(folder.resolve("scheduler/scheduler_config.json"), json);
    }
    return StableDiffusionImg2Img.open(folder, Device.CPU, 1, 0, 4);
  }

  private interface Work {
    void run() throws IOException;
  }

  /** What is logged meanwhile: the SLF4J provider of the tests writes to the standard error. */
  private static String logOf(Work work) throws IOException {
    PrintStream before = System.err;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setErr(new PrintStream(bytes, true, UTF_8));
    try {
      work.run();
    } finally {
      System.setErr(before);
    }
    return bytes.toString(UTF_8);
  }

  @Test
  void open_flowMatching_isRefusedInOneLine() {
    String json = "{\"_class_name\": \"FlowMatchEulerDiscreteScheduler\", \"shift\": 3.0}";
    assertThatThrownBy(() -> open(json, "tiny-sd1").close())
        .isInstanceOf(SgidException.class)
        .hasMessageStartingWith(
            "The scheduler is FlowMatchEulerDiscreteScheduler: the model matches flows, as Stable"
                + " Diffusion 3 and FLUX do, which is not run here; take one of Stable Diffusion 1,"
                + " 2 or XL");
  }

  @Test
  void open_schedulerThatIsNotRun_isWarnedOf() throws IOException {
    String log =
        logOf(() -> open("{\"_class_name\": \"HeunDiscreteScheduler\"}", "tiny-sd1").close());
    assertThat(log)
        .contains("The model's own scheduler is HeunDiscreteScheduler, which is not run");
  }

  @Test
  void resolve_modelsOwn_isNamed() throws IOException {
    try (StableDiffusionImg2Img generator = open(null, "tiny-sd1")) {
      GenerationSettings own = GenerationSettings.DEFAULTS.withScheduler(Scheduler.model());
      assertThat(generator.resolve(own).scheduler()).isEqualTo(Scheduler.pndm());
      assertThat(generator.resolve(GenerationSettings.DEFAULTS))
          .isEqualTo(GenerationSettings.DEFAULTS);
      assertThat(generator.defaults(Settings.DEFAULTS)).isEqualTo(Settings.DEFAULTS);
    }
  }

  @Test
  void defaults_guidedConsistencyModel_keepsTheSchedulesGuidance() throws IOException {
    try (StableDiffusionImg2Img generator = open(null, "tiny-sd1", "tiny-lcm")) {
      Settings settings = generator.defaults(Settings.DEFAULTS);
      assertThat(settings.generation().scheduler()).isEqualTo(Scheduler.lcm());
      assertThat(settings.generation().steps()).isEqualTo(Steps.of(4));
      assertThat(settings.guidance()).isEqualTo(Settings.DEFAULTS.guidance());
    }
  }

  @Test
  void defaults_consistencyConfigOverAPlainUnet_areWithoutGuidance() throws IOException {
    try (StableDiffusionImg2Img generator =
        open("{\"_class_name\": \"LCMScheduler\"}", "tiny-sd1")) {
      Settings settings = generator.defaults(Settings.DEFAULTS);
      assertThat(settings.generation().scheduler()).isEqualTo(Scheduler.lcm());
      assertThat(settings.guidance()).isEqualTo(GuidanceSchedule.constant(1));
    }
  }

  @Test
  void defaults_turbo_areEulersWithTrailingTimestepsAndDdimIsWarnedOfOnce() throws IOException {
    try (StableDiffusionImg2Img generator = open(TURBO, "tiny-sd1")) {
      Settings settings = generator.defaults(Settings.DEFAULTS);
      assertThat(settings.generation().scheduler()).isEqualTo(Scheduler.euler());
      assertThat(settings.generation().steps()).isEqualTo(Steps.of(4));
      assertThat(settings.guidance()).isEqualTo(GuidanceSchedule.constant(1));

      assertThat(logOf(() -> generator.requireSupported(settings.generation()))).isEmpty();
      String log =
          logOf(
              () -> {
                generator.requireSupported(GenerationSettings.DEFAULTS);
                generator.requireSupported(GenerationSettings.DEFAULTS);
              });
      assertThat(log)
          .containsOnlyOnce(
              "This model was distilled to make pictures in a few steps of euler, and ddim is"
                  + " another scheduler");
    }
  }

  @Test
  void defaults_trailingForZeroTerminalSnr_areTheUsual() throws IOException {
    String json =
        TURBO.replace("}", ", \"rescale_betas_zero_snr\": true, \"prediction_type\": \"sample\"}");
    try (StableDiffusionImg2Img generator = open(json, "tiny-sd1")) {
      assertThat(generator.defaults(Settings.DEFAULTS)).isEqualTo(Settings.DEFAULTS);
    }
  }

  @Test
  void requireSupported_timestepsBetweenAndAnIntegerInput_isWarnedOf() throws IOException {
    try (StableDiffusionImg2Img generator = open(null, "tiny-sd1")) {
      GenerationSettings euler = GenerationSettings.DEFAULTS.withScheduler(Scheduler.euler());
      assertThat(
              logOf(
                  () ->
                      generator.requireSupported(
                          euler.withTimestepSpacing(TimestepSpacing.TRAILING))))
          .isEmpty();
      assertThat(logOf(() -> generator.requireSupported(euler)))
          .contains("Timesteps of euler with this spacing lie between those of training");
    }
  }
}

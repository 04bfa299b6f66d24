package dev.sgid.onnx.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import dev.sgid.Scheduler;
import dev.sgid.TimestepSpacing;
import dev.sgid.onnx.internal.JsonFile;
import dev.sgid.onnx.reference.Golden;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Against diffusers' DDIMScheduler, as its img2img pipeline leaves it. */
class DdimSchedulerTest implements SchedulerRunContract {
  private static final Offset<Float> BOUND = within(1e-5f);
  private static final JsonObject GOLDEN = Golden.read("diffusion/ddim.json.gz");

  @Override
  public Scheduler scheduler() {
    return Scheduler.ddim(0.5);
  }

  @Override
  public int mostSteps() {
    return 999;
  }

  @Override
  public String tooManySteps() {
    return "With steps 1000 and noiseRate 1.0 the first timestep is 1000, the model was trained up"
        + " to 999: lower noiseRate or steps";
  }

  static Stream<String> schedulers() {
    return GOLDEN.getAsJsonObject("schedulers").keySet().stream();
  }

  private static JsonObject golden(String name) {
    return GOLDEN.getAsJsonObject("schedulers").getAsJsonObject(name);
  }

  private static SchedulerConfig config(String name) {
    return SchedulerConfig.of(file(golden(name).getAsJsonObject("config")));
  }

  private static JsonFile file(JsonObject json) {
    return new JsonFile(Path.of("scheduler_config.json"), json);
  }

  private static TimestepSpacing spacing(SchedulerConfig config) {
    return config.spacing() == null ? TimestepSpacing.LEADING : config.spacing();
  }

  private static SchedulerRun run(SchedulerConfig config, int steps, double rate, double eta) {
    return Schedulers.of(Scheduler.ddim(eta), null, config, steps, rate);
  }

  private static float[] floats(JsonObject json, String key) {
    float[] values = new float[json.getAsJsonArray(key).size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = json.getAsJsonArray(key).get(i).getAsFloat();
    }
    return values;
  }

  @ParameterizedTest
  @MethodSource("schedulers")
  void alphaBar_everyBetaSchedule_isTheReferences(String name) {
    NoiseSchedule noise = config(name).noise();
    JsonObject expected = golden(name).getAsJsonObject("alphasCumprod");
    long[] indexes = Golden.longs(expected.get("index"));
    float[] values = floats(expected, "value");
    // to the last bit, but for the square roots of a rescaled table
    boolean rescaled = golden(name).getAsJsonObject("config").has("rescale_betas_zero_snr");
    float bound = rescaled ? 1e-6f : 0;
    for (int i = 0; i < indexes.length; i++) {
      assertThat((float) noise.alphaBar((int) indexes[i]))
          .as("alphaBar[%d]", indexes[i])
          .isCloseTo(values[i], within(bound * values[i]));
    }
    assertThat(noise.trainTimesteps()).isEqualTo(golden(name).get("trainTimesteps").getAsInt());
    float last = golden(name).get("finalAlphaCumprod").getAsFloat();
    assertThat((float) config(name).finalAlphaBar()).isCloseTo(last, within(bound * last));
  }

  @ParameterizedTest
  @MethodSource("schedulers")
  void schedule_everySpacing_hasTheReferencesTimesteps(String name) {
    SchedulerConfig config = config(name);
    JsonObject expected = golden(name).getAsJsonObject("timesteps");
    assertThat(expected.keySet()).isNotEmpty();
    for (String steps : expected.keySet()) {
      int[] timesteps =
          Timesteps.of(
              spacing(config),
              Integer.parseInt(steps),
              config.trainTimesteps(),
              SchedulerConfig.STEPS_OFFSET);
      assertThat(Arrays.stream(timesteps).asLongStream().toArray())
          .as("%s steps", steps)
          .isEqualTo(Golden.longs(expected.get(steps)));
    }
  }

  @Test
  void cut_everyNoiseRate_leavesTheReferencesSteps() {
    JsonObject cut = GOLDEN.getAsJsonObject("cut");
    long[] steps = Golden.longs(cut.get("steps"));
    long[] counts = Golden.longs(cut.get("count"));
    SchedulerConfig config = config("sd1");
    assertThat(steps).hasSizeGreaterThan(500);
    for (int i = 0; i < steps.length; i++) {
      double rate = cut.getAsJsonArray("strength").get(i).getAsDouble();
      assertThat(Scheduler.ddim().stepsRun(rate, (int) steps[i]))
          .as("%d steps at noise rate %s", steps[i], rate)
          .isEqualTo((int) counts[i]);
      if (steps[i] == 1000 && rate == 1) {
        assertThat(cut.getAsJsonArray("first").get(i).getAsInt()).isEqualTo(1000); // refused below
      } else if (counts[i] > 0) {
        SchedulerRun scheduler = run(config, (int) steps[i], rate, 0);
        assertThat(scheduler.steps()).isEqualTo((int) counts[i]);
        assertThat(scheduler.timestep(0)).isEqualTo(cut.getAsJsonArray("first").get(i).getAsInt());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("schedulers")
  void step_everyPredictionAndEta_isTheReferences(String name) {
    int compared = 0;
    for (JsonObject step : Golden.objects(golden(name).get("steps"))) {
      if (step.has("outsideTraining")) {
        continue; // refused, see below
      }
      int steps = step.get("steps").getAsInt();
      int timestep = step.get("timestep").getAsInt();
      double eta = step.get("eta").getAsDouble();
      SchedulerConfig config = config(name);
      SchedulerRun scheduler = run(config, steps, wholeRate(config, steps), eta);
      int index =
          IntStream.range(0, scheduler.steps())
              .filter(i -> scheduler.timestep(i) == timestep)
              .findFirst()
              .orElseThrow();
      float[] x = floats(GOLDEN, "sample");
      scheduler.step(index, x, floats(GOLDEN, "model_output"), floats(GOLDEN, "noise"));
      String what = "%s, %d steps, timestep %d, eta %s".formatted(name, steps, timestep, eta);
      if (step.get("previous")
          .isJsonNull()) { // the reference gives NaN, or what its CPU makes of 0
        for (float value : x) {
          assertThat(value).as(what).isFinite();
        }
        continue;
      }
      assertThat(x).as(what).containsExactly(floats(step, "previous"), BOUND);
      compared++;
    }
    assertThat(compared).isGreaterThan(10);
  }

  /**
   * The largest rate that starts within training: offset 1 moves the first of all timesteps out.
   */
  private static double wholeRate(SchedulerConfig config, int steps) {
    boolean all = steps == config.noise().trainTimesteps();
    return all && spacing(config) == TimestepSpacing.LEADING ? 1 - 1.0 / steps : 1;
  }

  @ParameterizedTest
  @MethodSource("schedulers")
  void addNoise_everySchedule_isTheReferences(String name) {
    NoiseSchedule noise = config(name).noise();
    for (JsonObject expected : Golden.objects(golden(name).get("addNoise"))) {
      int timestep = expected.get("timestep").getAsInt();
      float[] latents = floats(GOLDEN, "sample");
      noise.add(timestep, latents, floats(GOLDEN, "noise"));
      assertThat(latents)
          .as("%s, timestep %d", name, timestep)
          .containsExactly(floats(expected, "value"), BOUND);
    }
  }

  /** The figures that stand in diffusers' tests/schedulers/test_scheduler_ddim.py. */
  @Test
  void loops_goldens_areTheFiguresOfDiffusersOwnTests() {
    assertThat(loops().stream().mapToDouble(loop -> loop.get("sum").getAsDouble()).toArray())
        .containsExactly(
            new double[] {172.0067, 52.5302, 149.8295, 149.0784, 354.5418}, within(1e-3));
    assertThat(loops().stream().mapToDouble(loop -> loop.get("mean").getAsDouble()).toArray())
        .containsExactly(
            new double[] {0.223967, 0.068399, 0.195090, 0.194113, 0.461643}, within(1e-6));
  }

  static List<JsonObject> loops() {
    return Golden.objects(GOLDEN.get("loops"));
  }

  /** The weight-free loops of diffusers' own tests: the model's output is x t / (t + 1). */
  @ParameterizedTest
  @MethodSource("loops")
  void step_wholeLoopWithoutWeights_isTheReferences(JsonObject loop) {
    JsonFile file = file(loop.getAsJsonObject("config"));
    int steps = loop.get("steps").getAsInt();
    int start = loop.get("start").getAsInt();
    double rate = (steps - start) / (double) steps;
    Sampling sampling = new Sampling(SchedulerConfig.of(file), null, steps, rate);
    SchedulerRun scheduler = new DdimScheduler(Scheduler.ddim(), sampling, 0);
    float[] x = DummyPicture.sample();
    if (loop.get("addNoise").getAsBoolean()) {
      scheduler.addNoise(x, DummyPicture.noise());
    }
    for (int i = 0; i < scheduler.steps(); i++) {
      float t = scheduler.timestep(i);
      float[] m = new float[x.length];
      for (int k = 0; k < x.length; k++) {
        m[k] = x[k] * t / (t + 1);
      }
      scheduler.step(i, x, m, new float[0]);
    }
    double sum = IntStream.range(0, x.length).mapToDouble(k -> Math.abs(x[k])).sum();
    assertThat(sum).isCloseTo(loop.get("sum").getAsDouble(), within(1e-3));
    assertThat(sum / x.length).isCloseTo(loop.get("mean").getAsDouble(), within(1e-3));
    assertThat(x).containsExactly(floats(loop, "sample"), within(1e-4f));
  }

  @Test
  void config_thresholding_isRefusedWithItsFile() {
    JsonObject json = new JsonObject();
    json.addProperty("thresholding", true);
    assertThatThrownBy(() -> SchedulerConfig.of(file(json)))
        .hasMessageContaining("\"thresholding\" must be false")
        .hasMessageContaining("scheduler_config.json");
  }

  @Test
  void config_unknownPrediction_namesTheChoices() {
    JsonObject json = new JsonObject();
    json.addProperty("prediction_type", "flow");
    assertThatThrownBy(() -> SchedulerConfig.of(file(json)))
        .hasMessage(
            "\"prediction_type\" must be epsilon or sample or v_prediction but is \"flow\":"
                + " scheduler_config.json");
  }
}

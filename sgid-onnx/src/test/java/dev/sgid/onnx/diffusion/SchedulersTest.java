package dev.sgid.onnx.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.sgid.Scheduler;
import dev.sgid.TimestepSpacing;
import dev.sgid.onnx.internal.JsonFile;
import dev.sgid.onnx.internal.TorchRandom;
import dev.sgid.onnx.reference.Golden;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every scheduler against diffusers' class of its name: timesteps, noise and every step. */
class SchedulersTest {
  private static final Offset<Float> BOUND = within(1e-5f);
  private static final JsonObject GOLDEN = Golden.read("diffusion/solvers.json.gz");
  private static final List<float[]> SAMPLES = draws("samples");
  private static final List<float[]> OUTPUTS = draws("outputs");
  private static final List<float[]> NOISES = draws("noises");

  private static List<float[]> draws(String name) {
    JsonElement encoded = GOLDEN.getAsJsonObject("draws").get(name);
    return Golden.objects(encoded).stream().map(Golden::floats).toList();
  }

  /** A run that diffusers made, or a list of them that differ in the step count alone. */
  record Case(JsonObject json) {
    private SchedulerConfig config() {
      JsonObject file =
          json.get("config") instanceof JsonObject own
              ? own
              : GOLDEN.getAsJsonObject("configs").getAsJsonObject(text("config"));
      return SchedulerConfig.of(new JsonFile(Path.of("scheduler_config.json"), file));
    }

    private String text(String key) {
      return json.get(key).getAsString();
    }

    private Scheduler scheduler() {
      Map<String, Object> options = new LinkedHashMap<>();
      json.getAsJsonObject("options")
          .asMap()
          .forEach((key, value) -> options.put(key, value.getAsString()));
      if (json.has("eta") && json.get("eta").getAsDouble() > 0) {
        options.put("eta", json.get("eta").getAsDouble());
      }
      return Scheduler.of(text("scheduler"), options);
    }

    SchedulerRun run(int steps, double noiseRate) {
      TimestepSpacing spacing =
          json.get("spacing").isJsonNull() ? null : TimestepSpacing.parse(text("spacing"));
      return Schedulers.of(scheduler(), spacing, config(), steps, noiseRate);
    }

    SchedulerRun run() {
      return run(json.get("steps").getAsInt(), json.get("noiseRate").getAsDouble());
    }

    @Override
    public String toString() {
      return "%s of %s, spacing %s, steps %s, noise rate %s"
          .formatted(
              scheduler(),
              json.get("config"),
              json.get("spacing"),
              json.get("steps"),
              json.get("noiseRate"));
    }
  }

  static List<Case> cases() {
    return Golden.objects(GOLDEN.get("cases")).stream().map(Case::new).toList();
  }

  static List<Case> schedules() {
    return Golden.objects(GOLDEN.get("schedules")).stream().map(Case::new).toList();
  }

  private static void assertTimesteps(SchedulerRun run, JsonElement expected, String of) {
    double[] timesteps = IntStream.range(0, run.steps()).mapToDouble(run::timestep).toArray();
    double[] references =
        StreamSupport.stream(expected.getAsJsonArray().spliterator(), false)
            .mapToDouble(JsonElement::getAsDouble)
            .toArray();
    // those that are whole are equal, those of Karras' levels come out of logarithms of floats
    assertThat(timesteps).as(of).containsExactly(references, within(1e-3));
  }

  @Test
  void cases_inTheGolden_runEveryScheduler() {
    Set<Class<?>> run =
        cases().stream()
            .map(c -> c.scheduler().getClass())
            .collect(Collectors.toCollection(HashSet::new));
    run.add(Scheduler.Model.class); // is one of the others
    assertThat(run).containsExactlyInAnyOrder(Scheduler.class.getPermittedSubclasses());
    assertThat(cases()).hasSizeGreaterThan(800);
  }

  @ParameterizedTest
  @MethodSource("schedules")
  void of_everyStepCount_hasTheReferencesTimesteps(Case schedule) {
    JsonObject expected = schedule.json.getAsJsonObject("timesteps");
    assertThat(expected.keySet()).hasSizeGreaterThan(20);
    for (String steps : expected.keySet()) {
      assertTimesteps(
          schedule.run(Integer.parseInt(steps), 1), expected.get(steps), steps + " steps");
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void run_everyCase_isTheReferences(Case one) {
    SchedulerRun run = one.run();
    assertTimesteps(run, one.json.get("timesteps"), "timesteps");

    float[] noised = SAMPLES.get(0).clone();
    run.addNoise(noised, NOISES.get(0));
    assertThat(noised).containsExactly(Golden.floats(one.json.get("noised")), BOUND);

    float[] expected = Golden.floats(one.json.get("previous")); // (steps, length)
    int length = noised.length;
    assertThat(expected).hasSize(run.steps() * length);
    for (int i = 0; i < run.steps(); i++) {
      float[] x = SAMPLES.get(i % SAMPLES.size()).clone();
      run.step(i, x, OUTPUTS.get(i % OUTPUTS.size()), NOISES.get(i % NOISES.size()));
      assertThat(x)
          .as("step %d of %d", i, run.steps())
          .containsExactly(Arrays.copyOfRange(expected, i * length, (i + 1) * length), BOUND);
    }
  }

  static List<Case> loops() {
    return Golden.objects(GOLDEN.get("loops")).stream().map(Case::new).toList();
  }

  /** The weight-free loops of diffusers' own tests: the model's output is x t / (t + 1). */
  @ParameterizedTest
  @MethodSource("loops")
  void run_wholeLoopWithoutWeights_isTheReferences(Case loop) {
    SchedulerRun run = loop.run();
    TorchRandom random = new TorchRandom(0);
    float[] x = DummyPicture.sample();
    if (loop.json.get("noiseRate").getAsDouble() < 1) {
      run.addNoise(x, DummyPicture.noise());
    }
    for (int i = 0; i < run.steps(); i++) {
      float t = run.timestep(i);
      float[] m = new float[x.length];
      for (int k = 0; k < x.length; k++) {
        m[k] = run.inputScale(i) * x[k] * t / (t + 1);
      }
      float[] z = new float[run.drawsNoise(i) ? x.length : 0];
      random.normal(z);
      run.step(i, x, m, z);
    }
    double sum = IntStream.range(0, x.length).mapToDouble(k -> Math.abs(x[k])).sum();
    assertThat(sum).isCloseTo(loop.json.get("sum").getAsDouble(), within(1e-3));
    float[] expected = new float[x.length];
    for (int k = 0; k < x.length; k++) {
      expected[k] = loop.json.getAsJsonArray("sample").get(k).getAsFloat();
    }
    assertThat(x).containsExactly(expected, within(1e-4f));
  }

  @Test
  void cases_oneScheduler_haveDifferentRuns() {
    long different =
        StreamSupport.stream(GOLDEN.getAsJsonArray("cases").spliterator(), false)
            .map(c -> c.getAsJsonObject().get("previous").toString())
            .distinct()
            .count();
    assertThat(different).isGreaterThan(400); // the options, spacings and files do something
  }
}

package dev.sgid.onnx.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.sgid.Scheduler;
import dev.sgid.TimestepSpacing;
import dev.sgid.onnx.internal.JsonFile;
import dev.sgid.onnx.internal.TorchRandom;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What every {@link SchedulerRun} keeps. Implement it in a test class of its own; that the numbers
 * are the reference's is {@link SchedulersTest}'s part.
 */
interface SchedulerRunContract {
  int LATENTS = 12;

  /** The scheduler under test, with its default options. */
  Scheduler scheduler();

  /** The longest schedule that it can run whole. */
  int mostSteps();

  /** What it says of a longer one. */
  String tooManySteps();

  /** Whether its timesteps are each below the one before. */
  default boolean descends() {
    return true;
  }

  /** The first of the trailing timesteps of 10 steps of which half are run. */
  default float firstOfTrailing() {
    return 499;
  }

  /** Whether its class in diffusers knows {@code rescale_betas_zero_snr}. */
  default boolean rescales() {
    return true;
  }

  /** A file with these keys added to those of Stable Diffusion 1. */
  static SchedulerConfig config(String keys) {
    JsonObject json = JsonParser.parseString("{" + keys + "}").getAsJsonObject();
    json.addProperty("beta_start", 0.00085);
    json.addProperty("beta_end", 0.012);
    json.addProperty("beta_schedule", "scaled_linear");
    return SchedulerConfig.of(new JsonFile(Path.of("scheduler_config.json"), json));
  }

  private SchedulerRun run(int steps, double noiseRate) {
    return Schedulers.of(scheduler(), null, config(""), steps, noiseRate);
  }

  private static float[] normal(long seed) {
    float[] values = new float[LATENTS];
    new TorchRandom(seed).normal(values);
    return values;
  }

  /** All that a run gives: the sample after each step. */
  private static float[][] outputs(SchedulerRun run, long seed) {
    float[][] all = new float[run.steps()][];
    for (int i = 0; i < all.length; i++) {
      all[i] = normal(seed + i);
      run.step(i, all[i], normal(seed + 100 + i), normal(seed + 200 + i));
    }
    return all;
  }

  @Test
  default void schedulers_kindUnderTest_isMade() {
    assertThat(run(4, 0.5).steps()).isEqualTo(scheduler().stepsRun(0.5, 4));
  }

  @ParameterizedTest
  @EnumSource
  default void timestep_everySpacing_fallsWithinTraining(TimestepSpacing spacing) {
    for (int steps : new int[] {1, 2, 7, 20}) {
      for (double rate : new double[] {1, 0.9, 0.5}) {
        if (scheduler().stepsRun(rate, steps) < 1) {
          continue;
        }
        SchedulerRun run = Schedulers.of(scheduler(), spacing, config(""), steps, rate);
        assertThat(run.timestep(0)).isBetween(0f, 999f);
        for (int i = 1; i < run.steps(); i++) {
          assertThat(run.timestep(i)).isBetween(0f, run.timestep(i - 1) - (descends() ? 1 : 0));
        }
      }
    }
  }

  @Test
  default void step_twoPicturesInTurn_giveWhatEachGivesAlone() {
    SchedulerRun first = run(10, 0.9);
    SchedulerRun second = run(10, 0.9);
    float[][] expected = outputs(run(10, 0.9), 1);
    float[][] other = outputs(run(10, 0.9), 500);
    for (int i = 0; i < expected.length; i++) {
      float[] x = normal(1 + i);
      first.step(i, x, normal(101 + i), normal(201 + i));
      float[] y = normal(500 + i);
      second.step(i, y, normal(600 + i), normal(700 + i));
      assertThat(x).as("step %d of the first", i).isEqualTo(expected[i]);
      assertThat(y).as("step %d of the second", i).isEqualTo(other[i]);
    }
  }

  @Test
  default void step_anyStep_changesTheSampleAlone() {
    SchedulerRun run = run(5, 1);
    for (int i = 0; i < run.steps(); i++) {
      float[] x = normal(1);
      float[] m = normal(2);
      float[] z = normal(3);
      run.step(i, x, m, z);
      assertThat(x).doesNotContain(Float.NaN).isNotEqualTo(normal(1));
      assertThat(m).isEqualTo(normal(2));
      assertThat(z).isEqualTo(normal(3));
    }
  }

  /** A loop has one array for all predictions. */
  @Test
  default void step_outputsArrayReusedByTheNextStep_isNotKept() {
    float[][] expected = outputs(run(10, 0.9), 1);
    SchedulerRun run = run(10, 0.9);
    float[] m = new float[LATENTS];
    for (int i = 0; i < run.steps(); i++) {
      new TorchRandom(101 + i).normal(m);
      float[] x = normal(1 + i);
      run.step(i, x, m, normal(201 + i));
      assertThat(x).isEqualTo(expected[i]);
    }
  }

  @Test
  default void step_drawsNoNoise_doesNotLookAtIt() {
    SchedulerRun run = run(5, 1);
    float[][] expected = outputs(run(5, 1), 1);
    for (int i = 0; i < run.steps(); i++) {
      float[] x = normal(1 + i);
      run.step(i, x, normal(101 + i), run.drawsNoise(i) ? normal(201 + i) : new float[0]);
      assertThat(x).isEqualTo(expected[i]);
    }
  }

  @Test
  default void addNoise_firstTimestep_keepsTheVariance() {
    SchedulerRun run = run(10, 0.5);
    float[] image = {1, 0};
    float[] noise = {0, 1};
    run.addNoise(image, noise);
    float scale = run.inputScale(0);
    float variance = scale * scale * (image[0] * image[0] + image[1] * image[1]);
    assertThat(variance).isBetween(0.99999f, 1.00001f);
    assertThat(image[1]).isPositive();
  }

  @Test
  default void of_longestSchedule_isRun() {
    assertThat(run(mostSteps(), 0.5 + 0.5 * scheduler().stepsRun(1, 1)).steps()).isPositive();
  }

  @Test
  default void of_tooManySteps_areRefused() {
    assertThatThrownBy(() -> run(mostSteps() + 1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(tooManySteps());
  }

  @Test
  default void of_moreStepsThanTimesteps_areRefused() {
    assertThatThrownBy(() -> run(1001, 0.5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("steps must be at most 1000, on which the model was trained, is 1001");
  }

  @Test
  default void of_noStepLeft_isRefused() {
    if (scheduler().stepsRun(0.01, 10) > 0) {
      return; // it runs all steps at every noise rate
    }
    assertThatThrownBy(() -> run(10, 0.01))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the number of steps that noiseRate 0.01 leaves must be at least 1, is 0");
  }

  /** Of 61 steps NumPy's arange makes 62 timesteps, the last of them -1. */
  @Test
  default void of_trailingStepsThatPassZero_areRefusedOrNotMade() {
    if (scheduler() instanceof Scheduler.Lcm) {
      return; // has timesteps of its own
    }
    assertThatThrownBy(
            () -> Schedulers.of(scheduler(), TimestepSpacing.TRAILING, config(""), 61, 0.5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "With steps 61 and noiseRate 0.5 the last timestep is -1, the model was trained from 0"
                + " on: take another number of steps");
  }

  @Test
  default void of_epsilonFromWhereNothingIsLeft_isRefused() {
    if (!rescales()) {
      return;
    }
    SchedulerConfig config = config("\"rescale_betas_zero_snr\": true");
    assertThatThrownBy(
            () -> Schedulers.of(scheduler(), TimestepSpacing.TRAILING, config, 10, 1).steps())
        .hasMessageContaining("rescale_betas_zero_snr")
        .hasMessageContaining("prediction_type");
  }

  @Test
  default void of_callersSpacing_overridesTheFiles() {
    if (scheduler() instanceof Scheduler.Lcm) {
      return; // has timesteps of its own
    }
    SchedulerConfig trailing = config("\"timestep_spacing\": \"trailing\"");
    List<Float> first =
        List.of(
            Schedulers.of(scheduler(), null, trailing, 10, 0.5).timestep(0),
            Schedulers.of(scheduler(), TimestepSpacing.LEADING, trailing, 10, 0.5).timestep(0));
    assertThat(first.get(0)).isEqualTo(firstOfTrailing());
    assertThat(first.get(0) - first.get(1)).isBetween(48f, 98f);
  }
}

package dev.sgid.onnx.diffusion;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.sgid.Scheduler;
import dev.sgid.StepListener;
import dev.sgid.onnx.internal.JsonFile;
import dev.sgid.onnx.internal.TorchRandom;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How pictures share calls, with a predictor that needs no weights. */
class DenoiseLoopTest {
  private static final int LATENTS = 16;
  private static final SchedulerConfig CONFIG =
      SchedulerConfig.of(new JsonFile(Path.of("scheduler_config.json"), new JsonObject()));

  /** Predicts {@code x t / 1000 + text}; each row from what was put there alone. */
  private static final class FakePredictor implements NoisePredictor {
    private final boolean timestepPerRow;
    private final List<Integer> calls = new ArrayList<>(); // rows of each call
    private final List<Set<Integer>> timesteps = new ArrayList<>(); // of each call
    private int allocated;

    FakePredictor(boolean timestepPerRow) {
      this.timestepPerRow = timestepPerRow;
    }

    @Override
    public boolean takesTimestepPerRow() {
      return timestepPerRow;
    }

    private final FakeRows[] byCount = new FakeRows[64];

    @Override
    public Rows rows(int count) {
      if (byCount[count] == null) {
        byCount[count] = new FakeRows(count);
        allocated++;
      }
      return byCount[count];
    }

    @Override
    public void close() {}

    private final class FakeRows implements Rows {
      final float[][] latents;
      final float[][] texts;
      final int[] at;
      final float[][] predictions;

      FakeRows(int count) {
        latents = new float[count][LATENTS];
        texts = new float[count][1];
        at = new int[count];
        predictions = new float[count][LATENTS];
      }

      @Override
      public void putLatents(int row, float[] values, int timestep) {
        System.arraycopy(values, 0, latents[row], 0, LATENTS);
        at[row] = timestep;
      }

      @Override
      public void putConditioning(int row, Conditioning conditioning) {
        float[] text = requireNonNull(conditioning.values().get(Conditioning.HIDDEN_STATES));
        texts[row][0] = text[0];
      }

      @Override
      public void predict() {
        calls.add(at.length);
        Set<Integer> seen = new HashSet<>();
        for (int row = 0; row < at.length; row++) {
          seen.add(at[row]);
          for (int i = 0; i < LATENTS; i++) {
            predictions[row][i] = latents[row][i] * at[row] / 1000 + texts[row][0];
          }
        }
        timesteps.add(seen);
      }

      @Override
      public void get(int row, float[] prediction) {
        System.arraycopy(predictions[row], 0, prediction, 0, LATENTS);
      }
    }
  }

  private static Trajectory trajectory(int index, int steps, double rate, double w, double eta) {
    float[] latents = new float[LATENTS];
    TorchRandom random = new TorchRandom(index);
    random.normal(latents);
    return new Trajectory(
        index,
        latents,
        Schedulers.of(Scheduler.ddim(eta), null, CONFIG, steps, rate),
        Conditioning.ofText(new float[] {0.1f * index}),
        w > 1 ? Conditioning.ofText(new float[] {-0.05f}) : null,
        w,
        random);
  }

  /** Different noise rates, step counts, guidance scales and etas. */
  private static List<Trajectory> mixed() {
    List<Trajectory> all = new ArrayList<>();
    for (int i = 0; i < 11; i++) {
      all.add(trajectory(i, i % 4 == 3 ? 20 : 10, 0.2 + 0.07 * i, i % 3, i % 2));
    }
    return all;
  }

  @ParameterizedTest
  @CsvSource({"1, true", "3, true", "16, true", "1, false", "4, false", "16, false"})
  void run_anyBatch_sameLatentsAsAlone(int batch, boolean timestepPerRow) {
    FakePredictor predictor = new FakePredictor(timestepPerRow);
    List<Trajectory> together = mixed();
    new DenoiseLoop(predictor, batch, StepListener.NONE).run(together);

    List<Trajectory> alone = mixed();
    for (int i = 0; i < alone.size(); i++) {
      new DenoiseLoop(new FakePredictor(true), 1, StepListener.NONE).run(List.of(alone.get(i)));
      assertThat(together.get(i).latents).as("trajectory %d", i).isEqualTo(alone.get(i).latents);
      assertThat(together.get(i).isDone()).isTrue();
    }
    if (!timestepPerRow) {
      assertThat(predictor.timesteps).allMatch(seen -> seen.size() == 1);
    }
  }

  @Test
  void run_noGuidance_takesOneRowInsteadOfTwo() {
    FakePredictor predictor = new FakePredictor(true);
    new DenoiseLoop(predictor, 4, StepListener.NONE)
        .run(List.of(trajectory(0, 10, 0.5, 1, 0), trajectory(1, 10, 0.5, 1.01, 0)));
    assertThat(predictor.calls).containsExactly(3, 3, 3, 3, 3);
  }

  @Test
  void run_oneTimestepPerCall_lowerRatesWaitAndMeetTheOthers() {
    FakePredictor predictor = new FakePredictor(false);
    new DenoiseLoop(predictor, 4, StepListener.NONE)
        .run(List.of(trajectory(0, 10, 0.4, 0, 0), trajectory(1, 10, 0.6, 0, 0)));
    assertThat(predictor.calls).containsExactly(1, 1, 2, 2, 2, 2);
  }

  @Test
  void run_morePicturesThanTheBatch_refillsAsPicturesLeave() {
    FakePredictor predictor = new FakePredictor(true);
    new DenoiseLoop(predictor, 2, StepListener.NONE)
        .run(
            List.of(
                trajectory(0, 10, 0.2, 0, 0),
                trajectory(1, 10, 0.4, 0, 0),
                trajectory(2, 10, 0.2, 0, 0)));
    assertThat(predictor.calls).containsExactly(2, 2, 2, 2);
  }

  @Test
  void run_steadyBatch_allocatesOnce() {
    FakePredictor predictor = new FakePredictor(true);
    new DenoiseLoop(predictor, 4, StepListener.NONE)
        .run(List.of(trajectory(0, 50, 1, 5, 1), trajectory(1, 50, 1, 5, 1)));
    assertThat(predictor.calls).hasSize(50);
    assertThat(predictor.allocated).isEqualTo(1);
  }

  @Test
  void run_listener_hearsRequestStepAndTimestep() {
    List<String> heard = new ArrayList<>();
    new DenoiseLoop(
            new FakePredictor(true),
            2,
            (request, step, steps, timestep) ->
                heard.add(request + ": " + step + "/" + steps + " at " + timestep))
        .run(Arrays.asList(trajectory(7, 10, 0.3, 3, 0)));
    assertThat(heard).containsExactly("7: 1/3 at 201", "7: 2/3 at 101", "7: 3/3 at 1");
  }
}

package dev.sgid.onnx.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sgid.Scheduler;
import dev.sgid.SgidException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PndmSchedulerTest implements SchedulerRunContract {
  @Override
  public Scheduler scheduler() {
    return Scheduler.pndm();
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

  @Override
  public boolean descends() {
    return false;
  }

  @Override
  public float firstOfTrailing() {
    return 599; // its list has one entry more, which is cut instead
  }

  @Override
  public boolean rescales() {
    return false;
  }

  private static double[] timesteps(Scheduler scheduler, int steps, double rate) {
    SchedulerRun run = Schedulers.of(scheduler, null, SchedulerRunContract.config(""), steps, rate);
    return IntStream.range(0, run.steps()).mapToDouble(run::timestep).toArray();
  }

  @Test
  void timestep_wholeSchedule_visitsTheSecondTwice() {
    assertThat(timesteps(scheduler(), 5, 1)).containsExactly(801, 601, 601, 401, 201, 1);
  }

  @Test
  void timestep_rungeKutta_isThatOfDiffusersOwnTest() {
    assertThat(timesteps(new Scheduler.Pndm(false), 10, 1))
        .containsExactly(
            901, 851, 851, 801, 801, 751, 751, 701, 701, 651, 651, 601, 601, 501, 401, 301, 201,
            101, 1);
  }

  @Test
  void steps_noiseRate_leavesOneCallMoreThanSteps() {
    assertThat(timesteps(scheduler(), 10, 0.5))
        .containsExactly(501, 401, 301, 201, 101, 1)
        .hasSize(scheduler().stepsRun(0.5, 10));
  }

  @Test
  void of_fewerStepsThanRungeKuttaTakes_areRefused() {
    assertThatThrownBy(() -> timesteps(new Scheduler.Pndm(false), 3, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("steps must be at least 4 for pndm:skip_prk_steps=false, is 3");
  }

  @Test
  void of_modelPredictsTheImage_isRefused() {
    SchedulerConfig config = SchedulerRunContract.config("\"prediction_type\": \"sample\"");
    assertThatThrownBy(() -> Schedulers.of(scheduler(), null, config, 10, 0.5))
        .isInstanceOf(SgidException.class)
        .hasMessage(
            "\"prediction_type\" must be epsilon or v_prediction for PNDMScheduler but is"
                + " \"sample\": scheduler_config.json");
  }

  @Test
  void step_last_remembersNothing() {
    PndmScheduler run =
        (PndmScheduler) Schedulers.of(scheduler(), null, SchedulerRunContract.config(""), 3, 1);
    for (int i = 0; i < run.steps(); i++) {
      run.step(i, new float[4], new float[4], new float[0]);
      assertThat(run.remembers()).isEqualTo(i < run.steps() - 1);
    }
  }
}

package dev.sgid.onnx.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sgid.Scheduler;
import dev.sgid.Scheduler.FinalSigmas;
import dev.sgid.SgidException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UniPcSchedulerTest implements SchedulerRunContract {
  @Override
  public Scheduler scheduler() {
    return Scheduler.uniPc();
  }

  @Override
  public int mostSteps() {
    return 999;
  }

  @Override
  public String tooManySteps() {
    return "With steps 1000 two steps of UniPCMultistepScheduler have the same noise level: lower"
        + " steps";
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"use_exponential_sigmas\": true | \"use_exponential_sigmas\" must be false",
        "\"use_flow_sigmas\": true | \"use_flow_sigmas\" must be false",
        "\"solver_type\": \"bh3\" | \"solver_type\" must be bh2 or bh1",
        "\"solver_p\": {} | \"solver_p\" must be null",
        "\"disable_corrector\": 1 | \"disable_corrector\" must be a list of whole numbers",
        "\"disable_corrector\": [\"a\"] | \"disable_corrector\" must be a list of whole numbers",
      })
  void of_fileAsksForAnotherSolver_isRefusedByItsKey(String key, String message) {
    SchedulerConfig config = SchedulerRunContract.config(key);
    assertThatThrownBy(() -> Schedulers.of(scheduler(), null, config, 10, 0.5))
        .isInstanceOf(SgidException.class)
        .hasMessageStartingWith(message)
        .hasMessageEndingWith(": scheduler_config.json");
  }

  /** Karras' levels end twice at the lowest one then, between which there is no third order. */
  @Test
  void of_thirdOrderAtTwiceTheSameLevel_isRefused() {
    Scheduler third =
        Scheduler.uniPc()
            .withKarrasSigmas(true)
            .withFinalSigmas(FinalSigmas.SIGMA_MIN)
            .withSolverOrder(3)
            .withLowerOrderFinal(false);
    SchedulerConfig config = SchedulerRunContract.config("");
    assertThatThrownBy(() -> Schedulers.of(third, null, config, 10, 0.5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith(
            " can't end at the noise level of its last step: take lower_order_final=true");
  }

  @Test
  void step_last_remembersNothing() {
    UniPcScheduler run =
        (UniPcScheduler) Schedulers.of(scheduler(), null, SchedulerRunContract.config(""), 3, 1);
    for (int i = 0; i < run.steps(); i++) {
      run.step(i, new float[4], new float[4], new float[0]);
      assertThat(run.remembers()).isEqualTo(i < run.steps() - 1);
    }
  }
}

package dev.sgid.onnx.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sgid.Scheduler;
import dev.sgid.SgidException;
import dev.sgid.TimestepSpacing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DpmSolverSchedulerTest implements SchedulerRunContract {
  @Override
  public Scheduler scheduler() {
    return Scheduler.dpmSolver();
  }

  @Override
  public int mostSteps() {
    return 999;
  }

  @Override
  public String tooManySteps() {
    return "With steps 1000 two steps of DPMSolverMultistepScheduler have the same noise level:"
        + " lower steps";
  }

  private static SchedulerRun run(Scheduler scheduler, String keys, int steps, double rate) {
    return Schedulers.of(scheduler, null, SchedulerRunContract.config(keys), steps, rate);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"solver_order\": 3 | \"solver_order\" must be 2",
        "\"algorithm_type\": \"sde-dpmsolver++\" | \"algorithm_type\" must be dpmsolver++",
        "\"algorithm_type\": \"dpmsolver\" | \"algorithm_type\" must be dpmsolver++",
        "\"algorithm_type\": \"deis\" | \"algorithm_type\" must be dpmsolver++",
        "\"solver_type\": \"heun\" | \"solver_type\" must be midpoint",
        "\"use_exponential_sigmas\": true | \"use_exponential_sigmas\" must be false",
        "\"use_beta_sigmas\": true | \"use_beta_sigmas\" must be false",
        "\"use_flow_sigmas\": true | \"use_flow_sigmas\" must be false",
        "\"use_lu_lambdas\": true | \"use_lu_lambdas\" must be false",
        "\"variance_type\": \"learned\" | \"variance_type\" must be null",
        "\"rescale_betas_zero_snr\": true | \"prediction_type\" must be v_prediction or sample",
        "\"lambda_min_clipped\": 9 | \"lambda_min_clipped\" must be so low",
        "\"lambda_min_clipped\": \"low\" | \"lambda_min_clipped\" must be a number",
        "\"sigma_min\": 0 | \"sigma_min\" must be more than 0",
      })
  void of_fileAsksForAnotherSolver_isRefusedByItsKey(String key, String message) {
    assertThatThrownBy(() -> run(Scheduler.dpmSolver(), key, 10, 0.5))
        .isInstanceOf(SgidException.class)
        .hasMessageStartingWith(message)
        .hasMessageEndingWith(": scheduler_config.json");
  }

  /** What troubles one scheduler must not keep a pack from being used with another. */
  @ParameterizedTest
  @ValueSource(strings = {"\"solver_order\": 3", "\"use_flow_sigmas\": true", "\"sigma_min\": 0"})
  void of_otherScheduler_doesNotLookAtTheseKeys(String key) {
    assertThatCode(() -> run(Scheduler.ddim(), key, 10, 0.5)).doesNotThrowAnyException();
  }

  @Test
  void of_bareMinusInfinity_isNoClipping() {
    SchedulerRun run = run(Scheduler.dpmSolver(), "\"lambda_min_clipped\": -Infinity", 10, 1);
    assertThat(run.timestep(0)).isEqualTo(999);
  }

  @Test
  void of_clippedAwayBeforeTheCut_leavesNoStep() {
    SchedulerConfig config = SchedulerRunContract.config("\"lambda_min_clipped\": 2");
    assertThatThrownBy(
            () -> Schedulers.of(Scheduler.dpmSolver(), TimestepSpacing.TRAILING, config, 10, 0.1))
        .hasMessage("the number of steps that noiseRate 0.1 leaves must be at least 1, is 0");
  }

  @Test
  void step_nextIsOfFirstOrder_remembersNothing() {
    DpmSolverScheduler run = (DpmSolverScheduler) run(Scheduler.dpmSolver(), "", 3, 1);
    assertThat(run.remembers()).isFalse();
    run.step(0, new float[4], new float[4], new float[0]);
    assertThat(run.remembers()).isTrue();
    run.step(1, new float[4], new float[4], new float[0]);
    assertThat(run.remembers()).isFalse();
  }
}

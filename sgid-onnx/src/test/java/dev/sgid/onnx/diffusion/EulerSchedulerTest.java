package dev.sgid.onnx.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sgid.Scheduler;
import dev.sgid.SgidException;
import dev.sgid.TimestepSpacing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EulerSchedulerTest implements SchedulerRunContract {
  @Override
  public Scheduler scheduler() {
    return Scheduler.euler();
  }

  @Override
  public int mostSteps() {
    return 1000;
  }

  @Override
  public String tooManySteps() {
    return "steps must be at most 1000, on which the model was trained, is 1001";
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"use_exponential_sigmas\": true | \"use_exponential_sigmas\" must be false",
        "\"use_beta_sigmas\": true | \"use_beta_sigmas\" must be false",
        "\"interpolation_type\": \"log_linear\" | \"interpolation_type\" must be linear",
        "\"timestep_type\": \"continuous\", \"prediction_type\": \"v_prediction\""
            + " | \"timestep_type\" must be discrete",
        "\"sigma_max\": -1 | \"sigma_max\" must be more than 0",
      })
  void of_fileAsksForOtherLevels_isRefusedByItsKey(String key, String message) {
    SchedulerConfig config = SchedulerRunContract.config(key);
    assertThatThrownBy(() -> Schedulers.of(scheduler(), null, config, 10, 0.5))
        .isInstanceOf(SgidException.class)
        .hasMessageStartingWith(message)
        .hasMessageContaining("for EulerDiscreteScheduler".repeat(key.contains("sigma_m") ? 0 : 1))
        .hasMessageEndingWith(": scheduler_config.json");
  }

  @Test
  void timestep_linearSpacing_liesBetweenThoseOfTraining() {
    SchedulerRun run = Schedulers.of(scheduler(), null, SchedulerRunContract.config(""), 20, 1);
    assertThat(run.timestep(0)).isEqualTo(999);
    assertThat(run.timestep(1)).isEqualTo(946.4211f, within(1e-3f));
  }

  @Test
  void inputScale_lowNoise_isNearOne() {
    SchedulerConfig config = SchedulerRunContract.config("");
    SchedulerRun run = Schedulers.of(scheduler(), TimestepSpacing.TRAILING, config, 4, 1);
    assertThat(run.inputScale(0)).isEqualTo(0.0682f, within(1e-4f)); // a level of 14.6
    assertThat(run.inputScale(3)).isGreaterThan(0.7f);
  }
}

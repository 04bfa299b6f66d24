package dev.sgid.onnx.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sgid.Scheduler;
import dev.sgid.SgidException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EulerAncestralSchedulerTest implements SchedulerRunContract {
  @Override
  public Scheduler scheduler() {
    return Scheduler.eulerAncestral();
  }

  @Override
  public int mostSteps() {
    return 1000;
  }

  @Override
  public String tooManySteps() {
    return "steps must be at most 1000, on which the model was trained, is 1001";
  }

  @Test
  void of_modelPredictsTheImage_isRefused() {
    SchedulerConfig config = SchedulerRunContract.config("\"prediction_type\": \"sample\"");
    assertThatThrownBy(() -> Schedulers.of(scheduler(), null, config, 10, 0.5))
        .isInstanceOf(SgidException.class)
        .hasMessage(
            "\"prediction_type\" must be epsilon or v_prediction for"
                + " EulerAncestralDiscreteScheduler but is \"sample\": scheduler_config.json");
  }

  /** diffusers' class knows none of them. */
  @ParameterizedTest
  @ValueSource(strings = {"\"sigma_min\": 0", "\"use_beta_sigmas\": true"})
  void of_keysOfOtherSchedulers_areNotLookedAt(String key) {
    SchedulerConfig config = SchedulerRunContract.config(key);
    assertThatCode(() -> Schedulers.of(scheduler(), null, config, 10, 0.5))
        .doesNotThrowAnyException();
  }

  @Test
  void drawsNoise_lastStep_doesNot() {
    SchedulerRun run = Schedulers.of(scheduler(), null, SchedulerRunContract.config(""), 3, 1);
    assertThat(run.drawsNoise(0)).isTrue();
    assertThat(run.drawsNoise(1)).isTrue();
    assertThat(run.drawsNoise(2)).isFalse();
  }
}

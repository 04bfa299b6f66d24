package dev.sgid.onnx.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sgid.Scheduler;
import dev.sgid.SgidException;
import dev.sgid.TimestepSpacing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LcmSchedulerTest implements SchedulerRunContract {
  @Override
  public Scheduler scheduler() {
    return Scheduler.lcm();
  }

  @Override
  public int mostSteps() {
    return 50;
  }

  @Override
  public String tooManySteps() {
    return "steps must be at most 50 for LCMScheduler at noiseRate 1.0, which leaves so many of the"
        + " 50 timesteps of the model's distillation, is 51: lower steps or raise noiseRate";
  }

  @Test
  void of_lowNoiseRate_leavesFewerSteps() {
    SchedulerConfig config = SchedulerRunContract.config("");
    assertThat(Schedulers.of(scheduler(), null, config, 5, 0.1).timestep(0)).isEqualTo(99);
    assertThatThrownBy(() -> Schedulers.of(scheduler(), null, config, 6, 0.1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("steps must be at most 5 for LCMScheduler at noiseRate 0.1");
  }

  @Test
  void of_moreOriginalStepsThanTrained_isRefusedByItsKey() {
    SchedulerConfig config = SchedulerRunContract.config("\"original_inference_steps\": 1001");
    assertThatThrownBy(() -> Schedulers.of(scheduler(), null, config, 4, 0.5))
        .isInstanceOf(SgidException.class)
        .hasMessage(
            "\"original_inference_steps\" must be at most 1000 but is 1001: scheduler_config.json");
  }

  @ParameterizedTest
  @EnumSource
  void timestep_anySpacing_isTheDistillations(TimestepSpacing spacing) {
    SchedulerConfig config = SchedulerRunContract.config("");
    SchedulerRun run = Schedulers.of(scheduler(), spacing, config, 4, 1);
    assertThat(run.timestep(0)).isEqualTo(999);
    assertThat(run.timestep(3)).isEqualTo(259);
  }

  @Test
  void drawsNoise_lastStep_doesNot() {
    SchedulerRun run = Schedulers.of(scheduler(), null, SchedulerRunContract.config(""), 3, 0.5);
    assertThat(run.drawsNoise(0)).isTrue();
    assertThat(run.drawsNoise(1)).isTrue();
    assertThat(run.drawsNoise(2)).isFalse();
  }
}

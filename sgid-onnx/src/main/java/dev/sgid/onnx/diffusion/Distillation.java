package dev.sgid.onnx.diffusion;

import dev.sgid.GuidanceSchedule;
import dev.sgid.Scheduler;
import dev.sgid.Settings;
import dev.sgid.TimestepSpacing;

/** Whether a model was distilled to make pictures in a few steps, and how such a model is used. */
enum Distillation {
  /** It was not. */
  NONE,
  /** A latent consistency model that is given the guidance scale (time_cond_proj_dim). */
  GUIDED_CONSISTENCY,
  /** One that is not: LCM's LoRA fused into a model. Guidance is in it already. */
  CONSISTENCY,
  /**
   * Adversarial distillation, as SD-Turbo and SDXL-Turbo: Euler's method with trailing spacing, no
   * guidance.
   */
  ADVERSARIAL;

  /**
   * How many steps the whole schedule has: such models were published for one to four, or for LCM's
   * up to eight.
   */
  private static final int STEPS = 4;

  /**
   * What a model was.
   *
   * @param takesGuidance whether the UNet is given the guidance scale
   */
  static Distillation of(SchedulerConfig config, boolean takesGuidance) {
    if (takesGuidance) {
      return GUIDED_CONSISTENCY;
    }
    return switch (config.file().string("_class_name", "")) {
      case "LCMScheduler" -> CONSISTENCY;
      case "EulerDiscreteScheduler", "EulerAncestralDiscreteScheduler" ->
          isOfTurbo(config) ? ADVERSARIAL : NONE;
      default -> NONE;
    };
  }

  /** Models that only end in pure noise have trailing spacing, too. */
  private static boolean isOfTurbo(SchedulerConfig config) {
    return config.spacing() == TimestepSpacing.TRAILING
        && config.prediction() == SchedulerConfig.Prediction.EPSILON
        && !config.file().flag("rescale_betas_zero_snr", false);
  }

  /** Whether a model that was distilled so can be sampled by it. */
  boolean suits(Scheduler scheduler) {
    return switch (this) {
      case NONE -> true;
      case GUIDED_CONSISTENCY, CONSISTENCY -> scheduler instanceof Scheduler.Lcm;
      case ADVERSARIAL ->
          scheduler instanceof Scheduler.Euler || scheduler instanceof Scheduler.EulerAncestral;
    };
  }

  /** The scheduler that such a model was published for. */
  private Scheduler scheduler(SchedulerConfig config) {
    return this == ADVERSARIAL ? ModelScheduler.of(config.file()) : Scheduler.lcm();
  }

  /** What holds for such a model where nobody says otherwise. */
  Settings defaults(Settings usual, SchedulerConfig config) {
    if (this == NONE) {
      return usual;
    }
    Settings few = usual.withGeneration(g -> g.withScheduler(scheduler(config)).withSteps(STEPS));
    return this == GUIDED_CONSISTENCY ? few : few.withGuidance(GuidanceSchedule.constant(1));
  }
}

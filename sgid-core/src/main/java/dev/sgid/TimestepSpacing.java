package dev.sgid;

import dev.sgid.internal.Choice;

/**
 * Which of the timesteps that a model was trained on a schedule takes, as diffusers' {@code
 * timestep_spacing} names it. What each gives, step count by step count, is the scheduler's own
 * arithmetic.
 *
 * <p>From Lin, Liu, Li, Yang, "Common Diffusion Noise Schedules and Sample Steps Are Flawed", WACV
 * 2024, arXiv:2305.08891, table 2.
 */
public enum TimestepSpacing {
  /** Multiples of a whole number, from the lowest timestep on: the noisiest ones are left out. */
  LEADING,
  /** Evenly between the last timestep and the first. */
  LINSPACE,
  /**
   * Evenly downwards from the last timestep, which is always the first step of a whole schedule.
   */
  TRAILING;

  /**
   * Reads {@code leading}, {@code linspace} or {@code trailing}, in any case.
   *
   * @throws IllegalArgumentException if {@code text} is none of them
   */
  public static TimestepSpacing parse(String text) {
    return Choice.parse(TimestepSpacing.class, "A timestep spacing", text);
  }

  /** As diffusers spells it. */
  @Override
  public String toString() {
    return Choice.text(this);
  }
}

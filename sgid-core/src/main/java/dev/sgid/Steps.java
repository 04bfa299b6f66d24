package dev.sgid;

import static java.util.Objects.requireNonNull;

import dev.sgid.internal.Require;

/**
 * How many denoising steps a picture takes: either the length of the whole noise schedule, of which
 * the noise rate's part is run, or the number that is run, from which the length follows.
 *
 * <p>With {@link #of}, as in diffusers, {@code (int) (steps * noiseRate)} steps are run, so that a
 * low noise rate is cheap. With {@link #run}, every noise rate costs the same; the schedule has
 * {@code rint(run / noiseRate)} steps then, and the noise rate comes out as {@code run / length}.
 *
 * @param kind what {@code count} counts
 * @param count at least 1
 */
public record Steps(Kind kind, int count) {
  /** What is counted. */
  public enum Kind {
    /** The steps of the whole schedule: diffusers' {@code num_inference_steps}. */
    SCHEDULE,
    /** The steps that are run: calls of the UNet for a picture. */
    RUN
  }

  public Steps {
    requireNonNull(kind, "kind");
    Require.atLeast(1, count, kind == Kind.SCHEDULE ? "steps" : "unetCalls");
  }

  /** A whole schedule of so many steps, at least 1. */
  public static Steps of(int steps) {
    return new Steps(Kind.SCHEDULE, steps);
  }

  /** So many steps that are run, at least 1, whatever the noise rate. */
  public static Steps run(int unetCalls) {
    return new Steps(Kind.RUN, unetCalls);
  }

  @Override
  public String toString() {
    return kind == Kind.SCHEDULE ? Integer.toString(count) : count + " run";
  }
}

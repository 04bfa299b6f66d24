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

  /**
   * The length of the whole schedule: what diffusers is to be given as {@code num_inference_steps}.
   */
  int length(double noiseRate) {
    return switch (kind) {
      case SCHEDULE -> count;
      case RUN -> (int) Math.max(count, Math.min(Integer.MAX_VALUE, Math.rint(count / noiseRate)));
    };
  }

  /** How many steps are run; none where the noise rate is too low for the schedule. */
  int run(double noiseRate) {
    return switch (kind) {
      case SCHEDULE -> cut(count, noiseRate);
      case RUN -> count;
    };
  }

  /**
   * The noise rate that is really run, as diffusers is to be given it as {@code strength}: {@code
   * (int) (length * rate)} is the number of steps that are run, in {@code double}.
   */
  double rate(double noiseRate) {
    int length = length(noiseRate);
    int run = run(noiseRate);
    double rate = (double) run / length;
    return cut(length, rate) < run ? Math.nextUp(rate) : rate; // where the division rounded down
  }

  /** As diffusers cuts a schedule. */
  private static int cut(int length, double noiseRate) {
    return Math.min((int) (length * noiseRate), length);
  }

  @Override
  public String toString() {
    return kind == Kind.SCHEDULE ? Integer.toString(count) : count + " run";
  }
}

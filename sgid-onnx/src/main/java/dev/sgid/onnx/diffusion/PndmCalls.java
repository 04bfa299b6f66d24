package dev.sgid.onnx.diffusion;

import dev.sgid.Scheduler;
import dev.sgid.TimestepSpacing;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Which calls of the model PNDM makes, and what it does with each.
 *
 * <p>Either the second timestep is visited twice: the first step is taken again with the mean of
 * both outputs. Or each of the first three steps is one of Runge and Kutta's, of four calls, two of
 * them half a step on. Then all steps are multistep ones.
 *
 * <p>A noise rate leaves the last timesteps of the list, but calls are counted from the first that
 * is run, as diffusers does it: after a cut the picture is a step noisier than its calls' timesteps
 * say, and a Runge-Kutta method takes itself to be at the list's beginning.
 *
 * @param timesteps of the whole schedule, first to last
 * @param rungeKutta the timesteps of the Runge-Kutta beginning; empty for none
 * @param ratio how many timesteps a step goes
 */
@SuppressWarnings("ArrayRecordComponent")
record PndmCalls(int[] timesteps, int[] rungeKutta, int ratio) {
  private static final int ORDER = 4;

  /** The multistep weights of this call's output and of those before, by how many there are. */
  private static final double[][] MULTISTEP = {
    {1, 0, 0, 0},
    {3 / 2d, -1 / 2d, 0, 0},
    {23 / 12d, -16 / 12d, 5 / 12d, 0},
    {55 / 24d, -59 / 24d, 37 / 24d, -9 / 24d}
  };

  /**
   * What a call does: {@code x' = ofSample from + ofOutput e0 + of1 e1 + of2 e2 + of3 e3 + ofSum
   * sum}, then {@code sum' = keepsSum sum + intoSum e0}.
   *
   * @param begins whether the sample is to be kept for the calls of its group
   * @param fromBegun whether it goes from that sample
   * @param remembers whether its output is e1 of the next
   */
  record Call(
      float ofSample,
      float ofOutput,
      float of1,
      float of2,
      float of3,
      float ofSum,
      float keepsSum,
      float intoSum,
      boolean begins,
      boolean fromBegun,
      boolean remembers) {}

  static PndmCalls of(Scheduler.Pndm spec, Sampling sampling) {
    int trainTimesteps = sampling.config().trainTimesteps();
    int steps = sampling.steps();
    int ratio = trainTimesteps / steps;
    TimestepSpacing spacing = sampling.spacing(TimestepSpacing.LEADING);
    int[] spaced = Timesteps.of(spacing, steps, trainTimesteps, SchedulerConfig.STEPS_OFFSET);
    if (spec.skipPrkSteps()) {
      IntStream second = Arrays.stream(spaced).skip(1).limit(1);
      IntStream all =
          IntStream.concat(
              Arrays.stream(spaced).limit(1),
              IntStream.concat(second, Arrays.stream(spaced).skip(1)));
      return new PndmCalls(all.toArray(), new int[0], ratio);
    }
    if (steps < ORDER) {
      throw new IllegalArgumentException(
          "steps must be at least " + ORDER + " for " + spec + ", is " + steps);
    }
    int half = ratio / 2;
    int[] begin = new int[ORDER * (ORDER - 1)];
    for (int i = 0; i < ORDER - 1; i++) {
      int between = spaced[i + 1] + half;
      int[] four = {spaced[i], between, between, spaced[i + 1]};
      System.arraycopy(four, 0, begin, ORDER * i, ORDER);
    }
    int[] all =
        IntStream.concat(Arrays.stream(begin), Arrays.stream(spaced).skip(ORDER - 1)).toArray();
    return new PndmCalls(all, begin, ratio);
  }

  /** What is done in the calls at {@code run}, the end of the list. */
  Call[] calls(int[] run, SchedulerConfig config, NoiseSchedule noise) {
    double finalAlphaBar = config.file().flag("set_alpha_to_one", false) ? 1 : noise.alphaBar(0);
    Move move = new Move(config, noise, finalAlphaBar);
    Call[] calls = new Call[run.length];
    int before = 0; // how many outputs are remembered
    for (int i = 0; i < run.length; i++) {
      int t = run[i];
      if (i < rungeKutta.length) {
        int from = rungeKutta[i / ORDER * ORDER];
        calls[i] = rungeKutta(move.of(from, i % 2 == 1 ? t : t - ratio / 2), i % ORDER);
        before += i % ORDER == 0 ? 1 : 0;
      } else if (i == 1 && rungeKutta.length == 0) {
        Step step = move.of(t + ratio, t);
        calls[i] = call(step, new double[] {0.5, 0.5, 0, 0}, 0, 0, 0, false, true, false);
      } else {
        double[] weights = MULTISTEP[Math.min(before, ORDER - 1)];
        calls[i] = call(move.of(t, t - ratio), weights, 0, 0, 0, i == 0, false, true);
        before++;
      }
    }
    return calls;
  }

  private static Call rungeKutta(Step step, int place) {
    double[] alone = {1, 0, 0, 0};
    return switch (place) {
      case 0 -> call(step, alone, 0, 0, 1 / 6d, true, true, true);
      case 3 -> call(step, new double[] {1 / 6d, 0, 0, 0}, 1, 0, 0, false, true, false);
      default -> call(step, alone, 0, 1, 1 / 3d, false, true, false);
    };
  }

  private static Call call(
      Step step,
      double[] weights,
      double ofSum,
      double keepsSum,
      double intoSum,
      boolean begins,
      boolean fromBegun,
      boolean remembers) {
    return new Call(
        (float) step.ofSample,
        (float) (step.ofOutput * weights[0]),
        (float) (step.ofOutput * weights[1]),
        (float) (step.ofOutput * weights[2]),
        (float) (step.ofOutput * weights[3]),
        (float) (step.ofOutput * ofSum),
        (float) keepsSum,
        (float) intoSum,
        begins,
        fromBegun,
        remembers);
  }

  /** The factors of a sample and of an output that is weighted already. */
  private record Step(double ofSample, double ofOutput) {}

  /** Works out formula (9). */
  private record Move(SchedulerConfig config, NoiseSchedule noise, double finalAlphaBar) {
    Step of(int from, int to) {
      double a = noise.alphaBar(from);
      double b = to >= 0 ? noise.alphaBar(to) : finalAlphaBar;
      double ofNoise = (a - b) / (a * Math.sqrt(1 - b) + Math.sqrt(a * (1 - a) * b));
      double ofSample = Math.sqrt(b / a);
      return config.prediction() == SchedulerConfig.Prediction.EPSILON
          ? new Step(ofSample, ofNoise)
          : new Step(ofSample + ofNoise * Math.sqrt(1 - a), ofNoise * Math.sqrt(a));
    }
  }
}

package dev.sgid.onnx.diffusion;

import dev.sgid.Scheduler;
import dev.sgid.Scheduler.FinalSigmas;
import dev.sgid.TimestepSpacing;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * DPM-Solver++ 2M [1]: the multistep solver of second order, by the midpoint rule, of the equation
 * that the clean image's prediction follows.
 *
 * <p>A noise level sigma stands for {@code alpha = 1 / sqrt(sigma^2 + 1)}, {@code sigma alpha} and
 * {@code lambda = log(alpha) - log(sigma alpha)}. A step from s to t, with x the sample, x0 and y0
 * what the model takes for the clean image in this step and in the one before, is
 *
 * <pre>
 *   h  = lambda_t - lambda_s,   r = h_before / h
 *   x' = sigma_t / sigma_s x - alpha_t (exp(-h) - 1) (x0 + (x0 - y0) / (2 r))     [1], algorithm 2
 * </pre>
 *
 * and of first order, without y0, where there is none yet or the noise ends. Numbers are those of
 * diffusers' DPMSolverMultistepScheduler in its img2img pipeline: each level and each factor is
 * rounded to float where the reference rounds it. All that is remembered between two steps is y0.
 *
 * <p>[1] Lu, Zhou, Bao, Chen, Li, Zhu, "DPM-Solver++: Fast Solver for Guided Sampling of Diffusion
 * Probabilistic Models", arXiv:2211.01095.
 */
final class DpmSolverScheduler implements SchedulerRun {
  private final TimestepSpacing spacing;
  private final int[] timesteps; // (stepsRun), first to last
  private final Level first;
  private final Factors[] factors; // (stepsRun)
  private float @Nullable [] before; // y0, of the sample's length; null where no step wants it

  /** A noise level, and what it stands for; each rounded to float. */
  private record Level(float sigma, float image, float grain, float lambda) {
    static Level of(float sigma) {
      float image = 1 / (float) Math.sqrt(sigma * sigma + 1);
      float grain = sigma * image;
      return new Level(sigma, image, grain, (float) Math.log(image) - (float) Math.log(grain));
    }
  }

  /**
   * What a step multiplies: {@code x0 = ofSample x + ofOutput m}, {@code x' = keep x + toImage x0 +
   * bend (x0 - y0)}.
   *
   * @param remembers whether the next step wants x0 as its y0
   */
  private record Factors(
      float ofSample,
      float ofOutput,
      float keep,
      float toImage,
      float bend,
      boolean secondOrder,
      boolean remembers) {}

  /**
   * The schedule of a noise rate.
   *
   * @throws IllegalArgumentException if no step is left, one lies outside training, or two have the
   *     same noise level
   * @throws dev.sgid.SgidException if the model's file asks for what this is not
   */
  DpmSolverScheduler(Scheduler.DpmSolver spec, Sampling sampling) {
    spacing = sampling.spacing(TimestepSpacing.LINSPACE);
    DpmSolverConfig config = DpmSolverConfig.of(sampling.config(), spec.name());
    DpmSolverSchedule whole = DpmSolverSchedule.of(spec, config, sampling);
    int begin = sampling.begin(spec.stepsRun(sampling.noiseRate(), sampling.steps()));
    timesteps = sampling.cut(whole.timesteps, begin);
    float[] sigmas = Arrays.copyOfRange(whole.sigmas, begin, whole.sigmas.length);
    Sigmas.requireDistinct(sigmas, sampling.steps(), spec.name());
    boolean endsInFirstOrder =
        spec.finalSigmas() == FinalSigmas.ZERO
            || config.eulerAtFinal()
            || (spec.lowerOrderFinal() && whole.timesteps.length < 15);
    first = Level.of(sigmas[0]);
    factors = factors(sigmas, sampling.config().prediction(), endsInFirstOrder);
  }

  private static Factors[] factors(
      float[] sigmas, SchedulerConfig.Prediction prediction, boolean endsInFirstOrder) {
    Factors[] factors = new Factors[sigmas.length - 1];
    float hBefore = 0;
    for (int i = 0; i < factors.length; i++) {
      Level s = Level.of(sigmas[i]);
      Level t = Level.of(sigmas[i + 1]);
      boolean last = i == factors.length - 1;
      boolean secondOrder = i > 0 && !(last && endsInFirstOrder);
      boolean remembers = i + 1 < factors.length - (endsInFirstOrder ? 1 : 0);
      float h = t.lambda - s.lambda;
      float toImage = t.image * (1 - (float) Math.exp(-h));
      float r = hBefore / h;
      factors[i] =
          new Factors(
              (float) prediction.imageOfSample(s.image),
              (float) prediction.imageOfOutput(s.image, s.grain),
              t.grain / s.grain,
              toImage,
              secondOrder ? 0.5f * toImage / r : 0,
              secondOrder,
              remembers);
      hBefore = h;
    }
    return factors;
  }

  @Override
  public TimestepSpacing spacing() {
    return spacing;
  }

  @Override
  public int steps() {
    return timesteps.length;
  }

  @Override
  public float timestep(int step) {
    return timesteps[step];
  }

  @Override
  public void addNoise(float[] latents, float[] z) {
    for (int i = 0; i < latents.length; i++) {
      latents[i] = first.image * latents[i] + first.grain * z[i];
    }
  }

  @Override
  public void step(int step, float[] x, float[] m, float[] z) {
    Factors f = factors[step];
    float[] y0 = before == null ? new float[f.remembers ? x.length : 0] : before;
    for (int i = 0; i < x.length; i++) {
      float x0 = f.ofSample * x[i] + f.ofOutput * m[i];
      float next = f.keep * x[i] + f.toImage * x0;
      x[i] = f.secondOrder ? next + f.bend * (x0 - y0[i]) : next;
      if (f.remembers) {
        y0[i] = x0;
      }
    }
    before = f.remembers ? y0 : null;
  }

  /** Whether it holds memory of a sample's length for the next step. */
  boolean remembers() {
    return before != null;
  }
}

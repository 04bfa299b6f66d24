package dev.sgid.onnx.diffusion;

import static java.util.Objects.requireNonNull;

import dev.sgid.Scheduler;
import dev.sgid.TimestepSpacing;
import org.jspecify.annotations.Nullable;

/**
 * Pseudo numerical methods [1]: a multistep method of fourth order, whose beginning is made up of
 * calls of its own, and which moves along the curve of the noised images:
 *
 * <pre>
 *   x' = sqrt(b / a) x - (b - a) e / (a sqrt(1 - b) + sqrt(a (1 - a) b))      [1], (9)
 *   e  = (55 e_0 - 59 e_1 + 37 e_2 - 9 e_3) / 24                             [1], (12)
 * </pre>
 *
 * with a and b the alphaBar of the timesteps that a call goes from and to, and e_0 the noise that
 * this call finds, e_1 the one before. The calls are worked out in {@link PndmCalls}; each is
 * linear in x, or in the sample that the first of a group began with, and in what calls gave.
 *
 * <p>Numbers are those of diffusers' PNDMScheduler in its img2img pipeline. What is remembered are
 * the last three outputs, and in the beginning the sample.
 *
 * <p>[1] Liu, Ren, Lin, Zhao, "Pseudo Numerical Methods for Diffusion Models on Manifolds", ICLR
 * 2022, arXiv:2202.09778.
 */
final class PndmScheduler implements SchedulerRun {
  private static final int REMEMBERED = 3;

  private final TimestepSpacing spacing;
  private final NoiseSchedule noise;
  private final int[] timesteps; // (calls), first to last
  private final PndmCalls.Call[] calls;
  private @Nullable Memory memory; // null before the first and after the last call

  /** What is known of former calls. */
  private static final class Memory {
    private float[][] outputs; // e_1, e_2, e_3, each of the sample's length
    private final float[] begun; // the sample that a group of calls began with
    private final float[] sum; // the weighted outputs of a group

    Memory(int length) {
      outputs = new float[REMEMBERED][length];
      begun = new float[length];
      sum = new float[length];
    }

    /** Makes an output e_1. */
    void remember(float[] m) {
      float[] oldest = outputs[2];
      System.arraycopy(m, 0, oldest, 0, m.length);
      outputs = new float[][] {oldest, outputs[0], outputs[1]};
    }
  }

  /**
   * The schedule of a noise rate.
   *
   * @throws IllegalArgumentException if no step is left, one lies outside training, or there are
   *     too few to begin with
   * @throws dev.sgid.SgidException if the model predicts the image, which diffusers' class can't
   */
  PndmScheduler(Scheduler.Pndm spec, Sampling sampling) {
    spacing = sampling.spacing(TimestepSpacing.LEADING);
    if (sampling.config().prediction() == SchedulerConfig.Prediction.SAMPLE) {
      throw sampling
          .config()
          .file()
          .unexpected("prediction_type", "epsilon or v_prediction for " + spec.name());
    }
    noise = sampling.config().noiseAsTrained();
    int steps = sampling.steps();
    PndmCalls whole = PndmCalls.of(spec, sampling);
    int extra = spec.stepsRun(1, steps) - steps;
    int left = Math.max(0, spec.stepsRun(sampling.noiseRate(), steps) - extra);
    // no step left is no call, though diffusers would still make those beside
    timesteps = sampling.cut(whole.timesteps(), left == 0 ? steps + extra : steps - left);
    calls = whole.calls(timesteps, sampling.config(), noise);
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
    noise.add(timesteps[0], latents, z);
  }

  @Override
  public void step(int step, float[] x, float[] m, float[] z) {
    if (step == 0) {
      memory = new Memory(x.length);
    }
    Memory known = requireNonNull(memory, "steps are taken in order, from the first on");
    PndmCalls.Call c = calls[step];
    if (c.begins()) {
      System.arraycopy(x, 0, known.begun, 0, x.length);
    }
    float[] from = c.fromBegun() ? known.begun : x;
    float[] e1 = known.outputs[0];
    float[] e2 = known.outputs[1];
    float[] e3 = known.outputs[2];
    float[] sum = known.sum;
    for (int i = 0; i < x.length; i++) {
      float e = c.ofOutput() * m[i] + c.of1() * e1[i] + c.of2() * e2[i] + c.of3() * e3[i];
      x[i] = c.ofSample() * from[i] + e + c.ofSum() * sum[i];
      sum[i] = c.keepsSum() * sum[i] + c.intoSum() * m[i];
    }
    if (c.remembers()) {
      known.remember(m);
    }
    if (step == calls.length - 1) {
      memory = null;
    }
  }

  /** Whether it holds memory of a sample's length for the next step. */
  boolean remembers() {
    return memory != null;
  }
}

package dev.sgid.onnx.diffusion;

import static java.util.Objects.requireNonNull;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import dev.sgid.Scheduler;
import dev.sgid.Scheduler.FinalSigmas;
import dev.sgid.TimestepSpacing;
import dev.sgid.onnx.internal.JsonFile;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * UniPC [1]: each step first corrects the sample by what the model gives for it, then predicts the
 * next with what the steps before gave. Both are linear in a sample and outputs, with factors that
 * {@link UniPcFactors} finds.
 *
 * <pre>
 *   x^c = A x_before^c + sum_k B_k m_(1 + k) + C m_0      [1], algorithm 7 (UniC)
 *   x'  = A' x^c + sum_k B'_k m_k                         [1], algorithm 8 (UniP)
 * </pre>
 *
 * m_0 is what the model takes, at the sample that is not corrected yet, for the clean image (or the
 * noise), and m_k what it took k steps before. Timesteps and noise levels are those of diffusers'
 * UniPCMultistepScheduler, and numbers within what its float32 lets be known: factors are worked
 * out in double. What is remembered are as many outputs as the order is, and the last sample.
 *
 * <p>[1] Zhao, Bai, Rao, Zhou, Lu, "UniPC: A Unified Predictor-Corrector Framework for Fast
 * Sampling of Diffusion Models", NeurIPS 2023, arXiv:2302.04867.
 */
final class UniPcScheduler implements SchedulerRun {
  private static final List<String> OTHER_SIGMAS =
      List.of("use_exponential_sigmas", "use_beta_sigmas", "use_flow_sigmas");
  private static final List<String> SOLVER_TYPES =
      List.of("bh2", "bh1", "midpoint", "heun", "logrho"); // of which only the caller's counts

  private final TimestepSpacing spacing;
  private final int[] timesteps; // (stepsRun), first to last
  private final float firstLevel;
  private final UniPcFactors[] factors; // (stepsRun)
  private final int order;
  private @Nullable Memory memory; // null before the first and after the last step

  /** What is known of former steps. */
  private static final class Memory {
    private final float[][] outputs; // (order, length): m_1 first
    private final float[] sample; // x_before^c

    Memory(int order, int length) {
      outputs = new float[order][length];
      sample = new float[length];
    }
  }

  /**
   * The schedule of a noise rate.
   *
   * @throws IllegalArgumentException if no step is left, one lies outside training, or two have the
   *     same noise level
   * @throws dev.sgid.SgidException if the model's file asks for what this is not
   */
  UniPcScheduler(Scheduler.UniPc spec, Sampling sampling) {
    spacing = sampling.spacing(TimestepSpacing.LINSPACE);
    order = spec.solverOrder();
    SchedulerConfig config = sampling.config();
    LevelsConfig levels = LevelsConfig.of(config, spec.name(), OTHER_SIGMAS);
    refuseOthers(config.file(), spec.name());
    Sigmas trained = Sigmas.of(levels.noise());
    int[] whole = DpmSolverSchedule.spaced(sampling, config.trainTimesteps());
    double[] exact = Arrays.stream(whole).mapToDouble(trained::at).toArray();
    if (spec.useKarrasSigmas()) {
      exact = levels.karras(trained.highest(), trained.lowest(), sampling.steps());
      whole = Arrays.stream(trained.timesteps(exact)).mapToInt(t -> (int) Math.rint(t)).toArray();
    }
    float[] sigmas = new float[exact.length + 1];
    for (int i = 0; i < exact.length; i++) {
      sigmas[i] = (float) exact[i];
    }
    if (spec.finalSigmas() == FinalSigmas.SIGMA_MIN) {
      sigmas[exact.length] = spec.useKarrasSigmas() ? sigmas[exact.length - 1] : trained.lowest();
    }
    int begin = sampling.begin(spec.stepsRun(sampling.noiseRate(), sampling.steps()));
    timesteps = sampling.cut(whole, begin);
    float[] run = Arrays.copyOfRange(sigmas, begin, sigmas.length);
    Sigmas.requireDistinct(run, sampling.steps(), spec.name());
    firstLevel = run[0];
    factors = UniPcFactors.of(spec, run, begin, notCorrected(config.file()), config.prediction());
  }

  private static void refuseOthers(JsonFile file, String scheduler) {
    if (!SOLVER_TYPES.contains(file.string("solver_type", "bh2"))) {
      throw file.unexpected("solver_type", String.join(" or ", SOLVER_TYPES) + " for " + scheduler);
    }
    if (file.has("solver_p")) {
      throw file.unexpected("solver_p", "null for " + scheduler);
    }
  }

  /** The steps of the whole schedule after which no sample is corrected. */
  private static Set<Integer> notCorrected(JsonFile file) {
    Set<Integer> steps = new HashSet<>();
    if (file.has("disable_corrector")) {
      if (!(file.get("disable_corrector") instanceof JsonArray listed)) {
        throw file.unexpected("disable_corrector", "a list of whole numbers");
      }
      for (JsonElement step : listed) {
        if (!JsonFile.isNumber(step)) {
          throw file.unexpected("disable_corrector", "a list of whole numbers");
        }
        steps.add(step.getAsInt());
      }
    }
    return steps;
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
    float image = 1 / (float) Math.sqrt(firstLevel * firstLevel + 1);
    float grain = firstLevel * image;
    for (int i = 0; i < latents.length; i++) {
      latents[i] = image * latents[i] + grain * z[i];
    }
  }

  @Override
  public void step(int step, float[] x, float[] m, float[] z) {
    if (step == 0) {
      memory = new Memory(order, x.length);
    }
    Memory known = requireNonNull(memory, "steps are taken in order, from the first on");
    float[][] past = known.outputs;
    float[] m1 = past[0];
    float[] m2 = past[Math.min(1, order - 1)]; // its factors are 0 where the order has none
    float[] m3 = past[Math.min(2, order - 1)];
    float[] newest = past[order - 1];
    float[] before = known.sample;
    UniPcFactors f = factors[step];
    for (int i = 0; i < x.length; i++) {
      float m0 = f.ofSample() * x[i] + f.ofOutput() * m[i];
      float corrected =
          f.corrects()
              ? f.correct0() * before[i]
                  + f.correctNow() * m0
                  + f.correct1() * m1[i]
                  + f.correct2() * m2[i]
                  + f.correct3() * m3[i]
              : x[i];
      x[i] =
          f.predict() * corrected + f.predict0() * m0 + f.predict1() * m1[i] + f.predict2() * m2[i];
      before[i] = corrected;
      newest[i] = m0;
    }
    System.arraycopy(past, 0, past, 1, order - 1);
    past[0] = newest;
    if (step == factors.length - 1) {
      memory = null;
    }
  }

  /** Whether it holds memory of a sample's length for the next step. */
  boolean remembers() {
    return memory != null;
  }
}

package dev.sgid;

import static java.util.Objects.requireNonNull;

import dev.sgid.internal.Require;
import java.io.Serializable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * How noise becomes a picture, step by step: the name and the options of a sampling method.
 *
 * <p>A value: immutable, thread-safe, serialisable, equal to one with the same options. Its text is
 * what the command line takes and {@link #parse} reads. What the model was trained with (its betas,
 * what it predicts) is not part of it but of the model's {@code scheduler_config.json}.
 *
 * <p>With diffusers, the same is {@code name.from_config(config, **options)} where {@code config}
 * is the content of that file, and {@code eta} an argument of the pipeline's call.
 */
public sealed interface Scheduler extends Serializable {

  /** diffusers' class name, like {@code DDIMScheduler}; {@code model} for {@link Model}. */
  String name();

  /**
   * What diffusers' constructor takes beside the model's own configuration: its keywords in a fixed
   * order, with texts, booleans or numbers; unmodifiable. An option overrides what the model's file
   * says.
   */
  Map<String, Object> options();

  /** DDIM's η, which diffusers takes at the call; 0 for all other methods. */
  default double eta() {
    return 0;
  }

  /**
   * How many steps a noise rate leaves of a schedule: each is a call of the model.
   *
   * @param noiseRate in (0, 1]
   * @param steps at least 1
   * @return {@code min((int) (steps * noiseRate), steps)}, as diffusers does it, in {@code double};
   *     all steps for {@link Lcm}; those and the calls of its beginning for {@link Pndm}
   */
  default int stepsRun(double noiseRate, int steps) {
    return Math.min((int) (steps * noiseRate), steps);
  }

  /** DDIM without noise during the steps. */
  static Ddim ddim() {
    return ddim(0);
  }

  /**
   * DDIM.
   *
   * @param eta in [0, 1]: 0 draws no noise during the steps, 1 as much as DDPM
   * @throws IllegalArgumentException if {@code eta} is out of range
   */
  static Ddim ddim(double eta) {
    return new Ddim(eta);
  }

  /** DPM-Solver++ 2M as diffusers' defaults have it. */
  static DpmSolver dpmSolver() {
    return new DpmSolver(false, FinalSigmas.ZERO, true);
  }

  /** Latent consistency sampling, for models that were distilled for it. */
  static Lcm lcm() {
    return new Lcm();
  }

  /** Euler's method as diffusers' defaults have it. */
  static Euler euler() {
    return new Euler(false, FinalSigmas.ZERO);
  }

  /** Euler's method with noise during the steps. */
  static EulerAncestral eulerAncestral() {
    return new EulerAncestral();
  }

  /** Pseudo numerical methods as Stable Diffusion's own file has them. */
  static Pndm pndm() {
    return new Pndm(true);
  }

  /** UniPC of second order as diffusers' defaults have it. */
  static UniPc uniPc() {
    return new UniPc(2, SolverType.BH2, true, false, FinalSigmas.ZERO, true);
  }

  /** The scheduler that the model's own file names, whichever that is. */
  static Model model() {
    return new Model();
  }

  /**
   * Reads a scheduler's text: a name, in any case, and, after a colon, the options that differ from
   * the defaults. {@code ddim}, {@code ddim:eta=0.5}, {@code
   * dpm-solver:use_karras_sigmas=true,final_sigmas_type=sigma_min}, {@code lcm}, {@code euler},
   * {@code euler-ancestral}. diffusers' class names are names too.
   *
   * @throws IllegalArgumentException if there is no such scheduler or option, naming those there
   *     are
   */
  static Scheduler parse(String text) {
    String given = requireNonNull(text, "text").strip();
    int colon = given.indexOf(':');
    if (colon < 0) {
      return of(given, Map.of());
    }
    return of(given.substring(0, colon), Schedulers.options(given.substring(colon + 1), text));
  }

  /**
   * The scheduler of a name and options, as {@link #name} and {@link #options} give them; {@code
   * eta} is an option of DDIM here.
   *
   * @param name as {@link #parse} reads it
   * @param options texts, booleans or numbers by diffusers' keywords; what is left out has its
   *     default
   * @throws IllegalArgumentException if there is no such scheduler or option, or a value is out of
   *     range
   */
  static Scheduler of(String name, Map<String, ?> options) {
    return Schedulers.of(requireNonNull(name, "name"), requireNonNull(options, "options"));
  }

  /** Where the noise ends: diffusers' {@code final_sigmas_type}. */
  enum FinalSigmas {
    /** No noise is left: the last step gives what it takes for the clean image. */
    ZERO,
    /** As much is left as at the model's first timestep. */
    SIGMA_MIN;

    /** As diffusers spells it. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** UniPC's function B(h): diffusers' {@code solver_type}. */
  enum SolverType {
    /** h itself, which may be better for a few steps without guidance. */
    BH1,
    /** e^h - 1. */
    BH2;

    /** As diffusers spells it. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Denoising diffusion implicit models: Song, Meng, Ermon, ICLR 2021, arXiv:2010.02502.
   *
   * @param eta η, in [0, 1]; 0 draws no noise during the steps, 1 as much as DDPM
   */
  record Ddim(double eta) implements Scheduler {
    public Ddim {
      Require.within(0, 1, eta, "eta");
    }

    /** This with another η, in [0, 1]. */
    public Ddim withEta(double value) {
      return new Ddim(value);
    }

    @Override
    public String name() {
      return "DDIMScheduler";
    }

    @Override
    public Map<String, Object> options() {
      return Map.of();
    }

    @Override
    public String toString() {
      return eta == 0 ? Schedulers.DDIM : Schedulers.DDIM + ":eta=" + eta;
    }
  }

  /**
   * DPM-Solver++ 2M, a multistep solver of second order: Lu, Zhou, Bao, Chen, Li, Zhu,
   * "DPM-Solver++: Fast Solver for Guided Sampling of Diffusion Probabilistic Models",
   * arXiv:2211.01095. It needs fewer steps than DDIM for the same accuracy, and draws no noise.
   *
   * @param useKarrasSigmas whether the noise levels of all steps are those of Karras, Aittala,
   *     Aila, Laine, "Elucidating the Design Space of Diffusion-Based Generative Models", NeurIPS
   *     2022, arXiv:2206.00364, equation 5 with ρ = 7; the timestep spacing doesn't count then
   * @param finalSigmas where the noise ends
   * @param lowerOrderFinal whether the last step of a schedule of less than 15 is of first order,
   *     which is steadier; it always is where the noise ends at zero
   */
  record DpmSolver(boolean useKarrasSigmas, FinalSigmas finalSigmas, boolean lowerOrderFinal)
      implements Scheduler {
    public DpmSolver {
      requireNonNull(finalSigmas, "finalSigmas");
    }

    /** This with or without Karras' noise levels. */
    public DpmSolver withKarrasSigmas(boolean value) {
      return new DpmSolver(value, finalSigmas, lowerOrderFinal);
    }

    /** This with another end of the noise. */
    public DpmSolver withFinalSigmas(FinalSigmas value) {
      return new DpmSolver(useKarrasSigmas, value, lowerOrderFinal);
    }

    /** This with or without a last step of first order in short schedules. */
    public DpmSolver withLowerOrderFinal(boolean value) {
      return new DpmSolver(useKarrasSigmas, finalSigmas, value);
    }

    @Override
    public String name() {
      return "DPMSolverMultistepScheduler";
    }

    @Override
    public Map<String, Object> options() {
      Map<String, Object> options = new LinkedHashMap<>();
      options.put(Schedulers.KARRAS, useKarrasSigmas);
      options.put(Schedulers.FINAL, finalSigmas.toString());
      options.put(Schedulers.LOWER_ORDER, lowerOrderFinal);
      return Collections.unmodifiableMap(options);
    }

    @Override
    public String toString() {
      return Schedulers.text(Schedulers.DPM_SOLVER, options(), dpmSolver().options());
    }
  }

  /**
   * Multistep sampling of latent consistency models: Luo, Tan, Huang, Li, Zhao, arXiv:2310.04378. A
   * handful of steps are enough, but only for models that were distilled for it; noise is drawn
   * between the steps. The noise rate moves the first timestep and leaves all steps to be run; the
   * timesteps are those of the distillation, whatever the timestep spacing.
   */
  record Lcm() implements Scheduler {
    @Override
    public String name() {
      return "LCMScheduler";
    }

    @Override
    public Map<String, Object> options() {
      return Map.of();
    }

    @Override
    public int stepsRun(double noiseRate, int steps) {
      return steps;
    }

    @Override
    public String toString() {
      return Schedulers.LCM;
    }
  }

  /**
   * Euler's method, of first order, for the differential equation that noise levels follow: Karras,
   * Aittala, Aila, Laine, arXiv:2206.00364, algorithm 2 without its noise.
   *
   * @param useKarrasSigmas whether the noise levels are those of equation 5 with ρ = 7, between
   *     those of the first and the last timestep that the spacing takes
   * @param finalSigmas where the noise ends
   */
  record Euler(boolean useKarrasSigmas, FinalSigmas finalSigmas) implements Scheduler {
    public Euler {
      requireNonNull(finalSigmas, "finalSigmas");
    }

    /** This with or without Karras' noise levels. */
    public Euler withKarrasSigmas(boolean value) {
      return new Euler(value, finalSigmas);
    }

    /** This with another end of the noise. */
    public Euler withFinalSigmas(FinalSigmas value) {
      return new Euler(useKarrasSigmas, value);
    }

    @Override
    public String name() {
      return "EulerDiscreteScheduler";
    }

    @Override
    public Map<String, Object> options() {
      Map<String, Object> options = new LinkedHashMap<>();
      options.put(Schedulers.KARRAS, useKarrasSigmas);
      options.put(Schedulers.FINAL, finalSigmas.toString());
      return Collections.unmodifiableMap(options);
    }

    @Override
    public String toString() {
      return Schedulers.text(Schedulers.EULER, options(), euler().options());
    }
  }

  /**
   * Euler's method that goes below each noise level and then draws noise up to it, as in Katherine
   * Crowson's k-diffusion: pictures change with the number of steps.
   */
  record EulerAncestral() implements Scheduler {
    @Override
    public String name() {
      return "EulerAncestralDiscreteScheduler";
    }

    @Override
    public Map<String, Object> options() {
      return Map.of();
    }

    @Override
    public String toString() {
      return Schedulers.EULER_ANCESTRAL;
    }
  }

  /**
   * Pseudo numerical methods of fourth order: Liu, Ren, Lin, Zhao, "Pseudo Numerical Methods for
   * Diffusion Models on Manifolds", ICLR 2022, arXiv:2202.09778. The scheduler of Stable
   * Diffusion's first releases. Its beginning takes calls of the model of its own.
   *
   * @param skipPrkSteps whether the beginning is a single call that is made twice, as all models of
   *     Stable Diffusion want it, and not twelve of a Runge-Kutta method, which with a noise rate
   *     below 1 diffusers begins at the wrong place
   */
  record Pndm(boolean skipPrkSteps) implements Scheduler {
    private static final int CALLS_OF_RUNGE_KUTTA = 9; // beside one a step

    /** This with or without a beginning by a Runge-Kutta method. */
    public Pndm withSkipPrkSteps(boolean value) {
      return new Pndm(value);
    }

    @Override
    public String name() {
      return "PNDMScheduler";
    }

    @Override
    public Map<String, Object> options() {
      return Map.of(Schedulers.SKIP_PRK, skipPrkSteps);
    }

    @Override
    public int stepsRun(double noiseRate, int steps) {
      int left = Scheduler.super.stepsRun(noiseRate, steps);
      if (left < 1) {
        return 0;
      }
      return left + (!skipPrkSteps ? CALLS_OF_RUNGE_KUTTA : steps == 1 ? 0 : 1);
    }

    @Override
    public String toString() {
      return Schedulers.text(Schedulers.PNDM, options(), pndm().options());
    }
  }

  /**
   * UniPC, a multistep solver that corrects each sample by the output found there: Zhao, Bai, Rao,
   * Zhou, Lu, "UniPC: A Unified Predictor-Corrector Framework for Fast Sampling of Diffusion
   * Models", NeurIPS 2023, arXiv:2302.04867. It draws no noise.
   *
   * @param solverOrder in [1, 3]; 2 is for guided sampling
   * @param solverType the function B(h)
   * @param predictX0 whether it solves for the image and not for the noise
   * @param useKarrasSigmas whether the noise levels are Karras', as with {@link DpmSolver}
   * @param finalSigmas where the noise ends; at zero only with {@code BH2}, {@code predictX0} and
   *     {@code lowerOrderFinal} or order 1, as all else divides by nothing there
   * @param lowerOrderFinal whether the order goes down to 1 with the last steps, which is steadier
   */
  record UniPc(
      int solverOrder,
      SolverType solverType,
      boolean predictX0,
      boolean useKarrasSigmas,
      FinalSigmas finalSigmas,
      boolean lowerOrderFinal)
      implements Scheduler {
    private static final int HIGHEST_ORDER = 3;

    public UniPc {
      Require.within(1, HIGHEST_ORDER, solverOrder, Schedulers.ORDER);
      requireNonNull(solverType, "solverType");
      requireNonNull(finalSigmas, "finalSigmas");
      boolean endsAtZero =
          solverType == SolverType.BH2 && predictX0 && (lowerOrderFinal || solverOrder == 1);
      if (finalSigmas == FinalSigmas.ZERO && !endsAtZero) {
        throw new IllegalArgumentException(
            "final_sigmas_type must be sigma_min with solver_type=bh1, predict_x0=false or"
                + " lower_order_final=false, is zero");
      }
    }

    /** The changes that are made, by diffusers' keywords. */
    private UniPc with(String key, Object value) {
      Map<String, Object> changed = new LinkedHashMap<>(options());
      changed.put(key, value);
      return (UniPc) Scheduler.of(name(), changed);
    }

    /** This of another order, in [1, 3]. */
    public UniPc withSolverOrder(int value) {
      return with(Schedulers.ORDER, value);
    }

    /** This with another B(h); {@code BH1} wants the noise to end at {@code SIGMA_MIN}. */
    public UniPc withSolverType(SolverType value) {
      return with(Schedulers.SOLVER, requireNonNull(value, "solverType"));
    }

    /** This solving for the image or the noise, which must end at {@code SIGMA_MIN} then. */
    public UniPc withPredictX0(boolean value) {
      return with(Schedulers.PREDICT_X0, value);
    }

    /** This with or without Karras' noise levels. */
    public UniPc withKarrasSigmas(boolean value) {
      return with(Schedulers.KARRAS, value);
    }

    /** This with another end of the noise. */
    public UniPc withFinalSigmas(FinalSigmas value) {
      return with(Schedulers.FINAL, requireNonNull(value, "finalSigmas"));
    }

    /** This with or without last steps of lower order. */
    public UniPc withLowerOrderFinal(boolean value) {
      return with(Schedulers.LOWER_ORDER, value);
    }

    @Override
    public String name() {
      return "UniPCMultistepScheduler";
    }

    @Override
    public Map<String, Object> options() {
      Map<String, Object> options = new LinkedHashMap<>();
      options.put(Schedulers.ORDER, solverOrder);
      options.put(Schedulers.SOLVER, solverType.toString());
      options.put(Schedulers.PREDICT_X0, predictX0);
      options.put(Schedulers.KARRAS, useKarrasSigmas);
      options.put(Schedulers.FINAL, finalSigmas.toString());
      options.put(Schedulers.LOWER_ORDER, lowerOrderFinal);
      return Collections.unmodifiableMap(options);
    }

    @Override
    public String toString() {
      return Schedulers.text(Schedulers.UNI_PC, options(), uniPc().options());
    }
  }

  /**
   * The scheduler that the model's {@code scheduler_config.json} names, with the options that it
   * has there. It is found out once the model is open: settings of an {@link Sgid}, job files and
   * manifests name the one it is, see {@link Img2ImgGenerator#resolve}. Until then it counts steps
   * as most schedulers do.
   */
  record Model() implements Scheduler {
    @Override
    public String name() {
      return Schedulers.MODEL;
    }

    @Override
    public Map<String, Object> options() {
      return Map.of();
    }

    @Override
    public String toString() {
      return Schedulers.MODEL;
    }
  }
}

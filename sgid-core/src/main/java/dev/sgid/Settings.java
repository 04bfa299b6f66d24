package dev.sgid;

import static java.util.Objects.requireNonNull;

import dev.sgid.internal.Require;
import dev.sgid.internal.RgbImage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How pictures are made. Immutable; the {@code with…} methods give changed copies.
 *
 * <p>What counts, in this order: the settings of a call, those of the builder, the pack's defaults,
 * {@link #DEFAULTS}.
 *
 * @param noiseRate fraction of the noising schedule that is run, in (0, 1]
 * @param steps length of the whole schedule, at least 1; {@code (int) (steps * noiseRate)} are run
 * @param scheduler diffusers' class name
 * @param eta DDIM's η, in [0, 1]
 * @param guidance from similarity to guidance scale
 * @param prompt from label and caption to prompt
 * @param negativePrompt what the pictures shall not show; empty for none
 * @param captions how many caption candidates are made, in [1, 100]
 * @param captionChoice which of them is taken
 * @param size the size images are scaled to before they are padded, at most 715827882 pixels; null
 *     to let the model decide
 * @param outputSize the size of the pictures handed out
 */
public record Settings(
    double noiseRate,
    int steps,
    String scheduler,
    double eta,
    GuidanceSchedule guidance,
    PromptTemplate prompt,
    String negativePrompt,
    int captions,
    CaptionChoice captionChoice,
    @Nullable Size size,
    OutputSize outputSize) {

  private static final int MOST_CAPTIONS = 100; // a beam each

  /** What holds where nobody says otherwise. */
  public static final Settings DEFAULTS =
      new Settings(
          0.5,
          30,
          "DDIMScheduler",
          0,
          GuidanceSchedule.linear(0.15, 0.35, 3, 7.5),
          PromptTemplate.DEFAULT,
          "",
          3,
          CaptionChoice.best(),
          null,
          OutputSize.ORIGINAL);

  public Settings {
    requireNoiseRate(noiseRate);
    Require.atLeast(1, steps, "steps");
    Require.notBlank(scheduler, "scheduler");
    Require.within(0, 1, eta, "eta");
    requireNonNull(guidance, "guidance");
    requireNonNull(prompt, "prompt");
    requireNonNull(negativePrompt, "negativePrompt");
    Require.within(1, MOST_CAPTIONS, captions, "captions");
    requireNonNull(captionChoice, "captionChoice");
    requireSize(size);
    requireNonNull(outputSize, "outputSize");
  }

  /**
   * How many denoising steps are run: {@code min((int) (steps * noiseRate), steps)}, as diffusers
   * does it, in {@code double}.
   */
  public static int stepsRun(double noiseRate, int steps) {
    return Math.min((int) (steps * noiseRate), steps);
  }

  /** Refuses a noise rate and a step count that are out of range or leave no step to run. */
  static void requireSteps(double noiseRate, int steps) {
    requireNoiseRate(noiseRate);
    Require.atLeast(1, steps, "steps");
    if (stepsRun(noiseRate, steps) < 1) {
      throw new IllegalArgumentException(
          "noiseRate must be at least "
              + smallestRate(steps)
              + " to run one of "
              + steps
              + " steps, is "
              + noiseRate);
    }
  }

  /** The smallest rate, rounded up to four decimals, of which a step is left. */
  private static double smallestRate(int steps) {
    return Math.ceil(10_000.0 / steps) / 10_000.0;
  }

  /** Refuses a size that no picture can have. */
  static void requireSize(@Nullable Size size) {
    if (size != null && size.area() > RgbImage.MOST_PIXELS) {
      throw new IllegalArgumentException(
          "size must be of at most " + RgbImage.MOST_PIXELS + " pixels, is " + size);
    }
  }

  private static void requireNoiseRate(double noiseRate) {
    if (!(noiseRate > 0 && noiseRate <= 1)) {
      throw new IllegalArgumentException("noiseRate must be in (0, 1], is " + noiseRate);
    }
  }

  /** These settings with another noise rate, in (0, 1]. */
  public Settings withNoiseRate(double value) {
    return with(changed -> changed.noiseRate = value);
  }

  /** These settings with another step count, at least 1. */
  public Settings withSteps(int value) {
    return with(changed -> changed.steps = value);
  }

  /** These settings with another scheduler, by diffusers' class name. */
  public Settings withScheduler(String value) {
    return with(changed -> changed.scheduler = value);
  }

  /** These settings with another η, in [0, 1]. */
  public Settings withEta(double value) {
    return with(changed -> changed.eta = value);
  }

  /** These settings with another guidance schedule. */
  public Settings withGuidance(GuidanceSchedule value) {
    return with(changed -> changed.guidance = value);
  }

  /** These settings with another prompt template. */
  public Settings withPrompt(PromptTemplate value) {
    return with(changed -> changed.prompt = value);
  }

  /** These settings with another negative prompt. */
  public Settings withNegativePrompt(String value) {
    return with(changed -> changed.negativePrompt = value);
  }

  /** These settings with another number of caption candidates, in [1, 100]. */
  public Settings withCaptions(int value) {
    return with(changed -> changed.captions = value);
  }

  /** These settings with another choice among the candidates. */
  public Settings withCaptionChoice(CaptionChoice value) {
    return with(changed -> changed.captionChoice = value);
  }

  /** These settings with another size to scale images to; null to let the model decide. */
  public Settings withSize(@Nullable Size value) {
    return with(changed -> changed.size = value);
  }

  /** These settings with another size of the pictures handed out. */
  public Settings withOutputSize(OutputSize value) {
    return with(changed -> changed.outputSize = value);
  }

  private Settings with(Consumer<Changes> change) {
    Changes changes = new Changes(this);
    change.accept(changes);
    return changes.finished();
  }

  /** The components by name, so that each change names the one it changes. */
  private static final class Changes {
    private double noiseRate;
    private int steps;
    private String scheduler;
    private double eta;
    private GuidanceSchedule guidance;
    private PromptTemplate prompt;
    private String negativePrompt;
    private int captions;
    private CaptionChoice captionChoice;
    private @Nullable Size size;
    private OutputSize outputSize;

    Changes(Settings settings) {
      this.noiseRate = settings.noiseRate;
      this.steps = settings.steps;
      this.scheduler = settings.scheduler;
      this.eta = settings.eta;
      this.guidance = settings.guidance;
      this.prompt = settings.prompt;
      this.negativePrompt = settings.negativePrompt;
      this.captions = settings.captions;
      this.captionChoice = settings.captionChoice;
      this.size = settings.size;
      this.outputSize = settings.outputSize;
    }

    Settings finished() {
      return new Settings(
          noiseRate,
          steps,
          scheduler,
          eta,
          guidance,
          prompt,
          negativePrompt,
          captions,
          captionChoice,
          size,
          outputSize);
    }
  }
}

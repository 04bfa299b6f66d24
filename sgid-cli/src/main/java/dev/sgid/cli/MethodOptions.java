package dev.sgid.cli;

import dev.sgid.CaptionChoice;
import dev.sgid.OutputSize;
import dev.sgid.PromptTemplate;
import dev.sgid.Scheduler;
import dev.sgid.SgidBuilder;
import dev.sgid.Size;
import dev.sgid.Steps;
import dev.sgid.TimestepSpacing;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How pictures are made. What is not given is the pack's or the library's. */
final class MethodOptions {
  // picocli puts the real one here
  @Spec(Spec.Target.MIXEE)
  private final CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--settings",
      paramLabel = "FILE",
      description =
          "A JSON object of settings, as sgid tune writes it, or the sgid-job.json of a former run."
              + " Options that are given as well win.")
  private @Nullable Path settingsFile;

  private @Nullable SettingsFile settings; // read once

  @Option(
      names = "--noise-rate",
      paramLabel = "R",
      description =
          "How much noise is put on the image, above 0 up to 1: the more, the freer the picture."
              + " Default: the pack's, or 0.5.")
  private @Nullable Double noiseRate;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description =
          "Length of the whole noise schedule; steps x noise rate are run. Default: the pack's, or"
              + " 30.")
  private @Nullable Integer steps;

  @Option(
      names = "--unet-calls",
      paramLabel = "N",
      description =
          "Instead of --steps: how many steps are run, whatever the noise rate. Default: see"
              + " --steps.")
  private @Nullable Integer unetCalls;

  @Option(
      names = "--guidance",
      paramLabel = "SCHEDULE",
      converter = Converters.OfGuidance.class,
      description =
          "From the similarity of caption and image to the guidance scale: constant:G,"
              + " linear:SIM0,SIM1,G0,G1, inverse:SIM0,SIM1,G0,G1, or calibrated:Q0,Q1,G0,G1, which"
              + " is linear between two quantiles of the similarities in IN. Default: the pack's,"
              + " or linear:0.15,0.35,3,7.5.")
  private Converters.@Nullable Guidance guidance;

  @Option(
      names = "--scheduler",
      paramLabel = "NAME[:OPTION=VALUE,...]",
      converter = Converters.OfScheduler.class,
      description =
          "The diffusion scheduler: ddim, dpm-solver, euler, euler-ancestral, pndm, unipc or lcm, with"
              + " options as diffusers names them, like dpm-solver:use_karras_sigmas=true; model for"
              + " what the model's own file says. Default: the pack's, or what the model was"
              + " distilled for, or ddim.")
  private @Nullable Scheduler scheduler;

  @Option(
      names = "--timestep-spacing",
      paramLabel = "leading|linspace|trailing",
      converter = Converters.OfSpacing.class,
      description =
          "Which of the timesteps the model was trained on are taken. Default: the pack's, or the"
              + " model's.")
  private @Nullable TimestepSpacing timestepSpacing;

  @Option(
      names = "--eta",
      paramLabel = "E",
      description = "DDIM's eta, from 0 (no noise in the steps) to 1. Default: the pack's, or 0.")
  private @Nullable Double eta;

  @Option(
      names = "--prompt",
      paramLabel = "TEMPLATE",
      converter = Converters.OfPrompt.class,
      description = "The prompt. Default: the pack's, or \"{label}, {caption}\".")
  private @Nullable PromptTemplate prompt;

  @Option(
      names = "--negative-prompt",
      paramLabel = "TEXT",
      description = "What the pictures shall not show. Default: the pack's, or nothing.")
  private @Nullable String negativePrompt;

  @Option(
      names = "--captions",
      paramLabel = "N",
      description =
          "How many captions are tried for each image, up to 100. Default: the pack's, or 3.")
  private @Nullable Integer captions;

  @Option(
      names = "--caption-choice",
      paramLabel = "best|first|random",
      converter = Converters.OfCaptionChoice.class,
      description =
          "Which caption is taken: the most similar to the image, the captioner's first, or any."
              + " Default: best.")
  private @Nullable CaptionChoice captionChoice;

  @Option(
      names = "--size",
      paramLabel = "WxH",
      converter = Converters.OfSize.class,
      description =
          "The size images are scaled to for the model. Default: the pack's; or theirs, or the"
              + " model's where they are far from it.")
  private @Nullable Size size;

  @Option(
      names = "--output-size",
      paramLabel = "original|generated",
      converter = Converters.OfOutputSize.class,
      description = "The size of the pictures written. Default: original.")
  private @Nullable OutputSize outputSize;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "The base seed: another one, other pictures. Default: 0.")
  private @Nullable Long seed;

  @Option(
      names = "--strict",
      description =
          "Refuses images that are far from all that the pack knows, which else are warned of.")
  private boolean strict;

  /** The guidance schedule that was asked for; null for none, or one that {@link #apply} sets. */
  Converters.@Nullable Guidance guidance() {
    SettingsFile file = settings();
    return guidance == null && file != null && file.calibrated() != null
        ? new Converters.Guidance(null, file.calibrated())
        : guidance;
  }

  /** Refuses guidance that is to be calibrated, where there is nothing to do it on. */
  void refuseCalibrated(String why) {
    SettingsFile file = settings();
    if (guidance != null && guidance.isCalibrated()) {
      throw new ParameterException(spec.commandLine(), "--guidance: " + why);
    }
    if (guidance == null && file != null && file.needsCalibration()) {
      throw new ParameterException(
          spec.commandLine(),
          "--settings: " + settingsFile + ", guidance = \"" + file.calibrated() + "\": " + why);
    }
  }

  /** Sets all of it, where there is no data set that guidance could be calibrated on. */
  void applyWithGuidance(SgidBuilder sgid) {
    apply(sgid);
    Converters.Guidance given = guidance();
    if (given != null && given.fixed() != null) {
      sgid.withGuidance(given.fixed());
    }
  }

  private @Nullable SettingsFile settings() {
    if (settingsFile != null && settings == null) {
      Path file = Options.named(spec, "--settings", settingsFile);
      Options.set(spec, "--settings", file, given -> settings = SettingsFile.read(given));
    }
    return settings;
  }

  /** Sets all but the guidance schedule, which may need the data set. */
  void apply(SgidBuilder sgid) {
    if (steps != null && unetCalls != null) {
      throw new ParameterException(
          spec.commandLine(),
          "--steps and --unet-calls say the same in two ways: give one of them");
    }
    set("--settings", settings(), file -> file.apply(sgid));
    set("--noise-rate", noiseRate, v -> sgid.withGeneration(g -> g.withNoiseRate(v)));
    set("--steps", steps, v -> sgid.withGeneration(g -> g.withSteps(v)));
    set("--unet-calls", unetCalls, v -> sgid.withGeneration(g -> g.withSteps(Steps.run(v))));
    set("--scheduler", scheduler, v -> sgid.withGeneration(g -> g.withScheduler(v)));
    set("--eta", eta, v -> sgid.withSettings(s -> s.with(Map.of("eta", v))));
    set(
        "--timestep-spacing",
        timestepSpacing,
        v -> sgid.withGeneration(g -> g.withTimestepSpacing(v)));
    set("--prompt", prompt, sgid::withPrompt);
    set(
        "--negative-prompt",
        negativePrompt,
        v -> sgid.withGeneration(g -> g.withNegativePrompt(v)));
    set("--captions", captions, sgid::withCaptions);
    set("--caption-choice", captionChoice, sgid::withCaptionChoice);
    set("--size", size, v -> sgid.withGeneration(g -> g.withSize(v)));
    set("--output-size", outputSize, v -> sgid.withGeneration(g -> g.withOutputSize(v)));
    set("--strict", strict ? true : null, sgid::withStrict);
    set("--seed", seed, sgid::withSeed);
  }

  private <T> void set(String option, @Nullable T value, Consumer<? super T> setter) {
    Options.set(spec, option, value, setter);
  }
}

package dev.sgid.cli;

import dev.sgid.CaptionChoice;
import dev.sgid.OutputSize;
import dev.sgid.PromptTemplate;
import dev.sgid.Scheduler;
import dev.sgid.Settings;
import dev.sgid.SgidBuilder;
import dev.sgid.Size;
import dev.sgid.TimestepSpacing;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
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

  private void requireOneOfSteps() {
    if (steps != null && unetCalls != null) {
      throw new ParameterException(
          spec.commandLine(),
          "--steps and --unet-calls say the same in two ways: give one of them");
    }
  }

  /** Sets all but the guidance schedule, which may need the data set. */
  void apply(SgidBuilder sgid) {
    requireOneOfSteps();
    set("--settings", settings(), file -> file.apply(sgid));
    for (Given option : given()) {
      set(option.name(), option.values(), v -> sgid.withSettings(s -> s.with(v)));
    }
    set("--seed", seed, sgid::withSeed);
  }

  /**
   * An option that was given.
   *
   * @param name of the option
   * @param values what it sets, by the names that job files have
   */
  private record Given(String name, Map<String, Object> values) {}

  private List<Given> given() {
    List<Given> given = new ArrayList<>();
    add(given, "--noise-rate", "noise_rate", noiseRate);
    add(given, "--steps", "steps", steps);
    add(given, "--unet-calls", "unet_calls", unetCalls);
    Scheduler chosen = scheduler;
    if (chosen != null) {
      Map<String, Object> values =
          new LinkedHashMap<>(
              Settings.DEFAULTS.withGeneration(g -> g.withScheduler(chosen)).toMap());
      values.keySet().retainAll(SettingsFile.SCHEDULER);
      given.add(new Given("--scheduler", values));
    }
    add(given, "--eta", "eta", eta);
    add(given, "--timestep-spacing", "timestep_spacing", text(timestepSpacing));
    add(given, "--prompt", "prompt", prompt == null ? null : prompt.text());
    add(given, "--negative-prompt", "negative_prompt", negativePrompt);
    add(given, "--captions", "captions", captions);
    add(given, "--caption-choice", "caption_choice", text(captionChoice));
    add(given, "--size", "size", size == null ? null : List.of(size.width(), size.height()));
    add(given, "--output-size", "output_size", text(outputSize));
    add(given, "--strict", "strict", strict ? true : null);
    return given;
  }

  private static void add(List<Given> given, String option, String name, @Nullable Object value) {
    if (value != null) {
      given.add(new Given(option, Map.of(name, value)));
    }
  }

  private static @Nullable String text(@Nullable Object value) {
    return value == null ? null : value.toString().toLowerCase(Locale.ROOT);
  }

  /**
   * All that was given by the names that job files have, for pictures that another process makes;
   * guidance that is calibrated is not among it, {@link #guidance()} has that.
   */
  Map<String, Object> values() {
    requireOneOfSteps();
    SettingsFile file = settings();
    Map<String, Object> values =
        file == null ? new LinkedHashMap<>() : new LinkedHashMap<>(file.values());
    for (Given option : given()) {
      Options.set(
          spec,
          option.name(),
          option.values(),
          v -> Objects.requireNonNull(Settings.DEFAULTS.with(v)));
      if (option.values().containsKey("steps")) {
        values.remove("unet_calls");
      } else if (option.values().containsKey("unet_calls")) {
        values.remove("steps");
      }
      values.putAll(option.values());
    }
    Converters.Guidance fixed = guidance();
    if (fixed != null && fixed.fixed() != null) {
      values.put("guidance", fixed.fixed().toString());
    }
    return values;
  }

  /** The base seed. */
  long seed() {
    return seed == null ? 0 : seed;
  }

  private <T> void set(String option, @Nullable T value, Consumer<? super T> setter) {
    Options.set(spec, option, value, setter);
  }
}

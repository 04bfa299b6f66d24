package dev.sgid.cli;

import dev.sgid.CaptionChoice;
import dev.sgid.Device;
import dev.sgid.OutputSize;
import dev.sgid.PackInfo;
import dev.sgid.PromptTemplate;
import dev.sgid.Scheduler;
import dev.sgid.Sgid;
import dev.sgid.SgidBuilder;
import dev.sgid.SgidException;
import dev.sgid.Size;
import dev.sgid.Steps;
import dev.sgid.TimestepSpacing;
import dev.sgid.dataset.AugmentJob;
import dev.sgid.dataset.ImageFormat;
import dev.sgid.dataset.JobSummary;
import dev.sgid.dataset.OutputFormat;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sgid augment IN OUT}. An option that is not given leaves the pack's or the library's. */
@Command(
    name = "augment",
    mixinStandardHelpOptions = true,
    versionProvider = SgidCommand.Version.class,
    sortOptions = false,
    usageHelpAutoWidth = true,
    description = "Makes new training images of those in IN, which keep their labels' meaning.",
    footer = {
      "",
      "Exit codes: 0 all done; 1 some images failed, OUT/failures.jsonl lists them; 2 wrong usage,"
          + " settings or folders; 3 the pack or the device can't be used, or OUT can't be"
          + " written; 130 interrupted, what was done until then stays and the same command goes on.",
      "",
      "Example: sgid augment photos out --copies 4 --noise-rate 0.6 --with-originals"
    })
final class AugmentCommand implements Callable<Integer> {
  @Spec private final CommandSpec spec = CommandSpec.create(); // picocli puts the real one here

  @Parameters(
      index = "0",
      paramLabel = "IN",
      description =
          "The data set: a folder that holds one folder of images per class, or images and a"
              + " metadata.jsonl or metadata.csv with a file_name and a label for each.")
  private @Nullable Path in;

  @Parameters(
      index = "1",
      paramLabel = "OUT",
      description =
          "The folder to write: new, empty, or one that the same command began: it goes on then.")
  private @Nullable Path out;

  @Option(
      names = "--split",
      paramLabel = "NAME",
      description =
          "Which one of the splits in IN, like train, is augmented; the pictures are written to"
              + " OUT/NAME. Default: IN holds no splits.")
  private @Nullable String split;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      converter = Converters.OfFormat.class,
      description =
          "How the pictures are laid out: folders, one per class; or webdataset, tar shards, of up"
              + " to 10,000 images and 1000 MB or what webdataset:images=N,megabytes=N says."
              + " Default: folders.")
  private @Nullable OutputFormat format;

  @Option(
      names = "--image-format",
      paramLabel = "png|jpeg[:QUALITY]",
      converter = Converters.OfImageFormat.class,
      description =
          "The kind of file that pictures are written as; JPEG's quality is from 1 to 100, 95 where"
              + " none is given. Default: png.")
  private @Nullable ImageFormat imageFormat;

  @Option(
      names = "--model",
      paramLabel = "PACK",
      description = "The model pack's folder. Default: the pack that comes with sgid.")
  private @Nullable Path model;

  @Option(
      names = "--copies",
      paramLabel = "N",
      description = "How many pictures are made of each image. Default: 1.")
  private @Nullable Integer copies;

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
          "The diffusion scheduler: ddim, dpm-solver or lcm, with options as diffusers names them,"
              + " like dpm-solver:use_karras_sigmas=true. Default: the pack's, or ddim.")
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
      names = "--captions-from",
      paramLabel = "FILE",
      description =
          "Captions to be taken instead of made: a .csv, or a JSON object a line, with a file_name,"
              + " relative to IN, and a caption. Images that it has none of are captioned. Default:"
              + " none.")
  private @Nullable Path captionsFrom;

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
      names = "--batch",
      paramLabel = "N",
      description =
          "How many pictures share a lane's UNet call; lanes x batch are worked on at once."
              + " Default: 8, or 4 for a large UNet on a CPU.")
  private @Nullable Integer batch;

  @Option(
      names = "--lanes",
      paramLabel = "N",
      description =
          "How many batches are worked on side by side, each by its share of the threads."
              + " Default: what suits the models; it changes no picture.")
  private @Nullable Integer lanes;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description =
          "How many CPU threads are used by all lanes together, at most and by default one per"
              + " processor.")
  private @Nullable Integer threads;

  @Option(
      names = "--device",
      paramLabel = "auto|cpu|cuda[:N]",
      converter = Converters.OfDevice.class,
      description = "Where the models run. Default: auto, a GPU where one can be used.")
  private @Nullable Device device;

  @Option(
      names = "--strict",
      description =
          "Refuses images that are far from all that the pack knows, which else are warned of.")
  private boolean strict;

  @Option(
      names = "--with-originals",
      description = "Puts the originals beside their copies in OUT.")
  private boolean withOriginals;

  @Option(
      names = "--overwrite",
      description =
          "Begins anew: removes from OUT first what former runs of sgid wrote there; other files"
              + " stay.")
  private boolean overwrite;

  @Option(names = "--quiet", description = "Prints errors and warnings only.")
  private boolean quiet;

  @Override
  public Integer call() {
    Interrupts interrupts = Interrupts.of(Thread.currentThread());
    Progress progress = Progress.of(spec.commandLine().getErr(), quiet);
    JobSummary summary;
    PackInfo models;
    try (interrupts;
        progress) {
      SgidBuilder builder = builder().withStepListener(progress);
      AugmentJob job = job(progress); // first: its errors need no models
      try (Sgid sgid = builder.build()) {
        models = sgid.pack();
        Report.noiseRate(sgid.settings().generation(), quiet, spec.commandLine());
        summary = job.run(sgid);
      }
    } catch (SgidException e) {
      if (!e.isCancelled()) {
        throw e;
      }
      spec.commandLine().getErr().println("sgid: interrupted");
      return interrupts.exitCode();
    }
    Report.print(summary, models, quiet, spec.commandLine());
    if (summary.cancelled()) {
      return interrupts.exitCode();
    }
    return summary.failures() == 0 ? ExitCode.OK : ExitCode.SOME_FAILED;
  }

  private AugmentJob job(Progress progress) {
    if (in == null || out == null) {
      throw new ParameterException(spec.commandLine(), "IN and OUT are missing");
    }
    requireNamed("IN", in);
    requireNamed("OUT", out);
    AugmentJob.Builder job =
        AugmentJob.builder(in, out)
            .withOriginals(withOriginals)
            .withOverwrite(overwrite)
            .withListener(progress);
    set("--copies", copies, job::withCopies);
    set("--split", split, job::withSplit);
    set("--format", format, job::withFormat);
    set("--image-format", imageFormat, job::withImageFormat);
    set("--captions-from", captionsFrom, job::withCaptions);
    set("--guidance", guidance, given -> given.accept(job));
    return job.build();
  }

  /** Java takes an empty path, as of an unset variable, for the working folder. */
  private void requireNamed(String parameter, Path path) {
    if (path.toString().isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), parameter + " is empty; the folder one is in is called .");
    }
  }

  private SgidBuilder builder() {
    if (steps != null && unetCalls != null) {
      throw new ParameterException(
          spec.commandLine(),
          "--steps and --unet-calls say the same in two ways: give one of them");
    }
    if (model != null) {
      requireNamed("--model", model);
    }
    SgidBuilder sgid = model == null ? Sgid.builder() : Sgid.builder(model);
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
    set("--batch", batch, sgid::withBatch);
    set("--lanes", lanes, sgid::withLanes);
    set("--threads", threads, sgid::withThreads);
    set("--device", device, sgid::withDevice);
    return sgid;
  }

  /** Sets what was given; a value that is refused is named with its option. */
  private <T> void set(String option, @Nullable T value, Consumer<T> setter) {
    if (value == null) {
      return;
    }
    try {
      setter.accept(value);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), option + ": " + e.getMessage(), e);
    }
  }
}

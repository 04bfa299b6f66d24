package dev.sgid.cli;

import dev.sgid.Captioner;
import dev.sgid.Device;
import dev.sgid.Sgid;
import dev.sgid.SgidBuilder;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Which models run, and on what: none of it changes what a model does. */
final class PackOptions {
  private static final Path NO_CAPTIONER = Path.of("none");

  // picocli puts the real one here
  @Spec(Spec.Target.MIXEE)
  private final CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--model",
      paramLabel = "PACK",
      description = "The model pack's folder. Default: the pack that comes with sgid.")
  private @Nullable Path model;

  @Option(
      names = "--captioner",
      paramLabel = "none|DIR",
      description =
          "A captioner's folder, in place of the pack's; none for prompts of the label alone.")
  private @Nullable Path captioner;

  @Option(
      names = "--scorer",
      paramLabel = "DIR",
      description = "The folder of a CLIP, in place of the pack's.")
  private @Nullable Path scorer;

  @Option(
      names = "--generator",
      paramLabel = "DIR",
      description = "The folder of a Stable Diffusion, in place of the pack's.")
  private @Nullable Path generator;

  @Option(
      names = "--no-safety-checker",
      description =
          "Leaves out the pack's safety checker. Default: pictures that it flags are made again, and"
              + " dropped if that does not help.")
  private boolean noSafetyChecker;

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

  /** A builder on the pack. */
  SgidBuilder builder() {
    return builder(null);
  }

  /** A builder on the pack that a parameter names; null for that of {@code --model}. */
  SgidBuilder builder(@Nullable Path named) {
    Path pack = named != null || model == null ? named : Options.named(spec, "--model", model);
    SgidBuilder sgid = pack == null ? Sgid.builder() : Sgid.builder(pack);
    part("--captioner", captioner, folder -> captioner(sgid, folder));
    part("--scorer", scorer, sgid::withScorer);
    part("--generator", generator, sgid::withGenerator);
    Options.set(spec, "--no-safety-checker", !noSafetyChecker, sgid::withSafetyChecker);
    Options.set(spec, "--batch", batch, sgid::withBatch);
    Options.set(spec, "--lanes", lanes, sgid::withLanes);
    Options.set(spec, "--threads", threads, sgid::withThreads);
    Options.set(spec, "--device", device, sgid::withDevice);
    return sgid;
  }

  private void part(String option, @Nullable Path given, Consumer<Path> setter) {
    if (given != null) {
      setter.accept(Options.named(spec, option, given));
    }
  }

  /** A folder of that name is {@code ./none}. */
  private static void captioner(SgidBuilder sgid, Path folder) {
    SgidBuilder ignored =
        folder.equals(NO_CAPTIONER)
            ? sgid.withCaptioner(Captioner.none())
            : sgid.withCaptioner(folder);
  }
}

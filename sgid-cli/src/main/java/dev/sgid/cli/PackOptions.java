package dev.sgid.cli;

import dev.sgid.Device;
import dev.sgid.Sgid;
import dev.sgid.SgidBuilder;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Which models run, and on what: none of it changes what a model does. */
final class PackOptions {
  // picocli puts the real one here
  @Spec(Spec.Target.MIXEE)
  private final CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--model",
      paramLabel = "PACK",
      description = "The model pack's folder. Default: the pack that comes with sgid.")
  private @Nullable Path model;

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
    Options.set(spec, "--batch", batch, sgid::withBatch);
    Options.set(spec, "--lanes", lanes, sgid::withLanes);
    Options.set(spec, "--threads", threads, sgid::withThreads);
    Options.set(spec, "--device", device, sgid::withDevice);
    return sgid;
  }
}

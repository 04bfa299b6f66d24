package dev.sgid.cli;

import dev.sgid.Captioner;
import dev.sgid.Device;
import dev.sgid.Sgid;
import dev.sgid.SgidBuilder;
import java.nio.file.Path;
import java.util.Map;
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
      names = "--variant",
      paramLabel = "NAME",
      description =
          "Which form of the models is taken where there are several: fp16 for model_fp16.onnx,"
              + " quantized, int8 ... Default: the most exact, model.onnx where there is one.")
  private @Nullable String variant;

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
      paramLabel = "auto|cpu|cuda[:N]|PROVIDER[:N]|plugin:LIBRARY",
      converter = Converters.OfDevice.class,
      description =
          "Where the models run: PROVIDER is tensorrt, rocm, directml, coreml, openvino, qnn, webgpu,"
              + " xnnpack, dnnl or nnapi. Default: auto, a GPU where one can be used.")
  private @Nullable Device device;

  @Option(
      names = "--device-option",
      paramLabel = "NAME=VALUE",
      description =
          "An option of the device's execution provider, by its own name, like"
              + " gpu_mem_limit=8589934592; may be given several times.")
  private Map<String, String> deviceOptions = Map.of();

  @Option(
      names = "--device-slots",
      paramLabel = "N",
      description = "How many runs of models are on a GPU at the same time. Default: 1.")
  private int deviceSlots = 1;

  @Option(
      names = "--low-memory",
      description =
          "Keep of the large models only the one open that runs: less memory, more time. It changes"
              + " no picture by more than rounding.")
  private boolean lowMemory;

  /** What was given, for models that are opened elsewhere. */
  void apply(AugmentingCommand.Target models) {
    if (model != null) {
      models.model(Options.named(spec, "--model", model));
    }
    Options.set(spec, "--variant", variant, models::variant);
    part(
        "--captioner",
        captioner,
        folder -> models.captioner(folder.equals(NO_CAPTIONER) ? null : folder));
    part("--scorer", scorer, models::scorer);
    part("--generator", generator, models::generator);
    models.safetyChecker(!noSafetyChecker);
    models.lowMemory(lowMemory);
    Options.set(spec, "--batch", batch, models::batch);
    Options.set(spec, "--lanes", lanes, models::lanes);
    Options.set(spec, "--threads", threads, models::threads);
    device(models::device);
  }

  /** Tells where the models run; the option at fault is named. */
  private void device(Consumer<Device> setter) {
    Device on = device == null ? Device.AUTO : device;
    Options.set(spec, "--device-option", deviceOptions, o -> setter.accept(on.withOptions(o)));
    Options.set(
        spec,
        "--device-slots",
        deviceSlots,
        slots -> setter.accept(on.withOptions(deviceOptions).withSlots(slots)));
  }

  /** A builder on the pack. */
  SgidBuilder builder() {
    return builder(null);
  }

  /** A builder on the pack that a parameter names; null for that of {@code --model}. */
  SgidBuilder builder(@Nullable Path named) {
    Path pack = named != null || model == null ? named : Options.named(spec, "--model", model);
    SgidBuilder sgid = pack == null ? Sgid.builder() : Sgid.builder(pack);
    Options.set(spec, "--variant", variant, sgid::withVariant);
    part("--captioner", captioner, folder -> captioner(sgid, folder));
    part("--scorer", scorer, sgid::withScorer);
    part("--generator", generator, sgid::withGenerator);
    Options.set(spec, "--no-safety-checker", !noSafetyChecker, sgid::withSafetyChecker);
    Options.set(spec, "--batch", batch, sgid::withBatch);
    Options.set(spec, "--lanes", lanes, sgid::withLanes);
    Options.set(spec, "--threads", threads, sgid::withThreads);
    device(sgid::withDevice);
    return sgid.withLowMemory(lowMemory);
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

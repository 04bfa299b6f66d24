package dev.sgid.onnx.diffusion;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import dev.sgid.Device;
import dev.sgid.Size;
import dev.sgid.onnx.internal.JsonFile;
import dev.sgid.onnx.internal.ModelFiles;
import dev.sgid.onnx.internal.Owned;
import dev.sgid.onnx.internal.recognition.Recognition;
import dev.sgid.onnx.internal.runtime.Placement;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The models of a Stable Diffusion folder, as diffusers and optimum export it to ONNX, with what
 * their configs say. Thread-safe.
 */
final class StableDiffusionModels implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StableDiffusionModels.class);

  /** The folder of the UNet. */
  static final String UNET = "unet";

  private final ModelFamily family;
  private final PromptEncoder promptEncoder;
  private final VaeEncoder vaeEncoder;
  private final VaeDecoder vaeDecoder;
  private final UNet unet;
  private final VaeConfig vaeConfig;
  private final SchedulerConfig schedulerConfig;
  private final Fitting fitting;
  private final @Nullable SafetyChecker safetyChecker;
  private final Owned owned;

  private StableDiffusionModels(
      ModelFiles files, Placement placement, boolean checksSafety, Owned owned) {
    this.owned = owned;
    Path folder = files.folder();
    Kind kind = Kind.of(folder);
    JsonFile unetConfig = kind.unet();
    family = kind.family();
    requireFiles(files);
    vaeConfig = VaeConfig.of(config(folder.resolve("vae_decoder/config.json")), family);
    schedulerConfig = SchedulerConfig.of(kind.scheduler());
    Fitting anySize = fitting(unetConfig, vaeConfig, family);
    promptEncoder = promptEncoder(files, placement);
    owned.add(promptEncoder, promptEncoder::close);
    vaeEncoder = VaeEncoder.open(graph(files, "vae_encoder"), vaeConfig, placement);
    owned.add(vaeEncoder, vaeEncoder::close);
    vaeDecoder = VaeDecoder.open(graph(files, "vae_decoder"), vaeConfig, placement);
    owned.add(vaeDecoder, vaeDecoder::close);
    if (vaeConfig.overflows() && (vaeEncoder.isFloat16() || vaeDecoder.isFloat16())) {
      LOG.warn(
          "The VAE of {} is float16, and overflows so by its config (force_upcast): pictures may"
              + " fail as not finite. Export it in float32, or a VAE that was made for float16",
          folder);
    }
    unet = UNet.open(graph(files, UNET), unetConfig, family, conditions(), placement);
    owned.add(unet, unet::close);
    unet.requireFits(unetConfig, vaeConfig.latentChannels());
    int factor = vaeConfig.factor();
    Size fixed =
        FixedSize.agreed(
            List.of(vaeEncoder.fixedSize(), unet.fixedSize(factor), vaeDecoder.fixedSize()));
    if (fixed != null) {
      LOG.info("{} takes images of {} alone: all are scaled to it", folder, fixed);
    }
    fitting = anySize.fixedTo(fixed);
    if (unet.isFloat16() && placement.device().kind() == Device.Kind.CPU) {
      LOG.warn(
          "The UNet of {} is float16, which takes about twice the time of float32 on a CPU, and more"
              + " memory: ONNX Runtime turns its numbers into float32 and back around every"
              + " operator. Export it in float32 for a CPU",
          folder);
    }
    if (unet.dependsOnBatch()) {
      LOG.info(
          "The UNet of {} quantises what it computes by the whole call, so every picture has calls of"
              + " its own, whatever the batch: it could not be made again otherwise",
          folder);
    }
    safetyChecker = checksSafety ? SafetyChecker.open(files, placement) : null;
    if (safetyChecker != null) {
      owned.add(safetyChecker, safetyChecker::close);
    }
  }

  /**
   * What a folder is of, by its configs alone.
   *
   * @param unet the UNet's config
   * @param scheduler the scheduler's
   */
  record Kind(JsonFile unet, JsonFile scheduler, ModelFamily family) {
    /**
     * Looks at a folder.
     *
     * @throws dev.sgid.SgidException if it is of what is not run here
     */
    static Kind of(Path folder) {
      Recognition.requireStableDiffusion(folder);
      JsonFile unet = config(folder.resolve("unet/config.json"));
      JsonFile scheduler = JsonFile.read(folder.resolve("scheduler/scheduler_config.json"));
      ModelScheduler.check(scheduler);
      return new Kind(unet, scheduler, ModelFamily.of(folder, unet));
    }
  }

  /** Complains of what is missing before graphs are opened, which may take long. */
  private void requireFiles(ModelFiles files) {
    List<String> graphs =
        new ArrayList<>(List.of("text_encoder", "vae_encoder", "vae_decoder", UNET));
    if (family.isXl()) {
      graphs.add("text_encoder_2");
      Path tokenizer = files.folder().resolve("tokenizer_2");
      if (!Files.isDirectory(tokenizer)) {
        throw JsonFile.broken(
            tokenizer, "Missing folder of Stable Diffusion XL's second tokenizer", null);
      }
    }
    for (String graph : graphs) {
      Path file = graph(files, graph);
      if (!Files.exists(file)) {
        throw JsonFile.broken(file, "There is no such model file", null);
      }
    }
  }

  private PromptEncoder promptEncoder(ModelFiles files, Placement placement) {
    Path folder = files.folder();
    JsonFile text = config(folder.resolve("text_encoder/config.json"));
    return family.isXl()
        ? XlTextEncoders.open(
            files,
            text,
            config(folder.resolve("text_encoder_2/config.json")),
            placement,
            family.zerosForNone())
        : TextEncoder.open(files, text, placement);
  }

  /** The shapes of what the UNet is given for each row, without a batch. */
  private Map<String, long[]> conditions() {
    Map<String, long[]> shapes = new HashMap<>(promptEncoder.shapes());
    if (family.isXl()) {
      shapes.put(Conditioning.TIME_IDS, new long[] {TimeIds.COUNT});
    }
    return shapes;
  }

  /** The same with the safety checker, of the most exact form of each model. */
  static StableDiffusionModels open(Path folder, Placement placement) {
    return open(new ModelFiles(folder, ""), placement, true);
  }

  /**
   * Opens the models of a folder.
   *
   * @param checksSafety whether its safety checker is wanted, if it has one
   * @throws dev.sgid.SgidException naming the file, what was expected and what was found; nothing
   *     stays open then
   */
  static StableDiffusionModels open(ModelFiles files, Placement placement, boolean checksSafety) {
    Owned owned = new Owned();
    return owned.opening(() -> new StableDiffusionModels(files, placement, checksSafety, owned));
  }

  /** The file of one of the models. */
  static Path graph(ModelFiles files, String part) {
    return files.in(part).graph("model");
  }

  /**
   * A model's config; empty where there is none, as in what diffusers' own script exports, which
   * was made for Stable Diffusion 1: its numbers stand in for what configs don't say.
   */
  private static JsonFile config(Path file) {
    if (!Files.exists(file)) {
      LOG.info("There is no {}: the usual numbers of Stable Diffusion 1, or XL, stand in", file);
    }
    return JsonFile.readOrEmpty(file);
  }

  /** The UNet's sample size in pixels, and how often it and the VAE halve a picture. */
  private static Fitting fitting(JsonFile unet, VaeConfig vae, ModelFamily family) {
    long area; // of the latents
    if (unet.get("sample_size") instanceof JsonArray both) {
      if (both.size() != 2 || !isSide(both.get(0)) || !isSide(both.get(1))) {
        throw unet.unexpected("sample_size", "a whole number of at least 1, or two of them,");
      }
      area = both.get(0).getAsLong() * both.get(1).getAsLong();
    } else {
      long side = unet.count("sample_size", family.isXl() ? 128 : 64);
      area = side * side;
    }
    int blocks = unet.length("block_out_channels", family.isXl() ? 3 : 4);
    long pixels = (long) vae.factor() * vae.factor();
    return new Fitting(area * pixels, vae.factor() << (blocks - 1));
  }

  private static boolean isSide(JsonElement value) {
    return JsonFile.isNumber(value) && value.getAsDouble() >= 1 && value.getAsDouble() < 1 << 16;
  }

  PromptEncoder promptEncoder() {
    return promptEncoder;
  }

  /**
   * Whether guidance takes a second, unconditional row: where w is above 1 and the UNet is not
   * given w itself, as in diffusers.
   */
  boolean guides(double guidanceScale) {
    return guidanceScale > 1 && !takesGuidance();
  }

  /** Whether the UNet is given the guidance scale itself. */
  boolean takesGuidance() {
    return unet.guidance() != null;
  }

  /** What was done to the model to make pictures in a few steps. */
  Distillation distillation() {
    return Distillation.of(schedulerConfig, takesGuidance());
  }

  /** Whether pictures that share a call of the UNet change one another. */
  boolean dependsOnBatch() {
    return unet.dependsOnBatch();
  }

  /** Whether the UNet takes whole timesteps only: one between two of training is rounded. */
  boolean takesWholeTimesteps() {
    return unet.takesWholeTimesteps();
  }

  /** A prompt with whatever else the UNet is given: the picture's size, the guidance scale. */
  PromptEncoder.Prompt complete(PromptEncoder.Prompt prompt, Size size, double guidanceScale) {
    PromptEncoder.Prompt complete = prompt;
    if (family.isXl()) {
      complete = complete.with(Conditioning.TIME_IDS, TimeIds.of(size));
    }
    GuidanceEmbedding guidance = unet.guidance();
    return guidance == null
        ? complete
        : complete.with(Conditioning.GUIDANCE, guidance.of(guidanceScale));
  }

  VaeEncoder vaeEncoder() {
    return vaeEncoder;
  }

  VaeDecoder vaeDecoder() {
    return vaeDecoder;
  }

  /** What looks at pictures; null for nothing. */
  @Nullable SafetyChecker safetyChecker() {
    return safetyChecker;
  }

  VaeConfig vaeConfig() {
    return vaeConfig;
  }

  SchedulerConfig schedulerConfig() {
    return schedulerConfig;
  }

  Fitting fitting() {
    return fitting;
  }

  String dtype() {
    return unet.dtype();
  }

  /** A noise predictor for latents of this size. */
  NoisePredictor predictor(int height, int width) {
    return unet.predictor(vaeConfig.latentChannels(), height, width);
  }

  @Override
  public void close() {
    owned.close();
  }
}

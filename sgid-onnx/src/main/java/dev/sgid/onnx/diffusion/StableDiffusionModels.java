package dev.sgid.onnx.diffusion;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import dev.sgid.onnx.internal.Closing;
import dev.sgid.onnx.internal.JsonFile;
import dev.sgid.onnx.internal.runtime.Placement;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The models of a Stable Diffusion folder, as diffusers and optimum export it to ONNX, with what
 * their configs say. Thread-safe.
 */
final class StableDiffusionModels implements AutoCloseable {
  private final TextEncoder textEncoder;
  private final VaeEncoder vaeEncoder;
  private final VaeDecoder vaeDecoder;
  private final UNet unet;
  private final VaeConfig vaeConfig;
  private final DdimConfig schedulerConfig;
  private final Fitting fitting;
  private final Closing closing;

  private StableDiffusionModels(Path folder, Placement placement, Closing closing) {
    this.closing = closing;
    if (!Files.isDirectory(folder)) {
      throw JsonFile.broken(folder, "There is no such folder of a Stable Diffusion model", null);
    }
    JsonFile unetConfig = JsonFile.read(folder.resolve("unet/config.json"));
    vaeConfig = VaeConfig.of(JsonFile.read(folder.resolve("vae_decoder/config.json")));
    schedulerConfig =
        DdimConfig.of(JsonFile.read(folder.resolve("scheduler/scheduler_config.json")));
    fitting = fitting(unetConfig, vaeConfig);
    textEncoder =
        closing.add(
            TextEncoder.open(
                folder.resolve("tokenizer"), folder.resolve("text_encoder"), placement));
    vaeEncoder =
        closing.add(
            VaeEncoder.open(folder.resolve("vae_encoder/model.onnx"), vaeConfig, placement));
    vaeDecoder =
        closing.add(
            VaeDecoder.open(folder.resolve("vae_decoder/model.onnx"), vaeConfig, placement));
    unet = closing.add(UNet.open(folder.resolve("unet/model.onnx"), placement));
    unet.requireWidths(vaeConfig.latentChannels(), textEncoder.width());
  }

  /**
   * Opens the models of {@code folder}.
   *
   * @throws dev.sgid.SgidException naming the file, what was expected and what was found; nothing
   *     stays open then
   */
  static StableDiffusionModels open(Path folder, Placement placement) {
    Closing closing = new Closing();
    try {
      return new StableDiffusionModels(folder, placement, closing);
    } catch (RuntimeException | Error e) {
      closing.close();
      throw e;
    }
  }

  /** The UNet's sample size in pixels, and how often it and the VAE halve a picture. */
  private static Fitting fitting(JsonFile unet, VaeConfig vae) {
    int blocks = unet.get("block_out_channels") instanceof JsonArray channels ? channels.size() : 4;
    JsonElement size = unet.get("sample_size");
    long width;
    long height;
    if (size instanceof JsonArray both && both.size() == 2) {
      height = both.get(0).getAsInt();
      width = both.get(1).getAsInt();
    } else {
      height = unet.count("sample_size", 64);
      width = height;
    }
    long pixels = (long) vae.factor() * vae.factor();
    return new Fitting(width * height * pixels, vae.factor() << (blocks - 1));
  }

  TextEncoder textEncoder() {
    return textEncoder;
  }

  VaeEncoder vaeEncoder() {
    return vaeEncoder;
  }

  VaeDecoder vaeDecoder() {
    return vaeDecoder;
  }

  VaeConfig vaeConfig() {
    return vaeConfig;
  }

  DdimConfig schedulerConfig() {
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
    return unet.predictor(
        vaeConfig.latentChannels(), height, width, textEncoder.tokens(), textEncoder.width());
  }

  @Override
  public void close() {
    closing.close();
  }
}

package dev.sgid.onnx.diffusion;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import dev.sgid.onnx.internal.JsonFile;
import dev.sgid.onnx.internal.Owned;
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
  private final Owned owned;

  private StableDiffusionModels(Path folder, Placement placement, Owned owned) {
    this.owned = owned;
    if (!Files.isDirectory(folder)) {
      throw JsonFile.broken(folder, "There is no such folder of a Stable Diffusion model", null);
    }
    JsonFile unetConfig = JsonFile.read(folder.resolve("unet/config.json"));
    vaeConfig = VaeConfig.of(JsonFile.read(folder.resolve("vae_decoder/config.json")));
    schedulerConfig =
        DdimConfig.of(JsonFile.read(folder.resolve("scheduler/scheduler_config.json")));
    fitting = fitting(unetConfig, vaeConfig);
    textEncoder =
        TextEncoder.open(folder.resolve("tokenizer"), folder.resolve("text_encoder"), placement);
    owned.add(textEncoder, textEncoder::close);
    vaeEncoder = VaeEncoder.open(folder.resolve("vae_encoder/model.onnx"), vaeConfig, placement);
    owned.add(vaeEncoder, vaeEncoder::close);
    vaeDecoder = VaeDecoder.open(folder.resolve("vae_decoder/model.onnx"), vaeConfig, placement);
    owned.add(vaeDecoder, vaeDecoder::close);
    unet = UNet.open(folder.resolve("unet/model.onnx"), placement);
    owned.add(unet, unet::close);
    unet.requireWidths(vaeConfig.latentChannels(), textEncoder.width());
  }

  /**
   * Opens the models of {@code folder}.
   *
   * @throws dev.sgid.SgidException naming the file, what was expected and what was found; nothing
   *     stays open then
   */
  static StableDiffusionModels open(Path folder, Placement placement) {
    Owned owned = new Owned();
    return owned.opening(() -> new StableDiffusionModels(folder, placement, owned));
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
    owned.close();
  }
}

package dev.sgid.onnx.internal.recognition;

import com.google.gson.JsonElement;
import dev.sgid.onnx.internal.JsonFile;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Folders of diffusers that are not a Stable Diffusion which is run here. */
final class StableDiffusionFolders {
  private static final String INSTEAD = "; take Stable Diffusion 1, 2 or XL";
  private static final List<String> PARTS =
      List.of("unet", "vae_encoder", "vae_decoder", "text_encoder");

  /** What the pipelines of models that are not run have in their names, and what these are. */
  private static final List<Map.Entry<String, String>> OTHERS =
      List.of(
          Map.entry("StableDiffusion3", "Stable Diffusion 3"),
          Map.entry("Flux", "FLUX"),
          Map.entry("Inpaint", "a model for inpainting"),
          Map.entry("InstructPix2Pix", "InstructPix2Pix, which is told what to edit"),
          Map.entry("Depth2Img", "a model that is also given depth"),
          Map.entry("Upscale", "a model that enlarges pictures"),
          Map.entry("StableCascade", "Stable Cascade"),
          Map.entry("Kandinsky", "Kandinsky"),
          Map.entry("PixArt", "PixArt"),
          Map.entry("Sana", "Sana"),
          Map.entry("QwenImage", "Qwen-Image"),
          Map.entry("HunyuanDiT", "Hunyuan-DiT"));

  /** What a UNet is for that is given more channels than those of the latents. */
  private static final Map<Integer, String> BY_CHANNELS =
      Map.of(
          9, "for inpainting",
          8, "of InstructPix2Pix",
          7, "that enlarges pictures",
          5, "that is also given depth");

  private StableDiffusionFolders() {}

  /** Why it can't be used; null where nothing is known against it. */
  static @Nullable String refusal(Contents folder) {
    String pipeline = folder.text("model_index.json", "_class_name");
    for (Map.Entry<String, String> other : OTHERS) {
      if (pipeline.contains(other.getKey())) {
        return "This is " + other.getValue() + " (" + pipeline + "), which is not run" + INSTEAD;
      }
    }
    if (!pipeline.isEmpty() && !isStable(pipeline)) {
      return "This is another model (" + pipeline + "), which is not run" + INSTEAD;
    }
    if (folder.hasFolder("transformer") && !folder.hasFolder("unet")) {
      return "This is a model with a transformer in place of a UNet, like Stable Diffusion 3 or"
          + " FLUX, which is not run"
          + INSTEAD;
    }
    String channels = ofChannels(folder.json("unet/config.json"));
    return channels != null ? channels : weights(folder);
  }

  private static boolean isStable(String pipeline) {
    return pipeline.contains("StableDiffusion") || pipeline.contains("LatentConsistencyModel");
  }

  private static @Nullable String ofChannels(JsonFile unet) {
    JsonElement said = unet.get("in_channels");
    if (said == null || !JsonFile.isNumber(said)) {
      return null;
    }
    String what = BY_CHANNELS.get(said.getAsInt());
    return what == null
        ? null
        : "This is a UNet "
            + what
            + " ("
            + said.getAsInt()
            + " latent channels), which is not run; take the model it was made from";
  }

  private static @Nullable String weights(Contents folder) {
    if (PARTS.stream().anyMatch(part -> folder.has(part + "/model.onnx")) || folder.hasGraphs()) {
      return null;
    }
    List<String> single = folder.weightsHere();
    if (!single.isEmpty() && !folder.hasFolder("unet")) {
      return "This is a single file of weights ("
          + single.get(0)
          + "), not ONNX; "
          + Remedy.exportSingleFile(folder.folder().resolve(single.get(0)));
    }
    return folder.weights().isEmpty()
        ? null
        : "This is Stable Diffusion of PyTorch ("
            + folder.weights()
            + "), not of ONNX; "
            + Remedy.exportStableDiffusion(folder.folder());
  }
}

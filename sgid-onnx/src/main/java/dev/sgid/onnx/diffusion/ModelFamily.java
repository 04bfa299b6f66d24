package dev.sgid.onnx.diffusion;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import dev.sgid.SgidException;
import dev.sgid.onnx.internal.JsonFile;
import dev.sgid.onnx.internal.OpenedFiles;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Which Stable Diffusion a folder is, told by {@code model_index.json} and the configs alone:
 * graphs may be gigabytes.
 *
 * @param isXl whether it is Stable Diffusion XL, not 1 or 2
 * @param zerosForNone whether no negative prompt is zeros to the UNet, not an empty one encoded
 */
record ModelFamily(boolean isXl, boolean zerosForNone) {
  /** Stable Diffusion 1 and 2. */
  static final ModelFamily FIRST_AND_SECOND = new ModelFamily(false, false);

  /** In place of a size it is told how much its picture shall please. See {@link TimeIds}. */
  private static final int REFINERS_TIME_IDS = 5;

  /**
   * Looks at a folder.
   *
   * @param unet the UNet's config
   * @throws SgidException if it is the refiner, or a UNet that is told something else
   */
  static ModelFamily of(Path folder, JsonFile unet) {
    JsonFile index = JsonFile.peek(folder.resolve("model_index.json"));
    boolean xl =
        index.string("_class_name", "").contains("StableDiffusionXL")
            || "text_time".equals(unet.string("addition_embed_type", ""))
            || (index.root().isEmpty() && Files.isDirectory(folder.resolve("text_encoder_2")));
    if (!xl) {
      return FIRST_AND_SECOND;
    }
    if (!index.root().isEmpty()) {
      OpenedFiles.add(index.path()); // pictures depend on it; others' don't, nor does their digest
    }
    if (index.flag("requires_aesthetics_score", false)) {
      throw refiner(index.path(), "requires_aesthetics_score");
    }
    if (lacksFirstEncoder(index, folder)) {
      Path named = index.root().isEmpty() ? folder : index.path();
      throw refiner(named, "without a first text encoder");
    }
    requireTimeIds(folder, unet);
    return new ModelFamily(true, index.flag("force_zeros_for_empty_prompt", true));
  }

  private static boolean lacksFirstEncoder(JsonFile index, Path folder) {
    if (index.root().get("text_encoder") instanceof JsonArray part) { // [library, class]
      return !part.isEmpty() && part.asList().stream().allMatch(JsonElement::isJsonNull);
    }
    return !Files.isDirectory(folder.resolve("text_encoder"))
        && Files.isDirectory(folder.resolve("text_encoder_2"));
  }

  /** What is said of size and pooled embedding fit together into the layer that takes both. */
  private static void requireTimeIds(Path folder, JsonFile unet) {
    String input = "projection_class_embeddings_input_dim";
    JsonFile text = JsonFile.readOrEmpty(folder.resolve("text_encoder_2/config.json"));
    if (!unet.has(input) || !unet.has("addition_time_embed_dim") || !text.has("projection_dim")) {
      return; // the graph will tell
    }
    int each = unet.count("addition_time_embed_dim", 1);
    int pooled = text.count("projection_dim", 1);
    int takes = unet.count(input, 1);
    if (takes == pooled + REFINERS_TIME_IDS * each) {
      throw refiner(unet.path(), input + " " + takes);
    }
    if (takes != pooled + TimeIds.COUNT * each) {
      throw unet.unexpected(
          input,
          (pooled + TimeIds.COUNT * each)
              + ", the projection_dim of text_encoder_2 and "
              + TimeIds.COUNT
              + " times addition_time_embed_dim,");
    }
  }

  private static SgidException refiner(Path file, String by) {
    return JsonFile.broken(
        file,
        "This is the refiner of Stable Diffusion XL ("
            + by
            + "), which goes over what the base has made and is not run here; take Stable"
            + " Diffusion XL base or SDXL-Turbo",
        null);
  }

  /** For messages. */
  String text() {
    return isXl ? "Stable Diffusion XL" : "Stable Diffusion 1 or 2";
  }
}

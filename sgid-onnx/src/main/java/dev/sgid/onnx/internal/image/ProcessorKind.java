package dev.sgid.onnx.internal.image;

import dev.sgid.onnx.internal.JsonFile;
import dev.sgid.onnx.internal.image.PillowResize.Filter;

/** The image processors whose rules are known, and what their constructors take for granted. */
enum ProcessorKind {
  CLIP("CLIP image processor", 224, Filter.BICUBIC),
  BLIP("BLIP image processor", 384, Filter.BICUBIC),
  VIT("ViT image processor", 224, Filter.BILINEAR),
  SIGLIP("SigLIP image processor", 224, Filter.BICUBIC),
  /** A file that does not say what it is for: read as CLIP's, cropped only if it says how. */
  UNNAMED("nameless image processor", 224, Filter.BICUBIC);

  private final String label;
  private final int size;
  private final Filter filter;

  ProcessorKind(String label, int size, Filter filter) {
    this.label = label;
    this.size = size;
    this.filter = filter;
  }

  static ProcessorKind of(JsonFile config) {
    String key =
        config.has("image_processor_type") ? "image_processor_type" : "feature_extractor_type";
    // what comes after the name is how transformers computes it: on tensors, or with Pillow
    return switch (config.string(key, "").replaceFirst("(?<=Processor)(Fast|Pil)$", "")) {
      case "CLIPImageProcessor", "CLIPFeatureExtractor" -> CLIP;
      case "BlipImageProcessor" -> BLIP;
      case "ViTImageProcessor", "ViTFeatureExtractor" -> VIT;
      case "SiglipImageProcessor" -> SIGLIP;
      case "" -> UNNAMED;
      default ->
          throw config.unexpected(
              key,
              "CLIPImageProcessor, BlipImageProcessor, ViTImageProcessor or SiglipImageProcessor");
    };
  }

  String label() {
    return label;
  }

  /** Edge in pixels, of the picture and of the crop. */
  int size() {
    return size;
  }

  Filter filter() {
    return filter;
  }

  /** Whether a size given as one number is that of the shortest edge. */
  boolean intIsShortestEdge() {
    return this == CLIP || this == UNNAMED;
  }

  boolean crops(JsonFile config) {
    return this == CLIP || (this == UNNAMED && config.has("crop_size"));
  }

  double[] mean() {
    return this == VIT || this == SIGLIP
        ? new double[] {0.5, 0.5, 0.5}
        : new double[] {0.48145466, 0.4578275, 0.40821073};
  }

  double[] std() {
    return this == VIT || this == SIGLIP
        ? new double[] {0.5, 0.5, 0.5}
        : new double[] {0.26862954, 0.26130258, 0.27577711};
  }
}

package dev.sgid.onnx.clip;

import dev.sgid.SgidException;
import dev.sgid.internal.RgbImage;
import dev.sgid.onnx.internal.PixelInput;
import dev.sgid.onnx.internal.image.ImageProcessor;
import dev.sgid.onnx.internal.runtime.Binding;
import dev.sgid.onnx.internal.runtime.OnnxModel;
import dev.sgid.onnx.internal.text.TextTokenizer;
import java.util.List;

/**
 * A graph for texts, input_ids[, attention_mask] (B, length) → text_embeds (B, width), and one for
 * images, pixel_values (B, 3, S, S) → image_embeds (B, width); of SigLIP, pooler_output.
 */
final class SeparateTowers implements ClipModel {
  private final OnnxModel text;
  private final OnnxModel vision;
  private final ClipFamily family;
  private final PixelInput pixels;
  private final String textEmbeds;
  private final String imageEmbeds;

  /**
   * Checks the graphs.
   *
   * @param length of every text, in tokens
   * @throws SgidException naming the file, what was expected and what was found
   */
  SeparateTowers(
      OnnxModel text, OnnxModel vision, ClipFamily family, ImageProcessor processor, int length) {
    this.text = text;
    this.vision = vision;
    this.family = family;
    this.textEmbeds = Tower.requireTexts(text, family, length);
    this.imageEmbeds = Tower.requireImages(vision, family);
    this.pixels = PixelInput.of(vision, processor);
    text.requireNoInputBut(Tower.TEXT_INPUTS);
    vision.requireNoInputBut(List.of(pixels.name()));
    long width = text.requireOutput(textEmbeds).dimension(1);
    long imageWidth = vision.requireOutput(imageEmbeds).dimension(1);
    if (width > 0 && imageWidth > 0 && width != imageWidth) {
      throw vision.mismatch(
          imageEmbeds + " as wide as " + text.file() + " has " + textEmbeds + ", " + width,
          String.valueOf(imageWidth));
    }
  }

  @Override
  public Embeddings embed(List<RgbImage> images, List<TextTokenizer.Encoded> texts) {
    return new Embeddings(
        images.isEmpty() ? List.of() : embedImages(images),
        texts.isEmpty() ? List.of() : embedTexts(texts));
  }

  @Override
  public boolean dependsOnBatch() {
    return text.dependsOnBatch() || vision.dependsOnBatch();
  }

  private List<float[]> embedImages(List<RgbImage> images) {
    try (Binding binding = vision.bind()) {
      pixels.bind(binding, images);
      Binding.Fetched embeds = binding.fetch(imageEmbeds);
      binding.run();
      return Tower.unitRows(vision, embeds, images.size());
    }
  }

  private List<float[]> embedTexts(List<TextTokenizer.Encoded> texts) {
    try (Binding binding = text.bind()) {
      Tower.bindTexts(text, family, binding, texts);
      Binding.Fetched embeds = binding.fetch(textEmbeds);
      binding.run();
      return Tower.unitRows(text, embeds, texts.size());
    }
  }
}

package dev.sgid.onnx.clip;

import dev.sgid.LogitScale;
import dev.sgid.SgidException;
import dev.sgid.internal.RgbImage;
import dev.sgid.onnx.internal.PixelInput;
import dev.sgid.onnx.internal.image.ImageProcessor;
import dev.sgid.onnx.internal.runtime.Binding;
import dev.sgid.onnx.internal.runtime.OnnxModel;
import dev.sgid.onnx.internal.text.TextTokenizer;
import java.util.ArrayList;
import java.util.List;

/**
 * One graph for both: input_ids[, attention_mask] (T, length), pixel_values (B, 3, S, S) →
 * text_embeds (T, width), image_embeds (B, width). It always wants both, so what is not asked for
 * is made up.
 */
final class CombinedModel implements ClipModel {
  private static final RgbImage ANY_IMAGE = new RgbImage(1, 1, new byte[3]);

  private static final String LOGITS = "logits_per_image";
  private static final double LEAST_COSINE = 0.01; // below it, rounding decides the quotient

  private final OnnxModel model;
  private final PixelInput pixels;
  private final TextTokenizer.Encoded anyText;

  /**
   * Checks the graph.
   *
   * @param anyText any text, of the length that every text has
   * @throws SgidException naming the file, what was expected and what was found
   */
  CombinedModel(OnnxModel model, ImageProcessor processor, TextTokenizer.Encoded anyText) {
    this.model = model;
    this.anyText = anyText;
    Tower.requireTexts(model, anyText.ids().length);
    this.pixels = Tower.requireImages(model, processor);
    List<String> inputs = new ArrayList<>(Tower.TEXT_INPUTS);
    inputs.add(pixels.name());
    model.requireNoInputBut(inputs);
  }

  @Override
  public Embeddings embed(List<RgbImage> images, List<TextTokenizer.Encoded> texts) {
    if (images.isEmpty() && texts.isEmpty()) {
      return new Embeddings(List.of(), List.of());
    }
    try (Binding binding = model.bind()) {
      Tower.bindTexts(model, binding, texts.isEmpty() ? List.of(anyText) : texts);
      pixels.bind(binding, images.isEmpty() ? List.of(ANY_IMAGE) : images);
      Binding.Fetched imageEmbeds = binding.fetch("image_embeds");
      Binding.Fetched textEmbeds = binding.fetch("text_embeds");
      binding.run();
      return new Embeddings(
          Tower.unitRows(model, imageEmbeds, images.size()),
          Tower.unitRows(model, textEmbeds, texts.size()));
    }
  }

  /** A cosine and what the graph makes of it tell the scale, which no config has as trained. */
  @Override
  public LogitScale logitScale() {
    if (model.output(LOGITS).isEmpty()) {
      return LogitScale.USUAL;
    }
    try (Binding binding = model.bind()) {
      Tower.bindTexts(model, binding, List.of(anyText));
      pixels.bind(binding, List.of(ANY_IMAGE));
      Binding.Fetched imageEmbeds = binding.fetch("image_embeds");
      Binding.Fetched textEmbeds = binding.fetch("text_embeds");
      Binding.Fetched logits = binding.fetch(LOGITS); // (1, 1)
      binding.run();
      double cosine =
          dev.sgid.internal.Embeddings.cosine(
              Tower.unitRows(model, imageEmbeds, 1).get(0),
              Tower.unitRows(model, textEmbeds, 1).get(0));
      double scale = logits.values().get(0) / cosine;
      boolean telling = Math.abs(cosine) > LEAST_COSINE && scale > 0 && !Double.isInfinite(scale);
      return telling ? new LogitScale(scale, "graph") : LogitScale.USUAL;
    }
  }
}

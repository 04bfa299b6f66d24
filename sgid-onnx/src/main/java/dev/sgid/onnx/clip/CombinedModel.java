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

  /** Of two texts; what SigLIP adds to their logits falls out of the difference. */
  private static final double LEAST_DIFFERENCE = 1e-3;

  private final OnnxModel model;
  private final ClipFamily family;
  private final PixelInput pixels;
  private final String textEmbeds;
  private final String imageEmbeds;
  private final List<TextTokenizer.Encoded> anyTexts;

  /**
   * Checks the graph.
   *
   * @param anyTexts any two texts, of the length that every text has
   * @throws SgidException naming the file, what was expected and what was found
   */
  CombinedModel(
      OnnxModel model,
      ClipFamily family,
      ImageProcessor processor,
      List<TextTokenizer.Encoded> anyTexts) {
    this.model = model;
    this.family = family;
    this.anyTexts = List.copyOf(anyTexts);
    this.textEmbeds = Tower.requireTexts(model, ClipFamily.CLIP, anyTexts.get(0).ids().length);
    this.imageEmbeds = Tower.requireImages(model, ClipFamily.CLIP);
    this.pixels = PixelInput.of(model, processor);
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
      Tower.bindTexts(model, family, binding, texts.isEmpty() ? anyTexts.subList(0, 1) : texts);
      pixels.bind(binding, images.isEmpty() ? List.of(ANY_IMAGE) : images);
      Binding.Fetched ofImages = binding.fetch(imageEmbeds);
      Binding.Fetched ofTexts = binding.fetch(textEmbeds);
      binding.run();
      return new Embeddings(
          Tower.unitRows(model, ofImages, images.size()),
          Tower.unitRows(model, ofTexts, texts.size()));
    }
  }

  @Override
  public boolean dependsOnBatch() {
    return model.dependsOnBatch();
  }

  /** A cosine and what the graph makes of it tell the scale, which no config has as trained. */
  @Override
  public LogitScale logitScale() {
    if (model.output(LOGITS).isEmpty()) {
      return LogitScale.USUAL;
    }
    try (Binding binding = model.bind()) {
      Tower.bindTexts(model, family, binding, anyTexts);
      pixels.bind(binding, List.of(ANY_IMAGE));
      Binding.Fetched ofImages = binding.fetch(imageEmbeds);
      Binding.Fetched ofTexts = binding.fetch(textEmbeds);
      Binding.Fetched logits = binding.fetch(LOGITS); // (1, 2)
      binding.run();
      float[] image = Tower.unitRows(model, ofImages, 1).get(0);
      List<float[]> texts = Tower.unitRows(model, ofTexts, 2);
      double first = dev.sgid.internal.Embeddings.cosine(image, texts.get(0));
      double second = dev.sgid.internal.Embeddings.cosine(image, texts.get(1));
      float[] found = {logits.values().get(0), logits.values().get(1)};
      return family == ClipFamily.CLIP
          ? quotient(found[0], first, LEAST_COSINE)
          : quotient((double) found[0] - found[1], first - second, LEAST_DIFFERENCE);
    }
  }

  private static LogitScale quotient(double logit, double cosine, double least) {
    double scale = logit / cosine;
    boolean telling = Math.abs(cosine) > least && scale > 0 && !Double.isInfinite(scale);
    return telling ? new LogitScale(scale, "graph") : LogitScale.USUAL;
  }
}

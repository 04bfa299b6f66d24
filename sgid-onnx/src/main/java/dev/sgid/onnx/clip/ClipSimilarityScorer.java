package dev.sgid.onnx.clip;

import static java.util.Objects.requireNonNull;

import dev.sgid.Device;
import dev.sgid.LogitScale;
import dev.sgid.SgidException;
import dev.sgid.SimilarityScorer;
import dev.sgid.Stage;
import dev.sgid.internal.Lifetime;
import dev.sgid.internal.Lru;
import dev.sgid.internal.Require;
import dev.sgid.internal.RgbImage;
import dev.sgid.onnx.internal.JsonFile;
import dev.sgid.onnx.internal.ModelFiles;
import dev.sgid.onnx.internal.Owned;
import dev.sgid.onnx.internal.image.ImageProcessor;
import dev.sgid.onnx.internal.recognition.Recognition;
import dev.sgid.onnx.internal.runtime.OnnxModel;
import dev.sgid.onnx.internal.runtime.Placement;
import dev.sgid.onnx.internal.text.TextTokenizer;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Cosine similarity in the embedding space of a CLIP [1] or SigLIP [2].
 *
 * <p>Its folder holds {@code text_model.onnx} (input_ids[, attention_mask] → text_embeds) and
 * {@code vision_model.onnx} (pixel_values → image_embeds), or one {@code model.onnx} with all of
 * these, in the folder itself or in {@code onnx} below; {@code config.json}, {@code
 * preprocessor_config.json} and the tokenizer's files. Embeddings are brought to length 1, whether
 * or not the graphs do so. A text that is too long is cut as transformers cuts it.
 *
 * <p>Thread-safe; after {@link #close()}, {@link IllegalStateException}.
 *
 * <p>[1] A. Radford et al., "Learning Transferable Visual Models From Natural Language
 * Supervision", ICML 2021. [2] X. Zhai et al., "Sigmoid Loss for Language Image Pre-Training", ICCV
 * 2023; its towers may give pooler_output instead.
 */
public final class ClipSimilarityScorer implements SimilarityScorer, AutoCloseable {
  private static final String TEXT = "text_model";
  private static final String VISION = "vision_model";
  private static final String BOTH = "model";
  private static final int CPU_BATCH = 8;
  private static final int GPU_BATCH = 64;
  private static final int CACHED_TEXTS = 4096;

  private final TextTokenizer tokenizer;
  private final boolean lowerCase; // of all texts
  private final ClipModel model;
  private final int batch; // images, or texts, that share a call
  private final Lru<String, float[]> known = new Lru<>(CACHED_TEXTS);
  private final Lifetime lifetime;

  private ClipSimilarityScorer(ModelFiles files, Placement placement, Owned owned) {
    Path folder = files.folder();
    Recognition.requireScorer(folder);
    JsonFile config = JsonFile.read(folder.resolve("config.json"));
    ClipFamily family = ClipFamily.of(folder, config);
    TextTokenizer text =
        TextTokenizer.open(folder, config.object("text_config"), family.usualLength());
    this.tokenizer = owned.add(text, text::close);
    this.lowerCase = family.isInLowerCase(folder);
    ImageProcessor processor = ImageProcessor.read(folder);
    if (!files.has(TEXT) && !files.has(VISION) && !files.has(BOTH)) {
      throw JsonFile.broken(
          folder, "Neither text_model.onnx and vision_model.onnx nor model.onnx in", null);
    }
    if (files.rank(BOTH) < Math.max(files.rank(TEXT), files.rank(VISION))) {
      this.model =
          new CombinedModel(
              open(files.graph(BOTH), placement, owned),
              family,
              processor,
              List.of(tokenizer.encode(""), tokenizer.encode("a photo")));
    } else {
      this.model =
          new SeparateTowers(
              open(files.graph(TEXT), placement, owned),
              open(files.graph(VISION), placement, owned),
              family,
              processor,
              tokenizer.maxLength());
    }
    int usual = placement.device().kind() == Device.Kind.CPU ? CPU_BATCH : GPU_BATCH;
    this.batch = model.dependsOnBatch() ? 1 : usual;
    this.lifetime = new Lifetime("The scorer of " + folder, owned::close);
  }

  /**
   * Opens a CLIP folder.
   *
   * @param device where it runs
   * @param threads how many CPU threads a model uses, at least 1; 0 for as many as there are
   *     processors
   * @throws SgidException naming the file, what was expected and what was found
   */
  public static ClipSimilarityScorer open(Path folder, Device device, int threads) {
    return open(folder, device, threads, "");
  }

  /**
   * The same, of the variant of the graphs that is asked for.
   *
   * @param variant which one is taken of each graph that has it, {@code fp16} for {@code
   *     text_model_fp16.onnx}; empty for the most exact
   * @throws SgidException as without a variant
   */
  public static ClipSimilarityScorer open(Path folder, Device device, int threads, String variant) {
    ModelFiles files =
        new ModelFiles(requireNonNull(folder, "folder"), requireNonNull(variant, "variant"));
    Placement placement = Placement.of(device, Require.atLeast(0, threads, "threads"));
    Owned owned = new Owned();
    return owned.opening(() -> new ClipSimilarityScorer(files, placement, owned));
  }

  private static OnnxModel open(Path file, Placement placement, Owned owned) {
    OnnxModel opened = OnnxModel.open(file, Stage.SIMILARITY, placement);
    return owned.add(opened, opened::close);
  }

  /** {@inheritDoc} The same picture given twice is embedded once. */
  @Override
  public List<float[]> embedImages(List<BufferedImage> images) {
    requireEach(images, "images");
    IdentityHashMap<BufferedImage, float[]> embedded = new IdentityHashMap<>();
    Set<BufferedImage> distinct = Collections.newSetFromMap(new IdentityHashMap<>());
    List<BufferedImage> toDo = images.stream().filter(distinct::add).toList();
    try (Lifetime.Use use = lifetime.use()) {
      for (List<BufferedImage> some : batches(toDo)) {
        List<float[]> made =
            model.embed(some.stream().map(RgbImage::of).toList(), List.of()).images();
        for (int i = 0; i < some.size(); i++) {
          embedded.put(some.get(i), made.get(i));
        }
      }
    }
    return images.stream().map(image -> requireNonNull(embedded.get(image))).toList();
  }

  /** {@inheritDoc} Those of the last few thousand texts are remembered. */
  @Override
  public List<float[]> embedTexts(List<String> texts) {
    requireEach(texts, "texts");
    Map<String, float[]> embedded = new HashMap<>();
    List<String> toDo = new ArrayList<>();
    for (String text : new LinkedHashSet<>(texts)) {
      float[] embedding = known.get(text);
      if (embedding == null) {
        toDo.add(text);
      } else {
        embedded.put(text, embedding);
      }
    }
    try (Lifetime.Use use = lifetime.use()) {
      for (List<String> some : batches(toDo)) {
        List<float[]> made =
            model.embed(List.of(), some.stream().map(this::encode).toList()).texts();
        for (int i = 0; i < some.size(); i++) {
          embedded.put(some.get(i), made.get(i));
          known.put(some.get(i), made.get(i));
        }
      }
    }
    return texts.stream().map(text -> requireNonNull(embedded.get(text))).toList();
  }

  private TextTokenizer.Encoded encode(String text) {
    return tokenizer.encode(lowerCase ? text.toLowerCase(Locale.ROOT) : text);
  }

  /**
   * This scorer, which stays the one to close, with a logit scale that is known from elsewhere. The
   * graph of the model alone rarely has it.
   */
  public SimilarityScorer withLogitScale(LogitScale scale) {
    requireNonNull(scale, "scale");
    return new SimilarityScorer() {
      @Override
      public List<float[]> embedImages(List<BufferedImage> images) {
        return ClipSimilarityScorer.this.embedImages(images);
      }

      @Override
      public List<float[]> embedTexts(List<String> texts) {
        return ClipSimilarityScorer.this.embedTexts(texts);
      }

      @Override
      public LogitScale logitScale() {
        return scale;
      }
    };
  }

  /**
   * {@inheritDoc} A single graph with {@code logits_per_image} tells it; towers of their own don't.
   */
  @Override
  public LogitScale logitScale() {
    try (Lifetime.Use use = lifetime.use()) {
      return model.logitScale();
    }
  }

  private static void requireEach(List<?> list, String name) {
    requireNonNull(list, name);
    for (int i = 0; i < list.size(); i++) {
      Object ignored = requireNonNull(list.get(i), name + "[" + i + "]");
    }
  }

  private <T> List<List<T>> batches(List<T> all) {
    List<List<T>> batches = new ArrayList<>();
    for (int from = 0; from < all.size(); from += batch) {
      batches.add(all.subList(from, Math.min(from + batch, all.size())));
    }
    return batches;
  }

  /** Waits for running calls and frees the models. A second call does nothing. */
  @Override
  public void close() {
    lifetime.close();
  }
}

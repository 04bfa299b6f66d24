package dev.sgid.onnx.clip;

import static java.util.Objects.requireNonNull;

import dev.sgid.Device;
import dev.sgid.SgidException;
import dev.sgid.SimilarityScorer;
import dev.sgid.Stage;
import dev.sgid.internal.Lifetime;
import dev.sgid.internal.Require;
import dev.sgid.internal.RgbImage;
import dev.sgid.onnx.internal.JsonFile;
import dev.sgid.onnx.internal.ModelFiles;
import dev.sgid.onnx.internal.Owned;
import dev.sgid.onnx.internal.image.ImageProcessor;
import dev.sgid.onnx.internal.runtime.OnnxModel;
import dev.sgid.onnx.internal.runtime.Placement;
import dev.sgid.onnx.internal.text.TextTokenizer;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Cosine similarity in CLIP's embedding space [1].
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
 * Supervision", ICML 2021.
 */
public final class ClipSimilarityScorer implements SimilarityScorer, AutoCloseable {
  private static final int CPU_BATCH = 8;
  private static final int GPU_BATCH = 64;
  private static final int CACHED_TEXTS = 4096;

  private final TextTokenizer tokenizer;
  private final ClipModel model;
  private final int batch; // images, or texts, that share a call
  private final EmbeddingCache known = new EmbeddingCache(CACHED_TEXTS);
  private final Lifetime lifetime;

  private ClipSimilarityScorer(Path folder, Placement placement, Owned owned) {
    this.batch = placement.device().kind() == Device.Kind.CPU ? CPU_BATCH : GPU_BATCH;
    JsonFile config = JsonFile.read(folder.resolve("config.json"));
    TextTokenizer text = TextTokenizer.open(folder, config.object("text_config"));
    this.tokenizer = owned.add(text, text::close);
    ImageProcessor processor = ImageProcessor.read(folder);
    Path textFile = ModelFiles.find(folder, "text_model.onnx");
    Path visionFile = ModelFiles.find(folder, "vision_model.onnx");
    Path bothFile = ModelFiles.find(folder, "model.onnx");
    if (!Files.exists(textFile) && !Files.exists(visionFile)) {
      if (!Files.exists(bothFile)) {
        throw JsonFile.broken(
            folder, "Neither text_model.onnx and vision_model.onnx nor model.onnx in", null);
      }
      this.model =
          new CombinedModel(open(bothFile, placement, owned), processor, tokenizer.encode(""));
    } else {
      this.model =
          new SeparateTowers(
              open(textFile, placement, owned),
              open(visionFile, placement, owned),
              processor,
              tokenizer.maxLength());
    }
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
    requireNonNull(folder, "folder");
    Placement placement = Placement.of(device, Require.atLeast(0, threads, "threads"));
    Owned owned = new Owned();
    return owned.opening(() -> new ClipSimilarityScorer(folder, placement, owned));
  }

  private static OnnxModel open(Path file, Placement placement, Owned owned) {
    OnnxModel opened = OnnxModel.open(file, Stage.SIMILARITY, placement);
    return owned.add(opened, opened::close);
  }

  @Override
  public double[] score(BufferedImage image, List<String> texts) {
    requireNonNull(image, "image");
    requireNonNull(texts, "texts");
    return scoreAll(List.of(image), List.of(texts)).get(0);
  }

  /** {@inheritDoc} Equal texts, and the same picture given twice, are embedded once. */
  @Override
  public List<double[]> scoreAll(List<BufferedImage> images, List<List<String>> texts) {
    requireNonNull(images, "images");
    requireNonNull(texts, "texts");
    if (images.size() != texts.size()) {
      throw new IllegalArgumentException(
          images.size() + " images need as many lists of texts, there are " + texts.size());
    }
    Set<String> distinct = new LinkedHashSet<>();
    for (List<String> own : texts) {
      if (own.isEmpty()) {
        throw new IllegalArgumentException("texts must not be empty");
      }
      distinct.addAll(own);
    }
    try (Lifetime.Use use = lifetime.use()) {
      Embedded embedded = embed(images, new ArrayList<>(distinct));
      List<double[]> scores = new ArrayList<>();
      for (int i = 0; i < images.size(); i++) {
        float[] image = embedded.image(images.get(i));
        scores.add(
            texts.get(i).stream().mapToDouble(t -> cosine(image, embedded.text(t))).toArray());
      }
      return scores;
    }
  }

  @Override
  public double similarity(BufferedImage a, BufferedImage b) {
    requireNonNull(a, "a");
    requireNonNull(b, "b");
    try (Lifetime.Use use = lifetime.use()) {
      Embedded embedded = embed(List.of(a, b), List.of());
      return cosine(embedded.image(a), embedded.image(b));
    }
  }

  private record Embedded(Map<BufferedImage, float[]> images, Map<String, float[]> texts) {
    float[] image(BufferedImage image) {
      return requireNonNull(images.get(image));
    }

    float[] text(String text) {
      return requireNonNull(texts.get(text));
    }
  }

  /** Embeds what is not known yet, in as few calls as the batch allows. */
  private Embedded embed(List<BufferedImage> images, List<String> texts) {
    IdentityHashMap<BufferedImage, float[]> imageEmbeddings = new IdentityHashMap<>();
    Map<String, float[]> textEmbeddings = new HashMap<>();
    Set<BufferedImage> newImages = Collections.newSetFromMap(new IdentityHashMap<>());
    List<BufferedImage> imagesToDo = images.stream().filter(newImages::add).toList();
    List<String> textsToDo = new ArrayList<>();
    for (String text : texts) {
      float[] embedding = known.get(text);
      if (embedding == null) {
        textsToDo.add(text);
      } else {
        textEmbeddings.put(text, embedding);
      }
    }
    for (int from = 0; from < Math.max(imagesToDo.size(), textsToDo.size()); from += batch) {
      List<BufferedImage> someImages = slice(imagesToDo, from);
      List<String> someTexts = slice(textsToDo, from);
      ClipModel.Embeddings embeddings =
          model.embed(
              someImages.stream().map(RgbImage::of).toList(),
              someTexts.stream().map(tokenizer::encode).toList());
      for (int i = 0; i < someImages.size(); i++) {
        imageEmbeddings.put(someImages.get(i), embeddings.images().get(i));
      }
      for (int i = 0; i < someTexts.size(); i++) {
        textEmbeddings.put(someTexts.get(i), embeddings.texts().get(i));
        known.put(someTexts.get(i), embeddings.texts().get(i));
      }
    }
    return new Embedded(imageEmbeddings, textEmbeddings);
  }

  private <T> List<T> slice(List<T> all, int from) {
    return all.subList(Math.min(from, all.size()), Math.min(from + batch, all.size()));
  }

  /** The dot product of two vectors of length 1, kept within [-1, 1]. */
  private static double cosine(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return Math.max(-1, Math.min(1, sum));
  }

  /** Waits for running calls and frees the models. A second call does nothing. */
  @Override
  public void close() {
    lifetime.close();
  }
}

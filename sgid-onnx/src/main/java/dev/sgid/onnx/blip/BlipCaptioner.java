package dev.sgid.onnx.blip;

import static java.util.Objects.requireNonNull;

import dev.sgid.Captioner;
import dev.sgid.Device;
import dev.sgid.SgidException;
import dev.sgid.Stage;
import dev.sgid.internal.Lifetime;
import dev.sgid.internal.Require;
import dev.sgid.internal.RgbImage;
import dev.sgid.onnx.internal.ModelFiles;
import dev.sgid.onnx.internal.Owned;
import dev.sgid.onnx.internal.generation.Context;
import dev.sgid.onnx.internal.generation.DecoderModel;
import dev.sgid.onnx.internal.generation.Hypothesis;
import dev.sgid.onnx.internal.generation.TextGenerator;
import dev.sgid.onnx.internal.image.ImageProcessor;
import dev.sgid.onnx.internal.runtime.OnnxModel;
import dev.sgid.onnx.internal.runtime.Placement;
import dev.sgid.onnx.internal.text.TextTokenizer;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Captions images with BLIP [1], token for token as transformers' {@code
 * BlipForConditionalGeneration.generate} does with the same {@link BlipOptions}.
 *
 * <p>Its folder holds {@code vision_model.onnx} (pixel_values (B, 3, S, S) → last_hidden_state (B,
 * n, width)), {@code text_decoder.onnx} (input_ids, attention_mask, encoder_hidden_states and,
 * where it caches, past_key_values.* → logits, present.*), {@code config.json}, {@code
 * preprocessor_config.json} and the tokenizer's files. Where the first also gives encoder.*, the
 * second may take that in place of encoder_hidden_states.
 *
 * <p>Thread-safe; after {@link #close()}, {@link IllegalStateException}.
 *
 * <p>[1] J. Li et al., "BLIP: Bootstrapping Language-Image Pre-training for Unified Vision-Language
 * Understanding and Generation", ICML 2022.
 */
public final class BlipCaptioner implements Captioner, AutoCloseable {
  private static final int CPU_BATCH = 4;
  private static final int GPU_BATCH = 16;

  /** Of what is seen of the images that share a call; BLIP base's keys are 42 MB an image. */
  private static final long MOST_BYTES = 1 << 26;

  private final TextTokenizer tokenizer;
  private final BlipVision vision;
  private final Map<String, String> seen; // the vision model's outputs, by the decoder's inputs
  private final TextGenerator generator;
  private final int batch; // images that share a call, at most
  private volatile int together = 1; // as many do; one until it is known how much is seen of it
  private final Lifetime lifetime;

  private BlipCaptioner(Path folder, Placement placement, BlipOptions options, Owned owned) {
    BlipConfig config = BlipConfig.read(folder);
    this.batch = placement.device().kind() == Device.Kind.CPU ? CPU_BATCH : GPU_BATCH;
    TextTokenizer text = TextTokenizer.open(folder, config.positions());
    this.tokenizer = owned.add(text, text::close);
    text.requireVocabulary(config.vocabulary());
    OnnxModel visionModel = open(folder, "vision_model.onnx", placement, owned);
    this.vision = BlipVision.of(visionModel, ImageProcessor.read(folder));
    OnnxModel decoder = open(folder, "text_decoder.onnx", placement, owned);
    this.seen = vision.seenBy(decoder);
    this.generator =
        new TextGenerator(
            DecoderModel.of(
                decoder, seen.keySet(), config.vocabulary(), config.heads(), config.hiddenSize()),
            options.generation(),
            prompt(config.start(), options.prefix()),
            config.end(),
            config.positions());
    this.lifetime = new Lifetime("The captioner of " + folder, owned::close);
  }

  /**
   * Opens a BLIP folder.
   *
   * @param device where it runs
   * @param threads how many CPU threads a model uses, at least 1; 0 for as many as there are
   *     processors
   * @param options how captions are searched for
   * @throws SgidException naming the file, what was expected and what was found
   * @throws IllegalArgumentException if prefix and new tokens together are more than the model
   *     takes
   */
  public static BlipCaptioner open(Path folder, Device device, int threads, BlipOptions options) {
    requireNonNull(folder, "folder");
    requireNonNull(options, "options");
    Placement placement = Placement.of(device, Require.atLeast(0, threads, "threads"));
    Owned owned = new Owned();
    return owned.opening(() -> new BlipCaptioner(folder, placement, options, owned));
  }

  private static OnnxModel open(Path folder, String name, Placement placement, Owned owned) {
    OnnxModel model = OnnxModel.open(ModelFiles.find(folder, name), Stage.CAPTION, placement);
    return owned.add(model, model::close);
  }

  /** The start token and the prefix; a tokenizer puts [CLS] before it, and [SEP] behind. */
  private int[] prompt(int start, String prefix) {
    if (prefix.isEmpty()) {
      return new int[] {start};
    }
    long[] encoded = tokenizer.encodeUnpadded(prefix).ids();
    int[] ids = new int[encoded.length - 1];
    Arrays.setAll(ids, i -> i == 0 ? start : Math.toIntExact(encoded[i]));
    return ids;
  }

  /** {@inheritDoc} An image alone: see {@link #captionAll}. */
  @Override
  public List<String> caption(BufferedImage image, int candidates, long seed) {
    requireNonNull(image, "image");
    return captionAll(List.of(image), candidates, List.of(seed)).get(0);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Beam search gives its {@code max(candidates, beams)} sequences, sampling gives {@code
   * candidates} of them, greedy search one; of equal texts the first is kept, and blank ones only
   * where there is nothing else. Sampling's are ordered by their mean log-probability. Only
   * sampling uses the seeds: each is that of {@code torch.manual_seed} before a call with this
   * image alone.
   */
  @Override
  public List<List<String>> captionAll(
      List<BufferedImage> images, int candidates, List<Long> seeds) {
    requireNonNull(images, "images");
    requireNonNull(seeds, "seeds");
    Require.atLeast(1, candidates, "candidates");
    if (images.size() != seeds.size()) {
      throw new IllegalArgumentException(
          images.size() + " images need as many seeds, there are " + seeds.size());
    }
    List<List<String>> captions = new ArrayList<>();
    for (List<Hypothesis> found : generate(images, candidates, seeds)) {
      captions.add(generator.texts(found, candidates, this::text));
    }
    return captions;
  }

  /** What the searches find, per image, in their own order. */
  List<List<Hypothesis>> generate(List<BufferedImage> images, int candidates, List<Long> seeds) {
    List<List<Hypothesis>> found = new ArrayList<>();
    try (Lifetime.Use use = lifetime.use()) {
      for (int from = 0, to; from < images.size(); from = to) {
        to = Math.min(from + together, images.size());
        Map<String, Context> context =
            vision.encode(images.subList(from, to).stream().map(RgbImage::of).toList(), seen);
        found.addAll(generator.generate(context, candidates, seeds.subList(from, to)));
        long floats = context.values().stream().mapToLong(Context::perThing).sum();
        together = together(batch, Float.BYTES * floats);
      }
    }
    return found;
  }

  /** How many images share a call where {@code bytes} are kept of each. */
  static int together(int batch, long bytes) {
    return (int) Math.max(1, Math.min(batch, MOST_BYTES / Math.max(1, bytes)));
  }

  /** The words of a sequence, without special tokens. */
  String text(Hypothesis hypothesis) {
    long[] ids = hypothesis.ids().stream().mapToLong(Integer::longValue).toArray();
    return tokenizer.decode(ids, true).strip();
  }

  /** Waits for running calls and frees the models. A second call does nothing. */
  @Override
  public void close() {
    lifetime.close();
  }
}

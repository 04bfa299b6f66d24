package dev.sgid.onnx.blip;

import static java.util.Objects.requireNonNull;

import dev.sgid.Captioner;
import dev.sgid.Device;
import dev.sgid.SgidException;
import dev.sgid.Stage;
import dev.sgid.internal.Require;
import dev.sgid.onnx.internal.ModelFiles;
import dev.sgid.onnx.internal.Owned;
import dev.sgid.onnx.internal.captioner.ImageCaptions;
import dev.sgid.onnx.internal.captioner.ImageEncoder;
import dev.sgid.onnx.internal.generation.DecoderModel;
import dev.sgid.onnx.internal.generation.Hypothesis;
import dev.sgid.onnx.internal.generation.TextGenerator;
import dev.sgid.onnx.internal.image.ImageProcessor;
import dev.sgid.onnx.internal.runtime.OnnxModel;
import dev.sgid.onnx.internal.runtime.Placement;
import dev.sgid.onnx.internal.text.TextTokenizer;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
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
  private final ImageCaptions captions;

  private BlipCaptioner(ModelFiles files, Placement placement, BlipOptions options, Owned owned) {
    Path folder = files.folder();
    BlipConfig config = BlipConfig.read(folder);
    TextTokenizer text = TextTokenizer.open(folder, config.positions());
    owned.add(text, text::close);
    text.requireVocabulary(config.vocabulary());
    OnnxModel visionModel = open(files.graph("vision_model"), placement, owned);
    ImageEncoder vision = ImageEncoder.of(visionModel, ImageProcessor.read(folder));
    OnnxModel decoder = open(files.graph("text_decoder"), placement, owned);
    Map<String, String> seen = vision.seenBy(decoder);
    TextGenerator generator =
        new TextGenerator(
            DecoderModel.of(
                decoder, seen.keySet(), config.vocabulary(), config.heads(), config.hiddenSize()),
            options.generation(),
            prompt(text, config.start(), options.prefix()),
            config.end(),
            config.positions());
    this.captions =
        new ImageCaptions(text, vision, seen, generator, placement.device().kind(), folder, owned);
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
    return open(folder, device, threads, options, "");
  }

  /**
   * The same, of the variant of the graphs that is asked for.
   *
   * @param variant which one is taken of each graph that has it, {@code fp16} for {@code
   *     vision_model_fp16.onnx}; empty for the most exact
   * @throws SgidException as without a variant
   * @throws IllegalArgumentException as without a variant
   */
  public static BlipCaptioner open(
      Path folder, Device device, int threads, BlipOptions options, String variant) {
    ModelFiles files =
        new ModelFiles(requireNonNull(folder, "folder"), requireNonNull(variant, "variant"));
    requireNonNull(options, "options");
    Placement placement = Placement.of(device, Require.atLeast(0, threads, "threads"));
    Owned owned = new Owned();
    return owned.opening(() -> new BlipCaptioner(files, placement, options, owned));
  }

  private static OnnxModel open(Path file, Placement placement, Owned owned) {
    OnnxModel model = OnnxModel.open(file, Stage.CAPTION, placement);
    return owned.add(model, model::close);
  }

  /** The start token and the prefix; a tokenizer puts [CLS] before it, and [SEP] behind. */
  private static int[] prompt(TextTokenizer tokenizer, int start, String prefix) {
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
    return captions.caption(image, candidates, seed);
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
    return captions.captionAll(images, candidates, seeds);
  }

  /** What the searches find, per image, in their own order. */
  List<List<Hypothesis>> generate(List<BufferedImage> images, int candidates, List<Long> seeds) {
    return captions.generate(images, candidates, seeds);
  }

  /** The words of a sequence, without special tokens. */
  String text(Hypothesis hypothesis) {
    return captions.text(hypothesis);
  }

  /** Waits for running calls and frees the models. A second call does nothing. */
  @Override
  public void close() {
    captions.close();
  }
}

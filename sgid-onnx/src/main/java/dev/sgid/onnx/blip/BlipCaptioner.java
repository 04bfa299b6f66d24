package dev.sgid.onnx.blip;

import static java.util.Objects.requireNonNull;

import dev.sgid.Captioner;
import dev.sgid.Device;
import dev.sgid.SgidException;
import dev.sgid.Stage;
import dev.sgid.internal.Lifetime;
import dev.sgid.internal.Require;
import dev.sgid.internal.RgbImage;
import dev.sgid.onnx.blip.BlipOptions.Strategy;
import dev.sgid.onnx.internal.ModelFiles;
import dev.sgid.onnx.internal.Owned;
import dev.sgid.onnx.internal.image.ImageProcessor;
import dev.sgid.onnx.internal.runtime.OnnxModel;
import dev.sgid.onnx.internal.runtime.Placement;
import dev.sgid.onnx.internal.text.TextTokenizer;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

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

  /** Of what is seen of images, copied for each row of a call: 144 rows of BLIP base's states. */
  private static final long MOST_BYTES = 1 << 28;

  private final BlipConfig config;
  private final BlipOptions options;
  private final TextTokenizer tokenizer;
  private final BlipVision vision;
  private final DecoderModel decoder;
  private final int batch; // images that share a call, at most
  private final int[] prompt;
  private final Lifetime lifetime;

  private BlipCaptioner(Path folder, Placement placement, BlipOptions options, Owned owned) {
    this.options = options;
    this.config = BlipConfig.read(folder);
    this.batch = placement.device().kind() == Device.Kind.CPU ? CPU_BATCH : GPU_BATCH;
    TextTokenizer text = TextTokenizer.open(folder, config.positions());
    this.tokenizer = owned.add(text, text::close);
    this.prompt = prompt();
    OnnxModel visionModel = open(folder, "vision_model.onnx", placement, owned);
    this.vision = BlipVision.of(visionModel, ImageProcessor.read(folder));
    OnnxModel decoderModel = open(folder, "text_decoder.onnx", placement, owned);
    this.decoder = DecoderModel.of(decoderModel, config, vision);
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
  private int[] prompt() {
    int[] ids = {config.start()};
    if (!options.prefix().isEmpty()) {
      long[] encoded = tokenizer.encodeUnpadded(options.prefix()).ids();
      ids = new int[encoded.length - 1];
      for (int i = 0; i < ids.length; i++) {
        ids[i] = Math.toIntExact(encoded[i]);
      }
      ids[0] = config.start();
    }
    if (options.maxNewTokens() > config.positions() - ids.length) {
      throw new IllegalArgumentException(
          "The prompt's %d tokens and maxNewTokens, %d, are more than the %d that the model takes"
              .formatted(ids.length, options.maxNewTokens(), config.positions()));
    }
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
      captions.add(texts(found, candidates));
    }
    return captions;
  }

  /** What the searches find, per image, in their own order. */
  List<List<Hypothesis>> generate(List<BufferedImage> images, int candidates, List<Long> seeds) {
    List<List<Hypothesis>> found = new ArrayList<>();
    int together = decoder.takesKeys() ? 1 : batch; // of one image they are 42 MB for BLIP base
    try (Lifetime.Use use = lifetime.use()) {
      for (int from = 0; from < images.size(); from += together) {
        int to = Math.min(from + together, images.size());
        Map<String, BlipVision.Seen> seen =
            vision.encode(
                images.subList(from, to).stream().map(RgbImage::of).toList(),
                decoder.seen().values());
        found.addAll(search(seen, candidates, seeds.subList(from, to)));
      }
    }
    return found;
  }

  /** Searches captions of images that the vision model has seen, as many at a time as fit. */
  private List<List<Hypothesis>> search(
      Map<String, BlipVision.Seen> seen, int candidates, List<Long> seeds) {
    long floats = seen.values().stream().mapToLong(BlipVision.Seen::perImage).sum();
    int perCall = imagesPerCall(rows(options, candidates), Float.BYTES * floats);
    List<List<Hypothesis>> found = new ArrayList<>();
    for (int from = 0; from < seeds.size(); from += perCall) {
      int first = from;
      int last = Math.min(from + perCall, seeds.size());
      Map<String, BlipVision.Seen> some = new LinkedHashMap<>();
      seen.forEach((output, all) -> some.put(output, all.of(first, last)));
      List<Search> searches =
          seeds.subList(first, last).stream()
              .map(seed -> search(options, config.end(), prompt, candidates, seed))
              .toList();
      try (BlipDecoder looking = new BlipDecoder(decoder, some, searches.size())) {
        Search.run(looking, searches);
      }
      searches.forEach(search -> found.add(search.result()));
    }
    return found;
  }

  /** How many images share a call where each has {@code rows} sequences; an image is not split. */
  static int imagesPerCall(int rows, long bytesPerRow) {
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, MOST_BYTES / (rows * bytesPerRow)));
  }

  /** How many sequences a search for one image looks at side by side. */
  static int rows(BlipOptions options, int candidates) {
    return switch (options.strategy()) {
      case GREEDY -> 1;
      case BEAM -> Math.max(candidates, options.beams());
      case SAMPLE -> candidates;
    };
  }

  /** A search for one image. */
  static Search search(BlipOptions options, int end, int[] prompt, int candidates, long seed) {
    Limits limits =
        new Limits(
            end,
            prompt.length,
            prompt.length + options.minNewTokens(),
            prompt.length + options.maxNewTokens(),
            options.repetitionPenalty());
    int rows = rows(options, candidates);
    return switch (options.strategy()) {
      case GREEDY -> new GreedySearch(limits, prompt);
      case BEAM -> new BeamSearch(limits, prompt, rows, options);
      case SAMPLE -> new NucleusSampling(limits, prompt, rows, options, seed);
    };
  }

  private List<String> texts(List<Hypothesis> found, int candidates) {
    List<Hypothesis> likeliest = new ArrayList<>(found);
    if (options.strategy() == Strategy.SAMPLE) {
      likeliest.sort(Comparator.comparing(Hypothesis::score).reversed());
    }
    Set<String> texts = new LinkedHashSet<>();
    for (Hypothesis hypothesis : likeliest) {
      String text = text(hypothesis);
      if (!text.isEmpty() && texts.size() < candidates) {
        texts.add(text);
      }
    }
    return texts.isEmpty() ? List.of("") : List.copyOf(texts);
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

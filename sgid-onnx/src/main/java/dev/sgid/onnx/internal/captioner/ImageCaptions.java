package dev.sgid.onnx.internal.captioner;

import static java.util.Objects.requireNonNull;

import dev.sgid.Captioner;
import dev.sgid.Device;
import dev.sgid.internal.Lifetime;
import dev.sgid.internal.Require;
import dev.sgid.internal.RgbImage;
import dev.sgid.onnx.internal.Owned;
import dev.sgid.onnx.internal.generation.Context;
import dev.sgid.onnx.internal.generation.Hypothesis;
import dev.sgid.onnx.internal.generation.TextGenerator;
import dev.sgid.onnx.internal.text.TextTokenizer;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * From pictures to captions: what an encoder sees is what a decoder writes about, as many pictures
 * at a time as fit.
 *
 * <p>Thread-safe; after {@link #close()}, {@link IllegalStateException}.
 */
public final class ImageCaptions implements Captioner, AutoCloseable {
  private static final int CPU_BATCH = 4;
  private static final int GPU_BATCH = 16;

  /** Of what is seen of the images that share a call; BLIP base's keys are 42 MB an image. */
  private static final long MOST_BYTES = 1 << 26;

  private final TextTokenizer tokenizer;
  private final ImageEncoder encoder;
  private final Map<String, String> seen; // the encoder's outputs, by the decoder's inputs
  private final TextGenerator generator;
  private final Lifetime lifetime;
  private final int batch; // images that share a call, at most
  private volatile int together = 1; // as many do; one until it is known how much is seen of it

  /**
   * @param seen as {@link ImageEncoder#seenBy} gives it
   * @param device where the models run
   * @param folder what they were opened from, for messages
   * @param owned what is closed with this
   */
  public ImageCaptions(
      TextTokenizer tokenizer,
      ImageEncoder encoder,
      Map<String, String> seen,
      TextGenerator generator,
      Device.Kind device,
      Path folder,
      Owned owned) {
    this.lifetime = new Lifetime("The captioner of " + folder, owned::close);
    this.tokenizer = tokenizer;
    this.encoder = encoder;
    this.seen = seen;
    this.generator = generator;
    int usual = device == Device.Kind.CPU ? CPU_BATCH : GPU_BATCH;
    boolean alone = encoder.model().dependsOnBatch() || generator.dependsOnBatch();
    this.batch = alone ? 1 : usual;
  }

  @Override
  public List<String> caption(BufferedImage image, int candidates, long seed) {
    requireNonNull(image, "image");
    return captionAll(List.of(image), candidates, List.of(seed)).get(0);
  }

  @Override
  public List<List<String>> captionAll(
      List<BufferedImage> images, int candidates, List<Long> seeds) {
    try (Lifetime.Use use = lifetime.use()) {
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
  }

  /** What the searches find, per image, in their own order. */
  public List<List<Hypothesis>> generate(
      List<BufferedImage> images, int candidates, List<Long> seeds) {
    try (Lifetime.Use use = lifetime.use()) {
      List<List<Hypothesis>> found = new ArrayList<>();
      for (int from = 0, to; from < images.size(); from = to) {
        to = Math.min(from + together, images.size());
        Map<String, Context> context =
            encoder.encode(images.subList(from, to).stream().map(RgbImage::of).toList(), seen);
        found.addAll(generator.generate(context, candidates, seeds.subList(from, to)));
        long floats = context.values().stream().mapToLong(Context::perThing).sum();
        together = together(batch, Float.BYTES * floats);
      }
      return found;
    }
  }

  /** How many images share a call where {@code bytes} are kept of each. */
  static int together(int batch, long bytes) {
    return (int) Math.max(1, Math.min(batch, MOST_BYTES / Math.max(1, bytes)));
  }

  /** The words of a sequence, without special tokens. */
  public String text(Hypothesis hypothesis) {
    long[] ids = hypothesis.ids().stream().mapToLong(Integer::longValue).toArray();
    return tokenizer.decode(ids, true).strip();
  }

  /** Waits for running calls and frees the models. A second call does nothing. */
  @Override
  public void close() {
    lifetime.close();
  }
}

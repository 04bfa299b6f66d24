package dev.sgid;

import static java.util.Objects.requireNonNull;

import dev.sgid.BackendOptions.Part;
import dev.sgid.internal.Lifetime;
import dev.sgid.internal.RgbImage;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes an image-classification training set larger without making it wrong.
 *
 * <pre>{@code
 * try (Sgid sgid = Sgid.open()) {
 *   Augmentation a = sgid.augment(image, "ankle boot");
 *   ImageIO.write(a.image(), "png", file);
 * }
 * }</pre>
 *
 * <p>Thread-safe. Images passed in are never changed. What a copy looks like depends on the image,
 * its label, the settings, the base seed and the copy's index; the batch, the order and the thread
 * change no more than how the models' arithmetic rounds, and with the embedded pack on a CPU
 * nothing at all. Interrupting a thread ends its call within one run of a model, with an {@link
 * SgidException} that {@link SgidException#isCancelled()}.
 */
public final class Sgid implements AutoCloseable {
  private final Pipeline pipeline;
  private final Settings settings;
  private final StepListener listener;
  private final Optional<Domain> domain;
  private final @Nullable OpenPack pack;
  private final Lifetime lifetime;
  private final Set<StreamRun> streams = ConcurrentHashMap.newKeySet(); // of open streams

  Sgid(
      Pipeline pipeline,
      Settings settings,
      StepListener listener,
      Optional<Domain> domain,
      @Nullable OpenPack pack) {
    this.pipeline = pipeline;
    this.settings = settings;
    this.listener = listener;
    this.domain = domain;
    this.pack = pack;
    this.lifetime =
        new Lifetime(
            "Sgid",
            () -> {
              if (pack != null) {
                pack.close();
              }
            });
  }

  /**
   * Opens the pack that is on the class path, with default settings.
   *
   * @throws SgidException if there is no pack or no backend, or more than one, or it can't be
   *     opened
   */
  public static Sgid open() {
    return builder().build();
  }

  /**
   * Opens a model pack with default settings.
   *
   * @param modelPack the pack's folder
   * @throws SgidException naming the file, what was expected and what was found
   */
  public static Sgid open(Path modelPack) {
    return builder(modelPack).build();
  }

  /** Builds on the pack that is on the class path. */
  public static SgidBuilder builder() {
    return new SgidBuilder(true, null);
  }

  /**
   * Builds on a model pack.
   *
   * @param modelPack the pack's folder
   */
  public static SgidBuilder builder(Path modelPack) {
    return new SgidBuilder(true, requireNonNull(modelPack, "modelPack"));
  }

  /**
   * Builds on stages of the caller's own, which {@link #close()} leaves open. What is said of
   * device, threads, lanes, batch, folders and shutdown is for packs, and has no effect on them.
   */
  public static SgidBuilder builder(
      Captioner captioner, SimilarityScorer scorer, Img2ImgGenerator generator) {
    return new SgidBuilder(false, null)
        .withCaptioner(captioner)
        .withScorer(scorer)
        .withGenerator(generator);
  }

  /**
   * Makes one copy, that of index 0.
   *
   * @param image the original
   * @param label the class name; {@code _} is read as a space
   * @throws IllegalArgumentException if the label is blank
   * @throws SgidException if a stage fails or the thread is interrupted
   * @throws IllegalStateException if closed
   */
  public Augmentation augment(BufferedImage image, String label) {
    return augment(image, label, 1).get(0);
  }

  /**
   * Makes several copies, those of index 0 to {@code copies - 1}.
   *
   * @param image the original
   * @param label the class name; {@code _} is read as a space
   * @param copies how many, at least 1
   * @throws IllegalArgumentException if the label is blank or {@code copies} less than 1
   * @throws SgidException if a stage fails, a copy included, or the thread is interrupted
   * @throws IllegalStateException if closed
   */
  public List<Augmentation> augment(BufferedImage image, String label, int copies) {
    return augmentAll(List.of(AugmentRequest.of(image, label).withCopies(copies))).stream()
        .map(Outcome::orThrow)
        .toList();
  }

  /**
   * Makes all copies of all requests, in batches across images. All pictures are in memory at the
   * end: {@link #stream} is for large data sets.
   *
   * @param requests any mix
   * @return the requests in order, the copies of each in order; a copy that could not be made is a
   *     {@link FailedCopy}, and the others are not lost
   * @throws IllegalArgumentException if a request's settings ask for what the models can't do
   * @throws SgidException if the thread is interrupted, or nothing works any more
   * @throws IllegalStateException if closed
   */
  public List<Outcome> augmentAll(List<AugmentRequest> requests) {
    requireEach(requests);
    try (Lifetime.Use use = lifetime.use()) {
      StreamRun run = new StreamRun(pipeline, lifetime::share, requests.iterator(), listener);
      try {
        List<Outcome> outcomes = new ArrayList<>();
        while (run.hasNext()) {
          outcomes.add(run.next());
        }
        return outcomes;
      } finally {
        run.close();
      }
    }
  }

  /**
   * Makes all copies of all requests as they come, and hands them out as they are done. Where an
   * image fails its copies are {@link FailedCopy}s, and the rest goes on.
   *
   * @param requests read by one thread at a time, not the caller's, a little ahead of what is
   *     handed out; what it throws, the consumer gets after the outcomes of the requests before
   * @return to be pulled by one thread, and closed
   * @throws IllegalStateException if closed
   */
  public AugmentationStream stream(Iterator<? extends AugmentRequest> requests) {
    requireNonNull(requests, "requests");
    try (Lifetime.Use use = lifetime.use()) {
      StreamRun run = new StreamRun(pipeline, lifetime::use, requests, listener);
      streams.add(run);
      return new AugmentationStream(run, lifetime, streams);
    }
  }

  /**
   * Captions and scores images as {@link #augmentAll} does, without making copies. What is found is
   * remembered for the last 1,024 images, which are not captioned again then.
   *
   * @param requests any mix; their copies don't matter
   * @return the chosen caption of each, in order
   * @throws SgidException if a stage fails or the thread is interrupted
   * @throws IllegalStateException if closed
   */
  public List<ScoredCaption> captionAll(List<AugmentRequest> requests) {
    requireEach(requests);
    try (Lifetime.Use use = lifetime.use()) {
      return new CaptionRun(pipeline, lifetime).run(requests);
    }
  }

  /**
   * How alike two images are, as the scorer sees it: the cosine of their embeddings, in [-1, 1].
   *
   * @throws SgidException if the model fails or the thread is interrupted
   * @throws IllegalStateException if closed
   */
  public double similarity(BufferedImage a, BufferedImage b) {
    requireNonNull(a, "a");
    requireNonNull(b, "b");
    try (Lifetime.Use use = lifetime.use()) {
      return pipeline.similarity(a, b);
    }
  }

  /**
   * Where images lie in the scorer's space: the cosine of two embeddings says how alike two images
   * are. Images and copies that were embedded a short while ago are not embedded again.
   *
   * @param images any sizes
   * @return one vector of length 1 per image, in order, not to be changed
   * @throws SgidException if the model fails or the thread is interrupted
   * @throws IllegalStateException if closed
   */
  public List<float[]> embedImages(List<BufferedImage> images) {
    requireNonNull(images, "images");
    try (Lifetime.Use use = lifetime.use()) {
      return pipeline.embedAll(images);
    }
  }

  /**
   * Tells which of some labels an image shows, each put into the text that suits the pack.
   *
   * @param labels class names, all different; {@code _} is read as a space
   * @throws IllegalArgumentException if there are none, or one is blank or there twice
   * @throws SgidException if the model fails or the thread is interrupted
   * @throws IllegalStateException if closed
   */
  public ZeroShot zeroShot(List<String> labels) {
    ZeroShot.requireDistinct(labels);
    try (Lifetime.Use use = lifetime.use()) {
      return pipeline.zeroShot(labels);
    }
  }

  /**
   * How far an image is from what the pack knows, see {@link Domain}; empty where the pack does not
   * say what it knows.
   *
   * @throws SgidException if the model fails or the thread is interrupted
   * @throws IllegalStateException if closed
   */
  public OptionalDouble domainDistance(BufferedImage image) {
    requireNonNull(image, "image");
    try (Lifetime.Use use = lifetime.use()) {
      return domain.isEmpty()
          ? OptionalDouble.empty()
          : OptionalDouble.of(domain.get().distance(pipeline.embed(List.of(image)).get(0)));
    }
  }

  private void requireEach(List<AugmentRequest> requests) {
    requireNonNull(requests, "requests");
    for (int i = 0; i < requests.size(); i++) {
      AugmentRequest request = requireNonNull(requests.get(i), "requests[" + i + "]");
      Settings own = request.settings();
      if (own != null) {
        Img2ImgGenerator generator = pipeline.generator();
        generator.requireSupported(generator.resolve(own.generation()));
      }
    }
  }

  /** The settings that hold where a request brings none. */
  public Settings settings() {
    return settings;
  }

  /**
   * What tells images apart, whatever object or file they come from: SHA-256 of size and pixels, in
   * hexadecimal. Copies have that of their original, {@link Augmentation#identity()}; a stage of
   * the caller's own knows by it which image it was given.
   *
   * @param image any size, not changed
   */
  public static String identity(BufferedImage image) {
    return RgbImage.of(requireNonNull(image, "image")).identity();
  }

  /** The library's version, like {@code 0.1.0}. */
  public static String version() {
    return Version.TEXT;
  }

  /** The base seed, from which each copy's seed is derived. */
  public long seed() {
    return pipeline.baseSeed();
  }

  /**
   * The models in use, and what runs them; those of the pack, also where stages of the caller's own
   * take the place of some.
   */
  public PackInfo pack() {
    return pipeline.pack();
  }

  /** What the pack knows; empty where it does not say, or for a scorer of the caller's own. */
  public Optional<Domain> domain() {
    return domain;
  }

  /**
   * SHA-256 over the files of the pack that were opened, in hexadecimal; empty for stages of the
   * caller's own. It is worked out beside other work, and waited for here.
   *
   * @throws SgidException if a file can't be read any more
   */
  public Optional<String> packDigest() {
    return Optional.ofNullable(pack).map(OpenPack::digest);
  }

  /**
   * The same for each part that was taken from a folder of its own, over that part's files.
   *
   * @throws SgidException if a file can't be read any more
   */
  public Map<Part, String> partDigests() {
    Map<Part, String> digests = new EnumMap<>(Part.class);
    if (pack != null) {
      pack().fromFolders().forEach(part -> digests.put(part, pack.digest(part)));
    }
    return digests;
  }

  /**
   * Closes open streams, waits for running calls and closes what this opened. A second call does
   * nothing.
   *
   * @throws IllegalStateException if called from within one of its own calls, as by a listener
   */
  @Override
  public void close() {
    lifetime.refuse(); // no lane begins any more
    streams.forEach(StreamRun::close);
    lifetime.close();
  }
}

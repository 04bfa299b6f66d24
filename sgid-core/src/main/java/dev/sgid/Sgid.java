package dev.sgid;

import static java.util.Objects.requireNonNull;

import dev.sgid.BackendOptions.Part;
import dev.sgid.internal.Lifetime;
import dev.sgid.internal.Require;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.UnaryOperator;
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
  private final Set<AugmentationStream> streams = ConcurrentHashMap.newKeySet(); // open ones

  private Sgid(
      Pipeline pipeline,
      Builder builder,
      Settings settings,
      Optional<Domain> domain,
      @Nullable OpenPack pack) {
    this.pipeline = pipeline;
    this.settings = settings;
    this.listener = builder.listener;
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
  public static Builder builder() {
    return new Builder(true, null);
  }

  /**
   * Builds on a model pack.
   *
   * @param modelPack the pack's folder
   */
  public static Builder builder(Path modelPack) {
    return new Builder(true, requireNonNull(modelPack, "modelPack"));
  }

  /**
   * Builds on stages of the caller's own, which {@link #close()} leaves open. What is said of
   * device, threads, lanes, batch and folders is for packs, and has no effect on them.
   */
  public static Builder builder(
      Captioner captioner, SimilarityScorer scorer, Img2ImgGenerator generator) {
    return new Builder(false, null)
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
    try (Lifetime.Use use = lifetime.use();
        AugmentationStream stream = new AugmentationStream(run(requests.iterator()), () -> {})) {
      List<Outcome> outcomes = new ArrayList<>();
      stream.forEachRemaining(outcomes::add);
      return outcomes;
    }
  }

  /**
   * Makes all copies of all requests as they come, and hands them out as they are done. Where an
   * image fails its copies are {@link FailedCopy}s, and the rest goes on.
   *
   * @param requests read by one thread at a time, not the caller's, a little ahead of what is handed
   *     out; what it throws, the consumer gets after the outcomes of the requests before
   * @return to be pulled by one thread, and closed
   * @throws IllegalStateException if closed
   */
  public AugmentationStream stream(Iterator<? extends AugmentRequest> requests) {
    requireNonNull(requests, "requests");
    try (Lifetime.Use use = lifetime.use()) {
      AtomicReference<AugmentationStream> self = new AtomicReference<>();
      AugmentationStream stream =
          new AugmentationStream(run(requests), () -> streams.remove(self.get()));
      self.set(stream);
      streams.add(stream);
      return stream;
    }
  }

  private StreamRun run(Iterator<? extends AugmentRequest> requests) {
    return new StreamRun(pipeline, lifetime, requests, listener);
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
        pipeline.generator().requireSupported(own.generation());
      }
    }
  }

  /** The settings that hold where a request brings none. */
  public Settings settings() {
    return settings;
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
   * Closes open streams, waits for running calls and closes what this opened. A second call does
   * nothing.
   *
   * @throws IllegalStateException if called from within one of its own calls, as by a listener
   */
  @Override
  public void close() {
    lifetime.requireOutside();
    streams.forEach(AugmentationStream::close);
    lifetime.close();
  }

  /**
   * Settings for an {@link Sgid}. Each is checked when given; what depends on the models or on
   * other settings, by {@link #build()}. Not thread-safe.
   */
  public static final class Builder {
    private final boolean onPack;
    private final @Nullable Path modelPack;

    private @Nullable Captioner captioner;
    private @Nullable SimilarityScorer scorer;
    private @Nullable Img2ImgGenerator generator;
    private UnaryOperator<Settings> overrides = UnaryOperator.identity();
    private Device device = BackendOptions.DEFAULTS.device();
    private int threads = BackendOptions.DEFAULTS.threads();
    private int lanes = BackendOptions.DEFAULTS.lanes();
    private int batch = BackendOptions.DEFAULTS.batch();
    private final Map<Part, Path> folders = new EnumMap<>(Part.class);
    private long seed;
    private StepListener listener = StepListener.NONE;
    private @Nullable Path cacheFolder;

    private Builder(boolean onPack, @Nullable Path modelPack) {
      this.onPack = onPack;
      this.modelPack = modelPack;
    }

    /**
     * A captioner of the caller's own, which {@link Sgid#close()} leaves open, in place of the
     * pack's, which need not have one then. Default: the pack's.
     */
    public Builder withCaptioner(Captioner captioner) {
      this.captioner = requireNonNull(captioner, "captioner");
      return this;
    }

    /** A scorer, as {@link #withCaptioner} takes a captioner. Default: the pack's. */
    public Builder withScorer(SimilarityScorer scorer) {
      this.scorer = requireNonNull(scorer, "scorer");
      return this;
    }

    /** A generator, as {@link #withCaptioner} takes a captioner. Default: the pack's. */
    public Builder withGenerator(Img2ImgGenerator generator) {
      this.generator = requireNonNull(generator, "generator");
      return this;
    }

    /**
     * How image-to-image makes pictures: {@code withGeneration(g -> g.withNoiseRate(0.6))}. Default:
     * the pack's, or {@link GenerationSettings#DEFAULTS}.
     *
     * @param change gets what was set before, and gives what is to hold
     */
    public Builder withGeneration(UnaryOperator<GenerationSettings> change) {
      requireNonNull(change, "change");
      return override(s -> s.withGeneration(change));
    }

    /** Settings of any kind, as {@link #withGeneration} takes those of generation. */
    public Builder withSettings(UnaryOperator<Settings> change) {
      return override(requireNonNull(change, "change"));
    }

    /**
     * From similarity to guidance scale. Default: the pack's, or linear from 3 at a similarity of
     * 0.15 to 7.5 at 0.35.
     */
    public Builder withGuidance(GuidanceSchedule guidance) {
      return override(s -> s.withGuidance(guidance));
    }

    /** From label and caption to prompt. Default: the pack's, or {@code {label}, {caption}}. */
    public Builder withPrompt(PromptTemplate prompt) {
      return override(s -> s.withPrompt(prompt));
    }

    /** How many caption candidates are made, in [1, 100]. Default: the pack's, or 3. */
    public Builder withCaptions(int captions) {
      return override(s -> s.withCaptions(captions));
    }

    /** Which caption candidate is taken. Default: {@link CaptionChoice#best()}. */
    public Builder withCaptionChoice(CaptionChoice captionChoice) {
      return override(s -> s.withCaptionChoice(captionChoice));
    }

    /**
     * Whether images that are far from all that the pack knows are refused instead of warned of.
     * Default: they are warned of.
     */
    public Builder withStrict(boolean strict) {
      return override(s -> s.withStrict(strict));
    }

    /** The base seed, from which each copy's seed is derived. Default: 0. */
    public Builder withSeed(long baseSeed) {
      this.seed = baseSeed;
      return this;
    }

    /** Hears of every denoising step. Default: nobody does. */
    public Builder withStepListener(StepListener stepListener) {
      this.listener = requireNonNull(stepListener, "stepListener");
      return this;
    }

    /** Where the models run. Default: {@link Device#AUTO}. */
    public Builder withDevice(Device device) {
      this.device = requireNonNull(device, "device");
      return this;
    }

    /**
     * How many CPU threads are used, by all lanes together, at least 1; more than there are
     * processors count as that many. Default: as many as there are processors.
     */
    public Builder withThreads(int threads) {
      this.threads = Require.atLeast(1, threads, "threads");
      return this;
    }

    /**
     * How many batches of pictures are worked on side by side, at least 1; more than there are
     * threads count as that many. No picture depends on it. Default: on a CPU one for each thread
     * where the UNet is small, else one.
     */
    public Builder withLanes(int lanes) {
      this.lanes = Require.atLeast(1, lanes, "lanes");
      return this;
    }

    /** How many pictures share a lane's UNet call, at least 1. Default: 4 on a CPU, 8 on a GPU. */
    public Builder withBatch(int batch) {
      this.batch = Require.atLeast(1, batch, "batch");
      return this;
    }

    /** The folder of a captioner, in place of the pack's. */
    public Builder withCaptioner(Path folder) {
      return withFolder(Part.CAPTIONER, folder);
    }

    /** The folder of a scorer, in place of the pack's. */
    public Builder withScorer(Path folder) {
      return withFolder(Part.SCORER, folder);
    }

    /** The folder of a generator, in place of the pack's. */
    public Builder withGenerator(Path folder) {
      return withFolder(Part.GENERATOR, folder);
    }

    private Builder withFolder(Part part, Path folder) {
      folders.put(part, requireNonNull(folder, "folder"));
      return this;
    }

    /**
     * Where the pack of the class path is unpacked, once. Default: the system property {@code
     * sgid.cache}, the environment variable {@code SGID_CACHE}, or the user's cache folder.
     */
    public Builder withCacheFolder(Path folder) {
      this.cacheFolder = requireNonNull(folder, "folder");
      return this;
    }

    private Builder override(UnaryOperator<Settings> change) {
      Settings ignored = change.apply(Settings.DEFAULTS); // complains at the call that is wrong
      UnaryOperator<Settings> before = overrides;
      overrides = s -> change.apply(before.apply(s));
      return this;
    }

    /**
     * Opens what is needed.
     *
     * @throws IllegalArgumentException if the settings don't go together or ask for what the
     *     generator can't do
     * @throws SgidException if a pack or a device can't be used; nothing stays open then
     */
    public Sgid build() {
      if (!onPack) {
        return sgid(null, PackInfo.CUSTOM, Settings.DEFAULTS);
      }
      SgidBackend backend = Backends.only(); // before anything is unpacked for nobody
      Path folder = modelPack != null ? modelPack : EmbeddedPack.unpack(cacheFolder);
      BackendOptions options =
          new BackendOptions(device, threads, lanes, batch, folders, replaced());
      OpenPack pack = backend.open(folder, options);
      try {
        return sgid(pack, pack.info(), pack.defaults());
      } catch (RuntimeException | Error e) {
        try {
          pack.close();
        } catch (RuntimeException inClose) {
          e.addSuppressed(inClose);
        }
        throw e;
      }
    }

    private Set<Part> replaced() {
      Set<Part> replaced = EnumSet.noneOf(Part.class);
      if (captioner != null) {
        replaced.add(Part.CAPTIONER);
      }
      if (scorer != null) {
        replaced.add(Part.SCORER);
      }
      if (generator != null) {
        replaced.add(Part.GENERATOR);
      }
      return replaced;
    }

    private Sgid sgid(@Nullable OpenPack pack, PackInfo info, Settings defaults) {
      Captioner captions = stage(captioner, pack, OpenPack::captioner);
      SimilarityScorer scores = stage(scorer, pack, OpenPack::scorer);
      Img2ImgGenerator generates = stage(generator, pack, OpenPack::generator);
      Settings settings = overrides.apply(defaults);
      generates.requireSupported(settings.generation().requireRunnable());
      Optional<Domain> domain = pack == null ? Optional.empty() : pack.domain();
      Pipeline pipeline =
          new Pipeline(
              captions, scores, generates, info, settings, seed, new Notices(domain));
      return new Sgid(pipeline, this, settings, domain, pack);
    }

    /** The caller's own, or the pack's: without a pack, all are the caller's own. */
    private static <T> T stage(@Nullable T own, @Nullable OpenPack pack, Function<OpenPack, T> of) {
      return own != null ? own : of.apply(requireNonNull(pack, "pack"));
    }
  }
}

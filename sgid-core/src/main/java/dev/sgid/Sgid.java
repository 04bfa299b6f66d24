package dev.sgid;

import static java.util.Objects.requireNonNull;

import dev.sgid.BackendOptions.Part;
import dev.sgid.internal.Lifetime;
import dev.sgid.internal.Require;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
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
  private final @Nullable OpenPack pack;
  private final Lifetime lifetime;

  private Sgid(Pipeline pipeline, Builder builder, Settings settings, @Nullable OpenPack pack) {
    this.pipeline = pipeline;
    this.settings = settings;
    this.listener = builder.listener;
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
   * device, threads, batch and folders is for packs, and has no effect on them.
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
   * @throws IllegalArgumentException if the label is blank or settings ask for what the models
   *     can't do
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
   * @throws IllegalArgumentException if the label is blank, {@code copies} less than 1 or settings
   *     ask for what the models can't do
   * @throws SgidException if a stage fails, a copy included, or the thread is interrupted
   * @throws IllegalStateException if closed
   */
  public List<Augmentation> augment(BufferedImage image, String label, int copies) {
    List<Augmentation> augmentations =
        augmentAll(List.of(new AugmentRequest(image, label, "", 0, copies, null, null)));
    augmentations.forEach(Augmentation::image); // throws what made a copy fail
    return augmentations;
  }

  /**
   * Makes all copies of all requests, in batches across images. All pictures are in memory at the
   * end: large data sets are better cut into several calls, which leaves each picture its seed.
   *
   * @param requests any mix
   * @return the requests in order, the copies of each in order; a copy that came out broken has a
   *     {@link Augmentation#failure()}, and the others are not lost
   * @throws IllegalArgumentException if settings ask for what the models can't do
   * @throws SgidException if a stage fails as a whole or the thread is interrupted
   * @throws IllegalStateException if closed
   */
  public List<Augmentation> augmentAll(List<AugmentRequest> requests) {
    requireEach(requests);
    try (Lifetime.Use use = lifetime.use()) {
      return requests.isEmpty() ? List.of() : pipeline.augment(List.copyOf(requests), listener);
    }
  }

  /**
   * Captions and scores images as {@link #augmentAll} does, without making copies.
   *
   * @param requests any mix; their copies don't matter
   * @return the chosen caption of each, in order
   * @throws SgidException if a stage fails or the thread is interrupted
   * @throws IllegalStateException if closed
   */
  public List<ScoredCaption> captionAll(List<AugmentRequest> requests) {
    requireEach(requests);
    try (Lifetime.Use use = lifetime.use()) {
      return requests.isEmpty() ? List.of() : pipeline.captions(List.copyOf(requests));
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

  private static void requireEach(List<AugmentRequest> requests) {
    requireNonNull(requests, "requests");
    for (int i = 0; i < requests.size(); i++) {
      Object request = requests.get(i);
      requireNonNull(request, "requests[" + i + "]");
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
  public PackInfo models() {
    return pipeline.pack();
  }

  /**
   * The pack that this opened, until {@link #close()}; null for stages of the caller's own. Don't
   * close it: this does.
   */
  public @Nullable OpenPack pack() {
    return pack;
  }

  /**
   * Waits for running calls and closes what this opened. A second call does nothing.
   *
   * @throws IllegalStateException if called from within one of its own calls, as by a listener
   */
  @Override
  public void close() {
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
    private int batch = BackendOptions.DEFAULTS.batch();
    private @Nullable Path blip;
    private @Nullable Path clip;
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

    /** Fraction of the noising schedule that is run, in (0, 1]. Default: the pack's, or 0.5. */
    public Builder withNoiseRate(double noiseRate) {
      return override(s -> s.withNoiseRate(noiseRate));
    }

    /** Length of the whole schedule, at least 1. Default: the pack's, or 30. */
    public Builder withSteps(int steps) {
      return override(s -> s.withSteps(steps));
    }

    /** The scheduler, by diffusers' class name. Default: {@code DDIMScheduler}. */
    public Builder withScheduler(String scheduler) {
      return override(s -> s.withScheduler(scheduler));
    }

    /** DDIM's η, in [0, 1]. Default: the pack's, or 0. */
    public Builder withEta(double eta) {
      return override(s -> s.withEta(eta));
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

    /** What the pictures shall not show. Default: the pack's, or nothing. */
    public Builder withNegativePrompt(String negativePrompt) {
      return override(s -> s.withNegativePrompt(negativePrompt));
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
     * The size images are scaled to before they are padded; null to let the model decide. Default:
     * the pack's, or null.
     */
    public Builder withSize(@Nullable Size size) {
      return override(s -> s.withSize(size));
    }

    /** The size of the pictures handed out. Default: {@link OutputSize#ORIGINAL}. */
    public Builder withOutputSize(OutputSize outputSize) {
      return override(s -> s.withOutputSize(outputSize));
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
     * How many CPU threads one model uses, at least 1; more than there are processors count as that
     * many. Default: as many as there are processors.
     */
    public Builder withThreads(int threads) {
      this.threads = Require.atLeast(1, threads, "threads");
      return this;
    }

    /** How many pictures share a UNet call, at least 1. Default: 4 on a CPU, 8 on a GPU. */
    public Builder withBatch(int batch) {
      this.batch = Require.atLeast(1, batch, "batch");
      return this;
    }

    /** The captioner's folder. Default: the pack's {@code blip}. */
    public Builder withBlip(Path folder) {
      this.blip = requireNonNull(folder, "folder");
      return this;
    }

    /** The scorer's folder. Default: the pack's {@code clip}. */
    public Builder withClip(Path folder) {
      this.clip = requireNonNull(folder, "folder");
      return this;
    }

    /**
     * Where all is unpacked, once, that has to lie in files: the pack of the class path and the
     * native libraries, of which a JVM loads one copy: the first that opens a pack decides.
     * Default: the system property {@code sgid.cache}, the environment variable {@code SGID_CACHE},
     * or the user's cache folder.
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
      OpenPack pack =
          backend.open(
              folder,
              new BackendOptions(device, threads, batch, blip, clip, replaced(), cacheFolder));
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
      Settings.requireSteps(settings.noiseRate(), settings.steps());
      generates.requireSupported(settings);
      Pipeline pipeline = new Pipeline(captions, scores, generates, info, settings, seed);
      return new Sgid(pipeline, this, settings, pack);
    }

    /** The caller's own, or the pack's: without a pack, all are the caller's own. */
    private static <T> T stage(@Nullable T own, @Nullable OpenPack pack, Function<OpenPack, T> of) {
      return own != null ? own : of.apply(requireNonNull(pack, "pack"));
    }
  }
}

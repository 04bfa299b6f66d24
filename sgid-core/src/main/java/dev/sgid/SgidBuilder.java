package dev.sgid;

import static java.util.Objects.requireNonNull;

import dev.sgid.BackendOptions.Part;
import dev.sgid.internal.Require;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Settings for an {@link Sgid}. Each is checked when given; what depends on the models or on other
 * settings, by {@link #build()}. Not thread-safe.
 */
public final class SgidBuilder {
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
  private boolean safetyChecker = BackendOptions.DEFAULTS.safetyChecker();
  private @Nullable Path cacheFolder;
  private boolean lowMemory = BackendOptions.DEFAULTS.lowMemory();
  private String variant = "";
  private Duration shutdownGrace = Duration.ZERO;

  SgidBuilder(boolean onPack, @Nullable Path modelPack) {
    this.onPack = onPack;
    this.modelPack = modelPack;
  }

  /**
   * A captioner of the caller's own, which {@link Sgid#close()} leaves open, in place of the
   * pack's, which need not have one then; {@link Captioner#none()} for none at all. Default: the
   * pack's.
   */
  public SgidBuilder withCaptioner(Captioner captioner) {
    this.captioner = requireNonNull(captioner, "captioner");
    return this;
  }

  /** A scorer, as {@link #withCaptioner} takes a captioner. Default: the pack's. */
  public SgidBuilder withScorer(SimilarityScorer scorer) {
    this.scorer = requireNonNull(scorer, "scorer");
    return this;
  }

  /** A generator, as {@link #withCaptioner} takes a captioner. Default: the pack's. */
  public SgidBuilder withGenerator(Img2ImgGenerator generator) {
    this.generator = requireNonNull(generator, "generator");
    return this;
  }

  /**
   * How image-to-image makes pictures: {@code withGeneration(g -> g.withNoiseRate(0.6))}. Default:
   * the pack's, or {@link GenerationSettings#DEFAULTS}.
   *
   * @param change gets what was set before, and gives what is to hold
   */
  public SgidBuilder withGeneration(UnaryOperator<GenerationSettings> change) {
    requireNonNull(change, "change");
    return override(s -> s.withGeneration(change));
  }

  /** Settings of any kind, as {@link #withGeneration} takes those of generation. */
  public SgidBuilder withSettings(UnaryOperator<Settings> change) {
    return override(requireNonNull(change, "change"));
  }

  /**
   * From similarity to guidance scale. Default: the pack's, or linear from 3 at a similarity of
   * 0.15 to 7.5 at 0.35.
   */
  public SgidBuilder withGuidance(GuidanceSchedule guidance) {
    return override(s -> s.withGuidance(guidance));
  }

  /** From label and caption to prompt. Default: the pack's, or {@code {label}, {caption}}. */
  public SgidBuilder withPrompt(PromptTemplate prompt) {
    return override(s -> s.withPrompt(prompt));
  }

  /** How many caption candidates are made, in [1, 100]. Default: the pack's, or 3. */
  public SgidBuilder withCaptions(int captions) {
    return override(s -> s.withCaptions(captions));
  }

  /** Which caption candidate is taken. Default: {@link CaptionChoice#best()}. */
  public SgidBuilder withCaptionChoice(CaptionChoice captionChoice) {
    return override(s -> s.withCaptionChoice(captionChoice));
  }

  /**
   * Whether images that are far from all that the pack knows are refused instead of warned of.
   * Default: they are warned of.
   */
  public SgidBuilder withStrict(boolean strict) {
    return override(s -> s.withStrict(strict));
  }

  /** The base seed, from which each copy's seed is derived. Default: 0. */
  public SgidBuilder withSeed(long baseSeed) {
    this.seed = baseSeed;
    return this;
  }

  /** Hears of every denoising step. Default: nobody does. */
  public SgidBuilder withStepListener(StepListener stepListener) {
    this.listener = requireNonNull(stepListener, "stepListener");
    return this;
  }

  /** Where the models run. Default: {@link Device#AUTO}. */
  public SgidBuilder withDevice(Device device) {
    this.device = requireNonNull(device, "device");
    return this;
  }

  /**
   * How many CPU threads are used, by all lanes together, at least 1; more than there are
   * processors count as that many. Default: as many as there are processors.
   */
  public SgidBuilder withThreads(int threads) {
    this.threads = Require.atLeast(1, threads, "threads");
    return this;
  }

  /**
   * How many batches of pictures are worked on side by side, at least 1; more than there are
   * threads count as that many. No picture depends on it. Default: on a CPU one for each thread
   * where the UNet is small, else one.
   */
  public SgidBuilder withLanes(int lanes) {
    this.lanes = Require.atLeast(1, lanes, "lanes");
    return this;
  }

  /**
   * How many pictures share a lane's UNet call, at least 1. Default: 8, or 4 for a large UNet on a
   * CPU.
   */
  public SgidBuilder withBatch(int batch) {
    this.batch = Require.atLeast(1, batch, "batch");
    return this;
  }

  /**
   * Whether memory is saved at the cost of time: of the models that are large (of more than 64 MiB)
   * only the one that runs is open, in this process, and it is opened anew whenever its turn comes,
   * which takes seconds for each batch of pictures. Best with a large {@linkplain #withBatch
   * batch}. Small models stay open. Default: false.
   */
  public SgidBuilder withLowMemory(boolean lowMemory) {
    this.lowMemory = lowMemory;
    return this;
  }

  /** The folder of a captioner, in place of the pack's. */
  public SgidBuilder withCaptioner(Path folder) {
    return withFolder(Part.CAPTIONER, folder);
  }

  /** The folder of a scorer, in place of the pack's. */
  public SgidBuilder withScorer(Path folder) {
    return withFolder(Part.SCORER, folder);
  }

  /** The folder of a generator, in place of the pack's. */
  public SgidBuilder withGenerator(Path folder) {
    return withFolder(Part.GENERATOR, folder);
  }

  /**
   * Which form is taken of each model that is there in several: {@code fp16} for {@code
   * model_fp16.onnx}, {@code quantized}, {@code int8}; {@code fp32} for {@code model.onnx} itself.
   * A model that is not there in this form is taken in its usual one; if none is, {@link #build}
   * fails. Default: the most exact form of each.
   *
   * @param newVariant letters, digits, {@code _}, {@code .} and {@code -}, at least one
   */
  public SgidBuilder withVariant(String newVariant) {
    if (!requireNonNull(newVariant, "newVariant").matches("[\\w.-]+")) {
      throw new IllegalArgumentException(
          "The variant must be the end of a file's name, like fp16, is \"" + newVariant + "\"");
    }
    this.variant = newVariant;
    return this;
  }

  private SgidBuilder withFolder(Part part, Path folder) {
    folders.put(part, requireNonNull(folder, "folder"));
    return this;
  }

  /**
   * Whether the generator's safety checker is used, where it has one: a copy whose picture it flags
   * is made again with other seeds, up to 4 times, and then fails with an {@link SgidException}
   * that {@link SgidException#isFlagged()}. Nobody gets a flagged picture, nor a black one in its
   * place. Default: it is used.
   */
  public SgidBuilder withSafetyChecker(boolean used) {
    this.safetyChecker = used;
    return this;
  }

  /**
   * Where all is unpacked, once, that has to lie in files: the pack of the class path and the
   * native libraries, of which a JVM loads one copy: the first that opens a pack decides. Default:
   * the system property {@code sgid.cache}, the environment variable {@code SGID_CACHE}, or the
   * user's cache folder.
   */
  public SgidBuilder withCacheFolder(Path folder) {
    this.cacheFolder = requireNonNull(folder, "folder");
    return this;
  }

  /**
   * How long, from the beginning of the JVM's shutdown (SIGTERM, Ctrl-C, {@code System.exit}),
   * calls may go on and new ones may begin. The shutdown goes on as soon as the {@link Sgid} is
   * closed, so whoever gives a grace closes it when all calls are done: a server's own shutdown
   * hook, which runs at the same time, for one. If nobody closes it the shutdown takes all of the
   * grace. Of several open ones the longest grace holds for all. Default: zero, running calls are
   * cancelled.
   *
   * @param grace not negative; a bit more than what the host itself allows for
   */
  public SgidBuilder withShutdownGrace(Duration grace) {
    if (requireNonNull(grace, "grace").isNegative()) {
      throw new IllegalArgumentException("grace must not be negative, is " + grace);
    }
    this.shutdownGrace = grace;
    return this;
  }

  private SgidBuilder override(UnaryOperator<Settings> change) {
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
      return sgid(null, PackInfo.CUSTOM.withOthers(others()), Settings.DEFAULTS);
    }
    SgidBackend backend = Backends.only(); // before anything is unpacked for nobody
    OpenPack pack = backend.open(packFolder(), options());
    try {
      if (!shutdownGrace.isZero()) {
        pack.holdShutdown(shutdownGrace);
      }
      return sgid(pack, pack.info().withOthers(others()), pack.defaults());
    } catch (RuntimeException | Error e) {
      try {
        pack.close();
      } catch (RuntimeException inClose) {
        e.addSuppressed(inClose);
      }
      throw e;
    }
  }

  /**
   * Looks at the pack in place of building on it: opens each part for itself, and makes something
   * small with it. Parts that are replaced by stages of the caller's own are left out.
   *
   * @return what was found out; what is wrong with the pack is in it
   * @throws SgidException if there is no backend, or the thread is interrupted
   * @throws IllegalStateException if this builds on stages of the caller's own only
   */
  public PackCheck check() {
    if (!onPack) {
      throw new IllegalStateException("There is no pack to check");
    }
    SgidBackend backend = Backends.only();
    return new PackChecker(backend, packFolder(), options()).check();
  }

  /**
   * Finds out what models can run on here, whatever the pack.
   *
   * @throws SgidException if there is no backend, or what runs models can't be loaded
   */
  public Diagnosis diagnose() {
    return Backends.only().diagnose(cacheFolder);
  }

  private Path packFolder() {
    return modelPack != null ? modelPack : EmbeddedPack.unpack(cacheFolder);
  }

  private BackendOptions options() {
    return new BackendOptions(
        device,
        threads,
        lanes,
        batch,
        folders,
        replaced(),
        safetyChecker,
        cacheFolder,
        lowMemory,
        variant);
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

  /** What stands in for parts of the pack. */
  private Map<Part, String> others() {
    Map<Part, String> others = new EnumMap<>(Part.class);
    if (onPack) { // without one, all are the caller's
      folders.forEach((part, folder) -> others.put(part, name(folder)));
      replaced().forEach(part -> others.put(part, PackInfo.OWN)); // they come first
    }
    if (captioner == Captioner.none()) {
      others.put(Part.CAPTIONER, PackInfo.NONE);
    }
    return others;
  }

  private static String name(Path folder) {
    Path last = folder.toAbsolutePath().normalize().getFileName();
    return (last == null ? "" : last.toString()) + "/";
  }

  private Sgid sgid(@Nullable OpenPack pack, PackInfo info, Settings defaults) {
    Captioner captions = stage(captioner, pack, OpenPack::captioner);
    SimilarityScorer scores = stage(scorer, pack, OpenPack::scorer);
    Img2ImgGenerator generates = stage(generator, pack, OpenPack::generator);
    Settings settings = overrides.apply(defaults).withGeneration(generates::resolve);
    generates.requireSupported(settings.generation().requireRunnable());
    Optional<Domain> domain = pack == null ? Optional.empty() : pack.domain();
    PromptTemplate labelText = pack == null ? ZeroShot.USUAL_PROMPT : pack.zeroShotPrompt();
    Pipeline pipeline =
        new Pipeline(
            captions, scores, generates, info, settings, labelText, seed, new Notices(domain));
    return new Sgid(pipeline, settings, listener, domain, pack);
  }

  /** The caller's own, or the pack's: without a pack, all are the caller's own. */
  private static <T> T stage(@Nullable T own, @Nullable OpenPack pack, Function<OpenPack, T> of) {
    return own != null ? own : of.apply(requireNonNull(pack, "pack"));
  }
}

package dev.sgid.onnx;

import dev.sgid.BackendOptions;
import dev.sgid.BackendOptions.Part;
import dev.sgid.Captioner;
import dev.sgid.Device;
import dev.sgid.Domain;
import dev.sgid.Img2ImgGenerator;
import dev.sgid.OpenPack;
import dev.sgid.PackCheck;
import dev.sgid.PackInfo;
import dev.sgid.PromptTemplate;
import dev.sgid.Settings;
import dev.sgid.SimilarityScorer;
import dev.sgid.ZeroShot;
import dev.sgid.internal.Lifetime;
import dev.sgid.onnx.clip.ClipSimilarityScorer;
import dev.sgid.onnx.diffusion.StableDiffusionImg2Img;
import dev.sgid.onnx.internal.ModelFiles;
import dev.sgid.onnx.internal.OpenedFiles;
import dev.sgid.onnx.internal.Owned;
import dev.sgid.onnx.internal.runtime.Lanes;
import dev.sgid.onnx.internal.runtime.LowMemory;
import dev.sgid.onnx.internal.runtime.Placement;
import dev.sgid.onnx.internal.runtime.ShutdownHold;
import dev.sgid.onnx.internal.text.TokenizersNatives;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A pack whose models are open. Thread-safe. */
final class OnnxPack implements OpenPack {
  private static final Logger LOG = LoggerFactory.getLogger(OnnxPack.class);

  private final @Nullable Captioner captioner;
  private final @Nullable SimilarityScorer scorer;
  private final @Nullable Img2ImgGenerator generator;
  private final PackInfo info;
  private final Settings defaults;
  private final Optional<Domain> domain;
  private final PromptTemplate zeroShotPrompt;
  private final PackDigest digest;
  private final OpenedFiles files;
  private final ShutdownHold shutdown;
  private final Lifetime lifetime;

  private OnnxPack(PackManifest manifest, BackendOptions options, OpenedFiles files, Owned owned) {
    Settings ignored = manifest.defaults(Settings.DEFAULTS); // complains before models are opened
    this.files = files;
    ModelFiles.requireVariant(options.variant(), manifest.folder(), manifest.folders(options));
    ShutdownHold hold = new ShutdownHold();
    this.shutdown = owned.add(hold, hold::close); // closed last, after the models
    Set<Part> replaced = options.replaced();
    boolean generates = !replaced.contains(Part.GENERATOR);
    Lanes lanes = // found once, so that all stages run on the same device with the same threads
        Lanes.of(
            options.device(),
            options.threads(),
            generates ? options.lanes() : 1,
            new ModelFiles(manifest.generator(options), options.variant())
                .in("unet")
                .graph("model"));
    Placement placement = lanes.placement();
    captioner =
        replaced.contains(Part.CAPTIONER)
            ? null
            : files.recording(
                PackDigest.name(Part.CAPTIONER),
                manifest.captioner(options),
                () -> captioner(manifest, options, placement, owned));
    scorer =
        replaced.contains(Part.SCORER)
            ? null
            : files.recording(
                PackDigest.name(Part.SCORER),
                manifest.scorer(options),
                () -> scorer(manifest, options, placement, owned));
    zeroShotPrompt = isOwn(options) ? manifest.zeroShotPrompt() : ZeroShot.USUAL_PROMPT;
    domain = scorer == null ? Optional.empty() : domain(manifest, options, scorer);
    StableDiffusionImg2Img diffusion =
        generates
            ? files.recording(
                PackDigest.name(Part.GENERATOR),
                manifest.generator(options),
                () -> diffusion(manifest, options, placement.device(), owned))
            : null;
    generator = diffusion;
    defaults =
        manifest.defaults(
            diffusion == null ? Settings.DEFAULTS : diffusion.defaults(Settings.DEFAULTS));
    info =
        new PackInfo(
                manifest.name(),
                manifest.version(),
                Placement.runtime(),
                placement.provider(),
                diffusion == null ? "" : diffusion.dtype())
            .withSafetyChecker(safetyChecker(diffusion, manifest.generator(options)));
    sayWhichForms(files);
    digest =
        PackDigest.of(manifest.folder(), files.byName(), FileDigests.in(options.cacheFolder()));
    owned.add(digest, digest::stop);
    lifetime = new Lifetime("The pack " + manifest.folder(), owned::close);
  }

  /** In one line which form was taken of every graph that is there in several. */
  private static void sayWhichForms(OpenedFiles files) {
    List<String> taken = new ArrayList<>();
    files
        .byName()
        .forEach(
            (name, file) -> {
              Set<String> others = name.endsWith(".onnx") ? ModelFiles.others(file) : Set.of();
              if (!others.isEmpty()) {
                taken.add(name + " (also there: " + String.join(", ", others) + ")");
              }
            });
    if (!taken.isEmpty()) {
      LOG.info(
          "Of models that are there in several forms these are taken, a variant takes others: {}",
          String.join("; ", taken));
    }
  }

  private static Captioner captioner(
      PackManifest manifest, BackendOptions options, Placement placement, Owned owned) {
    return Captioners.open(
        new ModelFiles(manifest.captioner(options), options.variant()),
        placement.device(),
        placement.threads(),
        manifest.caption(options),
        owned);
  }

  private static SimilarityScorer scorer(
      PackManifest manifest, BackendOptions options, Placement placement, Owned owned) {
    ClipSimilarityScorer scorer =
        ClipSimilarityScorer.open(
            manifest.scorer(options), placement.device(), placement.threads(), options.variant());
    owned.add(scorer, scorer::close);
    return isOwn(options)
        ? manifest.logitScale().map(scorer::withLogitScale).orElse(scorer)
        : scorer;
  }

  private static PackInfo.SafetyChecker safetyChecker(
      @Nullable StableDiffusionImg2Img diffusion, Path folder) {
    if (diffusion == null) {
      return PackInfo.SafetyChecker.NONE;
    }
    return diffusion.checksSafety()
        ? PackInfo.SafetyChecker.USED
        : StableDiffusionImg2Img.hasSafetyChecker(folder)
            ? PackInfo.SafetyChecker.OFF
            : PackInfo.SafetyChecker.NONE;
  }

  /** Whether the scorer is the one that the pack speaks of. */
  private static boolean isOwn(BackendOptions options) {
    return !options.folders().containsKey(Part.SCORER) && !options.replaced().contains(Part.SCORER);
  }

  /** The pack's, which lies in the space of the pack's own scorer only. */
  private static Optional<Domain> domain(
      PackManifest manifest, BackendOptions options, SimilarityScorer scorer) {
    if (!isOwn(options)) {
      return Optional.empty();
    }
    Optional<Domain> domain = manifest.domain();
    if (domain.isPresent()) {
      try {
        double ignored = domain.get().distance(scorer.embedTexts(List.of("")).get(0));
      } catch (IllegalArgumentException e) { // of another width than the scorer's
        throw manifest.notADomain(e);
      }
    }
    return domain;
  }

  private static StableDiffusionImg2Img diffusion(
      PackManifest manifest, BackendOptions options, Device device, Owned owned) {
    StableDiffusionImg2Img generator =
        StableDiffusionImg2Img.open(
            manifest.generator(options),
            device,
            options.threads(),
            options.lanes(),
            options.batch(),
            options.safetyChecker(),
            options.variant());
    return owned.add(generator, generator::close);
  }

  static OnnxPack open(Path folder, BackendOptions options) {
    OpenedFiles files = new OpenedFiles();
    PackManifest manifest = files.recording("pack", folder, () -> PackManifest.read(folder));
    manifest.checkParts(options);
    manifest.checkFiles(options.replaced()); // which opens none for good
    manifest.requireParts(options);
    if (!options.replaced().contains(Part.GENERATOR)) { // before other parts are read for nothing
      StableDiffusionImg2Img.check(manifest.generator(options));
    }
    Placement.loadRuntime(options.cacheFolder());
    TokenizersNatives.load(options.cacheFolder());
    Owned owned = new Owned();
    return LowMemory.opening(
        options.lowMemory(),
        () -> owned.opening(() -> new OnnxPack(manifest, options, files, owned)));
  }

  @Override
  public Captioner captioner() {
    return opened(captioner, "captioner");
  }

  @Override
  public SimilarityScorer scorer() {
    return opened(scorer, "scorer");
  }

  @Override
  public Img2ImgGenerator generator() {
    return opened(generator, "generator");
  }

  private static <T> T opened(@Nullable T stage, String name) {
    if (stage == null) {
      throw new IllegalStateException(
          "The pack was opened without its " + name + ", which the caller replaced");
    }
    return stage;
  }

  @Override
  public PackInfo info() {
    return info;
  }

  @Override
  public Settings defaults() {
    return defaults;
  }

  @Override
  public Optional<Domain> domain() {
    return domain;
  }

  @Override
  public PromptTemplate zeroShotPrompt() {
    return zeroShotPrompt;
  }

  @Override
  public List<PackCheck.Graph> graphs() {
    return OpenGraphs.of(files);
  }

  @Override
  public String digest() {
    return digest.get();
  }

  @Override
  public String digest(Part part) {
    return digest.get(part);
  }

  @Override
  public void holdShutdown(Duration grace) {
    shutdown.begin(grace);
  }

  @Override
  public void close() {
    lifetime.close();
  }
}

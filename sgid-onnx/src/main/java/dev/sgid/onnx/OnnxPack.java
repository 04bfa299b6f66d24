package dev.sgid.onnx;

import dev.sgid.BackendOptions;
import dev.sgid.BackendOptions.Part;
import dev.sgid.Captioner;
import dev.sgid.Device;
import dev.sgid.Img2ImgGenerator;
import dev.sgid.OpenPack;
import dev.sgid.PackInfo;
import dev.sgid.Settings;
import dev.sgid.SgidException;
import dev.sgid.SimilarityScorer;
import dev.sgid.Stage;
import dev.sgid.internal.Lifetime;
import dev.sgid.onnx.blip.BlipCaptioner;
import dev.sgid.onnx.clip.ClipSimilarityScorer;
import dev.sgid.onnx.diffusion.StableDiffusionImg2Img;
import dev.sgid.onnx.internal.OpenedFiles;
import dev.sgid.onnx.internal.Owned;
import dev.sgid.onnx.internal.runtime.Placement;
import dev.sgid.onnx.internal.text.TokenizersNatives;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A pack whose models are open. Thread-safe. */
final class OnnxPack implements OpenPack {
  private final @Nullable Captioner captioner;
  private final @Nullable SimilarityScorer scorer;
  private final @Nullable Img2ImgGenerator generator;
  private final PackInfo info;
  private final Settings defaults;
  private final PackDigest digest;
  private final Lifetime lifetime;

  private OnnxPack(PackManifest manifest, BackendOptions options, OpenedFiles files, Owned owned) {
    this.defaults = manifest.defaults();
    Placement placement = Placement.of(options.device(), options.threads());
    Device device = placement.device(); // found once, so that all stages run on the same
    Set<Part> replaced = options.replaced();
    captioner =
        replaced.contains(Part.CAPTIONER)
            ? null
            : files.recording(
                "captioner",
                manifest.blip(options),
                () -> captioner(manifest, options, device, owned));
    scorer =
        replaced.contains(Part.SCORER)
            ? null
            : files.recording(
                "scorer", manifest.clip(options), () -> scorer(manifest, options, device, owned));
    StableDiffusionImg2Img diffusion =
        replaced.contains(Part.GENERATOR)
            ? null
            : files.recording(
                "generator",
                manifest.stableDiffusion(),
                () -> diffusion(manifest, options, device, owned));
    generator = diffusion;
    info =
        new PackInfo(
            manifest.name(),
            manifest.version(),
            Placement.runtime(),
            placement.provider(),
            diffusion == null ? "" : diffusion.dtype());
    digest =
        PackDigest.of(manifest.folder(), files.byName(), FileDigests.in(options.cacheFolder()));
    owned.add(digest, digest::stop);
    lifetime = new Lifetime("The pack " + manifest.folder(), owned::close);
  }

  private static Captioner captioner(
      PackManifest manifest, BackendOptions options, Device device, Owned owned) {
    Path folder = manifest.blip(options);
    try {
      BlipCaptioner captioner =
          BlipCaptioner.open(folder, device, options.threads(), manifest.captions(options));
      return owned.add(captioner, captioner::close);
    } catch (IllegalArgumentException e) { // the caller gave none of what it may complain about
      throw new SgidException(
          Stage.OPEN,
          folder,
          "sgid.json or generation_config.json is wrong (" + e.getMessage() + ")",
          e);
    }
  }

  private static SimilarityScorer scorer(
      PackManifest manifest, BackendOptions options, Device device, Owned owned) {
    ClipSimilarityScorer scorer =
        ClipSimilarityScorer.open(manifest.clip(options), device, options.threads());
    return owned.add(scorer, scorer::close);
  }

  private static StableDiffusionImg2Img diffusion(
      PackManifest manifest, BackendOptions options, Device device, Owned owned) {
    StableDiffusionImg2Img generator =
        StableDiffusionImg2Img.open(
            manifest.stableDiffusion(), device, options.threads(), options.batch());
    return owned.add(generator, generator::close);
  }

  static OnnxPack open(Path folder, BackendOptions options) {
    OpenedFiles files = new OpenedFiles();
    PackManifest manifest = files.recording("pack", folder, () -> PackManifest.read(folder));
    manifest.checkFiles(options.replaced()); // which opens none for good
    Placement.loadRuntime(options.cacheFolder());
    TokenizersNatives.load(options.cacheFolder());
    Owned owned = new Owned();
    return owned.opening(() -> new OnnxPack(manifest, options, files, owned));
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
  public String digest() {
    return digest.get();
  }

  @Override
  public void close() {
    lifetime.close();
  }
}

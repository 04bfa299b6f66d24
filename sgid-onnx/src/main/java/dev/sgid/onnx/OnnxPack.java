package dev.sgid.onnx;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sgid.BackendOptions;
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
import dev.sgid.internal.Sha256;
import dev.sgid.onnx.blip.BlipCaptioner;
import dev.sgid.onnx.clip.ClipSimilarityScorer;
import dev.sgid.onnx.diffusion.StableDiffusionImg2Img;
import dev.sgid.onnx.internal.Owned;
import dev.sgid.onnx.internal.runtime.Placement;
import java.io.IOException;
import java.nio.file.Path;

/** A pack whose models are open. Thread-safe. */
final class OnnxPack implements OpenPack {
  private final PackManifest manifest;
  private final BackendOptions options;
  private final BlipCaptioner captioner;
  private final ClipSimilarityScorer scorer;
  private final StableDiffusionImg2Img generator;
  private final PackInfo info;
  private final Settings defaults;
  private final Lifetime lifetime;

  private OnnxPack(PackManifest manifest, BackendOptions options, Owned owned) {
    this.manifest = manifest;
    this.options = options;
    this.defaults = manifest.defaults();
    Placement placement = Placement.of(options.device(), options.threads());
    Device device = placement.device(); // found once, so that all stages run on the same
    int threads = options.threads();
    captioner = captioner(manifest, options, device);
    owned.add(captioner, captioner::close);
    scorer = ClipSimilarityScorer.open(manifest.clip(options), device, threads);
    owned.add(scorer, scorer::close);
    generator =
        StableDiffusionImg2Img.open(manifest.stableDiffusion(), device, threads, options.batch());
    owned.add(generator, generator::close);
    info =
        new PackInfo(
            manifest.name(),
            manifest.version(),
            Placement.runtime(),
            placement.provider(),
            generator.dtype());
    lifetime = new Lifetime("The pack " + manifest.folder(), owned::close);
  }

  private static BlipCaptioner captioner(
      PackManifest manifest, BackendOptions options, Device device) {
    Path folder = manifest.blip(options);
    try {
      return BlipCaptioner.open(folder, device, options.threads(), manifest.captions(options));
    } catch (IllegalArgumentException e) { // the caller gave none of what it may complain about
      throw new SgidException(
          Stage.OPEN,
          folder,
          "sgid.json or generation_config.json is wrong (" + e.getMessage() + ")",
          e);
    }
  }

  static OnnxPack open(Path folder, BackendOptions options) {
    PackManifest manifest = PackManifest.read(folder);
    Owned owned = new Owned();
    return owned.opening(() -> new OnnxPack(manifest, options, owned));
  }

  @Override
  public Captioner captioner() {
    return captioner;
  }

  @Override
  public SimilarityScorer scorer() {
    return scorer;
  }

  @Override
  public Img2ImgGenerator generator() {
    return generator;
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
    String own = digest(manifest.folder());
    StringBuilder parts = new StringBuilder();
    if (options.blip() != null) {
      parts.append(digest(options.blip())).append(" blip\n");
    }
    if (options.clip() != null) {
      parts.append(digest(options.clip())).append(" clip\n");
    }
    return parts.isEmpty() ? own : Sha256.hex((own + "\n" + parts).getBytes(UTF_8));
  }

  private static String digest(Path folder) {
    try {
      return FolderDigest.of(folder);
    } catch (IOException e) {
      throw new SgidException(Stage.OPEN, folder, "The pack can't be read", e);
    }
  }

  @Override
  public void close() {
    lifetime.close();
  }
}

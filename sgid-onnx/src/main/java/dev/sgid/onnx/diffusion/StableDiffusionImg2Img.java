package dev.sgid.onnx.diffusion;

import static java.util.Objects.requireNonNull;

import dev.sgid.Device;
import dev.sgid.Fit;
import dev.sgid.Img2ImgGenerator;
import dev.sgid.Img2ImgRequest;
import dev.sgid.Img2ImgResult;
import dev.sgid.Scheduler;
import dev.sgid.Settings;
import dev.sgid.SgidException;
import dev.sgid.Size;
import dev.sgid.Stage;
import dev.sgid.StepListener;
import dev.sgid.internal.Lifetime;
import dev.sgid.internal.Require;
import dev.sgid.internal.RgbImage;
import dev.sgid.onnx.internal.image.VaeImages;
import dev.sgid.onnx.internal.runtime.Placement;
import java.awt.image.BufferedImage;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Image-to-image generation with Stable Diffusion [1] by SDEdit's method [2]: the image's latents
 * are noised part of the way, then denoised under the prompt. Numbers are those of diffusers'
 * StableDiffusionImg2ImgPipeline, for each picture on its own.
 *
 * <p>Thread-safe.
 *
 * <p>[1] Rombach et al., "High-Resolution Image Synthesis with Latent Diffusion Models", CVPR 2022,
 * arXiv:2112.10752. [2] Meng et al., "SDEdit", ICLR 2022, arXiv:2108.01073.
 */
public final class StableDiffusionImg2Img implements Img2ImgGenerator, AutoCloseable {
  private static final int BATCH_ON_CPU = 4;
  private static final int BATCH_ON_GPU = 8;

  private final StableDiffusionModels models;
  private final int batch;
  private final DecodedProbe probe;
  private final Lifetime lifetime;

  /** Sees what the VAE decoded, before it becomes 8-bit pixels; a seam for tests. */
  interface DecodedProbe {
    /** The pixels {@code (3, h, w)}, in about [-1, 1], of a request's picture. */
    void decoded(int request, float[] pixels);
  }

  StableDiffusionImg2Img(StableDiffusionModels models, int batch, DecodedProbe probe) {
    this.models = models;
    this.batch = batch;
    this.probe = probe;
    this.lifetime = new Lifetime("StableDiffusionImg2Img", models::close);
  }

  /**
   * Opens a Stable Diffusion folder, as diffusers and optimum export it to ONNX.
   *
   * @param device where the models run
   * @param threads how many CPU threads a model uses, at least 1; 0 for as many as there are
   *     processors
   * @param batch how many pictures share a UNet call, at least 1; 0 for 4 on a CPU and 8 on a GPU
   * @throws SgidException naming the file, what was expected and what was found; nothing stays open
   *     then
   */
  public static StableDiffusionImg2Img open(Path folder, Device device, int threads, int batch) {
    requireNonNull(folder, "folder");
    Placement placement = Placement.of(device, Require.atLeast(0, threads, "threads"));
    int usual = placement.device().kind() == Device.Kind.CPU ? BATCH_ON_CPU : BATCH_ON_GPU;
    int used = Require.atLeast(0, batch, "batch") == 0 ? usual : batch;
    StableDiffusionModels models = StableDiffusionModels.open(folder, placement);
    return new StableDiffusionImg2Img(models, used, (request, pixels) -> {});
  }

  /** The type the UNet computes in, like {@code float32}. */
  public String dtype() {
    return models.dtype();
  }

  @Override
  public void requireSupported(Settings settings) {
    SchedulerRun ignored =
        scheduler(settings.scheduler(), settings.steps(), settings.noiseRate(), settings.eta());
  }

  @Override
  public List<Img2ImgResult> generate(List<Img2ImgRequest> requests, StepListener listener) {
    requireNonNull(requests, "requests");
    requireNonNull(listener, "listener");
    try (Lifetime.Use use = lifetime.use()) {
      return run(requests, listener);
    }
  }

  private List<Img2ImgResult> run(List<Img2ImgRequest> requests, StepListener listener) {
    List<Picture> pictures = plan(requests); // refuses what can't be done before anything is run
    timed(Stage.ENCODE_TEXT, pictures, this::encodeTexts);
    timed(Stage.ENCODE_IMAGE, pictures, this::encodeImages);
    pictures.forEach(StableDiffusionImg2Img::addNoise);
    for (List<Picture> same : bySize(pictures)) {
      timed(Stage.DENOISE, same, some -> denoise(some, listener));
      timed(Stage.DECODE, same, this::decode);
    }
    boolean reproducible = models.vaeEncoder().isDeterministic();
    return pictures.stream().map(picture -> picture.result(reproducible)).toList();
  }

  private interface Work {
    void on(List<Picture> pictures);
  }

  private static void timed(Stage stage, List<Picture> pictures, Work work) {
    long start = System.nanoTime();
    work.on(pictures);
    Picture.share(stage, start, pictures);
  }

  private List<Picture> plan(List<Img2ImgRequest> requests) {
    List<Picture> pictures = new ArrayList<>();
    for (Img2ImgRequest request : requests) {
      Size original = new Size(request.image().getWidth(), request.image().getHeight());
      Fit fit = models.fitting().fit(original, request.size());
      SchedulerRun scheduler =
          scheduler(request.scheduler(), request.steps(), request.noiseRate(), request.eta());
      pictures.add(new Picture(pictures.size(), request, original, fit, scheduler));
    }
    return pictures;
  }

  private SchedulerRun scheduler(String name, int steps, double noiseRate, double eta) {
    Scheduler named = Scheduler.parse(name);
    Scheduler spec = named instanceof Scheduler.Ddim ddim && eta > 0 ? ddim.withEta(eta) : named;
    return Schedulers.of(spec, null, models.schedulerConfig(), steps, noiseRate);
  }

  private void encodeTexts(List<Picture> pictures) {
    Map<String, PromptEncoder.Prompt> encoded = new LinkedHashMap<>();
    Function<String, PromptEncoder.Prompt> encode = models.promptEncoder()::encode;
    for (Picture picture : pictures) {
      Img2ImgRequest request = picture.request;
      picture.prompt = encoded.computeIfAbsent(request.prompt(), encode);
      if (models.guides(request.guidanceScale())) {
        picture.negativePrompt = encoded.computeIfAbsent(request.negativePrompt(), encode);
      }
      if (hasNonFinite(picture.prompt) || hasNonFinite(picture.negativePrompt)) {
        picture.fail(
            Stage.ENCODE_TEXT, "The text encoder gave embeddings that are not finite numbers");
      }
    }
  }

  /** Encodes every image once for each way it is fitted; each picture draws its own sample. */
  private void encodeImages(List<Picture> pictures) {
    IdentityHashMap<BufferedImage, Map<Fit, List<Picture>>> byImage = new IdentityHashMap<>();
    List<List<Picture>> groups = new ArrayList<>();
    for (Picture picture : pictures) {
      byImage
          .computeIfAbsent(picture.request.image(), image -> new LinkedHashMap<>())
          .computeIfAbsent(
              picture.fit,
              fit -> {
                List<Picture> group = new ArrayList<>();
                groups.add(group);
                return group;
              })
          .add(picture);
    }
    for (List<List<Picture>> some : batches(groups, group -> group.get(0).fit.padded())) {
      List<RgbImage> images = some.stream().map(group -> fitted(group.get(0))).toList();
      List<Posterior> posteriors = models.vaeEncoder().encode(images);
      for (int i = 0; i < some.size(); i++) {
        for (Picture picture : some.get(i)) {
          picture.latents = posteriors.get(i).sample(picture.random);
          if (hasNonFinite(picture.latents)) {
            picture.fail(Stage.ENCODE_IMAGE, "The VAE gave latents that are not finite numbers");
          }
        }
      }
    }
  }

  private static RgbImage fitted(Picture picture) {
    return Fitting.apply(picture.fit, RgbImage.of(picture.request.image()));
  }

  private static void addNoise(Picture picture) {
    float[] noise = new float[picture.latents.length];
    picture.random.normal(noise);
    picture.scheduler.addNoise(picture.latents, noise);
  }

  /** Denoises pictures of one size. */
  private void denoise(List<Picture> pictures, StepListener listener) {
    List<Trajectory> trajectories = pictures.stream().map(this::trajectory).toList();
    Size size = latentSize(pictures.get(0));
    try (NoisePredictor predictor = models.predictor(size.height(), size.width())) {
      new DenoiseLoop(predictor, batch, listener).run(trajectories);
    }
  }

  private Trajectory trajectory(Picture picture) {
    return new Trajectory(
        picture.index,
        picture.latents,
        picture.scheduler,
        models.conditioning(requireNonNull(picture.prompt), picture.request.guidanceScale()),
        picture.negativePrompt == null ? null : picture.negativePrompt.conditioning(),
        picture.request.guidanceScale(),
        picture.random);
  }

  private void decode(List<Picture> pictures) {
    for (List<Picture> some : batches(pictures, picture -> picture.fit.padded())) {
      Size size = latentSize(some.get(0));
      List<float[]> latents = some.stream().map(picture -> picture.latents).toList();
      List<float[]> decoded = models.vaeDecoder().decode(latents, size.height(), size.width());
      for (int i = 0; i < some.size(); i++) {
        probe.decoded(some.get(i).index, decoded.get(i));
        finish(some.get(i), decoded.get(i));
      }
    }
  }

  private static void finish(Picture picture, float[] pixels) {
    if (picture.hasFailed()) {
      return; // what came of it is worth nothing
    }
    if (hasNonFinite(picture.latents)) {
      picture.fail(Stage.DENOISE, "The UNet gave latents that are not finite numbers");
    } else if (hasNonFinite(pixels)) {
      picture.fail(Stage.DECODE, "The VAE gave pixels that are not finite numbers");
    } else {
      Size size = picture.fit.padded();
      RgbImage image = VaeImages.toImage(FloatBuffer.wrap(pixels), size.width(), size.height());
      if (isConstant(image.rgb())) {
        picture.fail(Stage.DECODE, "The picture came out as one plain color");
      } else {
        picture.finish(image);
      }
    }
  }

  private static boolean hasNonFinite(PromptEncoder.@Nullable Prompt prompt) {
    return prompt != null
        && prompt.conditioning().values().values().stream()
            .anyMatch(StableDiffusionImg2Img::hasNonFinite);
  }

  private static boolean hasNonFinite(float[] values) {
    for (float value : values) {
      if (!Float.isFinite(value)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isConstant(byte[] rgb) {
    for (int i = 3; i < rgb.length; i++) {
      if (rgb[i] != rgb[i - 3]) {
        return false;
      }
    }
    return true;
  }

  private Size latentSize(Picture picture) {
    Size size = picture.fit.padded();
    int factor = models.vaeConfig().factor();
    return new Size(size.width() / factor, size.height() / factor);
  }

  private static Collection<List<Picture>> bySize(List<Picture> pictures) {
    Map<Size, List<Picture>> bySize = new LinkedHashMap<>();
    for (Picture picture : pictures) {
      bySize.computeIfAbsent(picture.fit.padded(), size -> new ArrayList<>()).add(picture);
    }
    return bySize.values();
  }

  /** Cuts a list into batches whose members have the same size. */
  private <T> List<List<T>> batches(List<T> all, Function<T, Size> sizeOf) {
    Map<Size, List<T>> open = new LinkedHashMap<>();
    List<List<T>> batches = new ArrayList<>();
    for (T one : all) {
      List<T> current = open.get(sizeOf.apply(one));
      if (current == null || current.size() == batch) {
        current = new ArrayList<>();
        open.put(sizeOf.apply(one), current);
        batches.add(current);
      }
      current.add(one);
    }
    return batches;
  }

  @Override
  public void close() {
    lifetime.close();
  }
}
